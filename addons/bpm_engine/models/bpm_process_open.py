from odoo import fields, models


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    version_count = fields.Integer(compute="_compute_version_count", string="Versions")
    older_running_count = fields.Integer(
        compute="_compute_older_running_count",
        help="Running instances that still follow a version before the one in use.",
    )

    def _compute_version_count(self):
        counts = self._count("bpm.process.version", [])
        for process in self:
            process.version_count = counts.get(process, 0)

    def _compute_older_running_count(self):
        counts = self._count(
            "bpm.instance",
            [
                ("state", "in", ("running", "incident", "suspended")),
                ("version_id.state", "!=", "published"),
            ],
        )
        for process in self:
            process.older_running_count = counts.get(process, 0)

    def _list_action(self, name, model, domain, **values):
        """Window action on records of this process."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.name}: {name}",
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("process_id", "=", self.id), *domain],
            **values,
        }

    def action_open_running(self):
        """Instances that run, stopped ones included."""
        return self._list_action(
            self.env._("running"),
            "bpm.instance",
            [("state", "in", ("running", "incident", "suspended"))],
        )

    def action_open_incidents(self):
        """Instances stopped by an error."""
        return self._list_action(
            self.env._("incidents"), "bpm.instance", [("state", "=", "incident")]
        )

    def action_open_overdue(self):
        """Open tasks past their deadline."""
        return self._list_action(
            self.env._("overdue tasks"),
            "bpm.task",
            [("state", "=", "todo"), ("deadline", "<", fields.Datetime.now())],
        )

    def action_open_proposals(self):
        """Proposals to improve this process, by state."""
        return self._list_action(
            self.env._("proposals"),
            "bpm.proposal",
            [],
            view_mode="kanban,list,form",
            views=[(False, "kanban"), (False, "list"), (False, "form")],
            context={"default_process_id": self.id},
        )

    def action_open_versions(self):
        """All versions, newest first."""
        return self._list_action(
            self.env._("versions"),
            "bpm.process.version",
            [],
            view_mode="list,kanban,form",
            views=[(False, "list"), (False, "kanban"), (False, "form")],
        )

    def action_open_designer(self):
        """Draw: the draft if there is one, else a new draft; readers see what is in use."""
        self.ensure_one()
        version = self.draft_version_id
        if not version and self.env["bpm.process.version"].has_access("create"):
            version = self.published_version_id.action_new_draft_version()
        return (version or self.published_version_id)._open()

    def action_begin(self):
        """Choose a record to start it on; without a kind of record it starts at once.

        :raise UserError: the person may not start it; says why.
        """
        self.ensure_one()
        if not self.model:
            (started,) = self.action_start()
            return self._list_action(
                self.env._("started"),
                "bpm.instance",
                [],
                views=[(False, "form")],
                res_id=started,
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s: choose where it starts", self.name),
            "res_model": self.model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "context": {"bpm_choose": True},
            "help": self.env._("There is no record yet on which it could start. Click “New”."),
        }

    def action_open_published(self):
        """The diagram in use."""
        self.ensure_one()
        return self.published_version_id._open()
