from odoo import models


class BpmJob(models.Model):
    """The incident list's buttons that ask for a reason."""

    _inherit = "bpm.job"

    def action_ask_skip(self):
        """Ask why, then go on behind the steps."""
        return self._ask_reason("skip", self.env._("Skip the Step"))

    def action_ask_cancel(self):
        """Ask why, then cancel the processes of the steps."""
        return self._ask_reason("cancel_step", self.env._("Cancel the Process"))

    def _ask_reason(self, act, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "bpm.reason",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_act": act, "default_job_ids": self.ids},
        }
