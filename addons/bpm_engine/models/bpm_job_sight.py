from odoo import models


class BpmJob(models.Model):
    """The incident list's buttons that ask for a reason."""

    _inherit = "bpm.job"

    def action_ask_skip(self):
        """Ask why, then go on behind the steps."""
        return self.env["bpm.reason"]._prepare_ask_action("skip", self.env._("Skip the Step"), self)

    def action_ask_cancel(self):
        """Ask why, then cancel the processes of the steps."""
        return self.env["bpm.reason"]._prepare_ask_action(
            "cancel_step", self.env._("Cancel the Process"), self
        )
