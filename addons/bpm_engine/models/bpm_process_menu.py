from odoo import api, models


class BpmProcess(models.Model):
    """Where the button "Processes" shows, and what it shows of tasks."""

    _inherit = "bpm.process"

    @api.model
    @api.readonly
    def get_models(self):
        """Kinds of records with processes, for the action menu of their forms and lists.

        :return: {model: {"startable": [{id, name, description}]}}; a model whose processes
            the person may not start is there too: who sees the record sees what runs (HU-06).
            Models that the person may not read are left out.
        :raise AccessError: the person is nobody of the company (portal, public).
        """
        self.check_access("read")
        processes = self.sudo().search(
            [
                ("model", "!=", False),
                ("company_id", "in", [False, *self.env.companies.ids]),
                ("version_ids.state", "!=", "draft"),
            ]
        )
        found = {}
        for process in processes.filtered(lambda process: self._sees_model(process.model)):
            startable = found.setdefault(process.model, {"startable": []})["startable"]
            if process._is_offered():
                startable.append(
                    {
                        "id": process.id,
                        "name": process.name,
                        "description": process.description or "",
                    }
                )
        return found

    def _sees_model(self, model):
        return model in self.env and self.env[model].has_access("read")

    def _is_offered(self):
        return self.state == "published" and self.start_by_hand and self._can_start(self.env.user)


class BpmInstance(models.Model):
    _inherit = "bpm.instance"

    def _prepare_card_task(self, task):
        """Who may do the task gets its buttons, whoever it is for."""
        own = task.sudo(False)
        return {
            **super()._prepare_card_task(task),
            **own._describe_for_buttons(),
            "since": task.date_start,
        }
