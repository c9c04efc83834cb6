from odoo import api, models


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    def action_propose(self):
        """Propose an improvement of this process."""
        self.ensure_one()
        return self.env["bpm.proposal"]._new_action(
            process=self, version=self.published_version_id or self.draft_version_id
        )


class BpmProcessVersion(models.Model):
    _inherit = "bpm.process.version"

    def action_propose(self, element_id=None):
        """Propose an improvement.

        :param element_id: id of the element of the diagram it is about.
        """
        self.ensure_one()
        return self.env["bpm.proposal"]._new_action(
            process=self.process_id, version=self, element=element_id
        )

    @api.private
    def action_new_draft_version(self):
        """Proposals that wait for a draft hang on the new one."""
        draft = super().action_new_draft_version()
        self.env["bpm.proposal"].sudo().search(
            [
                ("process_id", "=", draft.process_id.id),
                ("state", "=", "accepted"),
                ("implemented_version_id", "=", False),
            ]
        ).implemented_version_id = draft
        return draft

    def _after_publish(self, older):
        """Accepted proposals of this version are in effect now; their authors are told."""
        result = super()._after_publish(older)
        proposals = (
            self.env["bpm.proposal"]
            .sudo()
            .search([("implemented_version_id", "=", self.id), ("state", "=", "accepted")])
        )
        proposals.write({"state": "done"})
        for proposal in proposals:
            proposal._tell_author(self.env._("In effect since now, with %s.", self.display_name))
        return result


class BpmInstance(models.Model):
    _inherit = "bpm.instance"

    def action_propose(self, element_id=None):
        """Propose an improvement, noticed while this instance ran.

        :param element_id: id of the element of the diagram it is about.
        """
        self.ensure_one()
        return self.env["bpm.proposal"]._new_action(
            process=self.process_id, version=self.version_id, element=element_id, instance=self
        )


class BpmTask(models.Model):
    _inherit = "bpm.task"

    def action_propose(self):
        """Propose an improvement of this step."""
        self.ensure_one()
        element = self.element_id
        return self.env["bpm.proposal"]._new_action(
            process=element.process_id or self.process_id,
            version=element.version_id,
            element=element.element_id,
            instance=self.instance_id,
        )


class BpmProposal(models.Model):
    _inherit = "bpm.proposal"

    @api.model
    def _new_action(self, process, version=None, element=None, instance=None):
        """Dialog for a new proposal, filled in as far as is known."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose an improvement: %s", process.name),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(self.env.ref("bpm_engine.bpm_proposal_view_form_new").id, "form")],
            "target": "new",
            "context": {
                "default_process_id": process.id,
                "default_version_id": version.id if version else False,
                "default_element": element or False,
                "default_element_name": self._label_of(version, element),
                "default_instance_id": instance.id if instance else False,
            },
        }

    @api.model
    def _count_pinned(self, process):
        """{element id: number of proposals in discussion or accepted} that the reader sees."""
        groups = self._read_group(
            [
                ("process_id", "=", process.id),
                ("state", "in", ("open", "accepted")),
                ("element", "!=", False),
            ],
            ["element"],
            ["__count"],
        )
        return dict(groups)

    def _label_of(self, version, element):
        if not (version and element):
            return False
        found = version.sudo().element_ids.filtered(lambda item: item.element_id == element)
        return found.display_name or element

    def action_send(self):
        """Close the dialog and thank: it is saved by then."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Thank you. You are told how it goes on."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
