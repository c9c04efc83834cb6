from odoo import api, fields, models


class BpmReason(models.TransientModel):
    """Asks a manager why he stops a process or passes over a step; the history keeps it."""

    _name = "bpm.reason"
    _description = "Reason for Stopping or Skipping"

    act = fields.Selection(
        [
            ("cancel", "Cancel the process"),
            ("suspend", "Suspend the process"),
            ("skip", "Skip the step"),
            ("cancel_step", "Cancel the process of the step"),
        ],
        required=True,
        readonly=True,
    )
    instance_ids = fields.Many2many("bpm.instance", readonly=True)
    job_ids = fields.Many2many("bpm.job", readonly=True)
    reason = fields.Char(required=True, help="Everybody who may see the process reads it there.")

    @api.model
    def _prepare_ask_action(self, act, title, records):
        """The dialog that asks why, then does it.

        :param records: processes, or background steps, that it is about
        """
        name = "job_ids" if records._name == "bpm.job" else "instance_ids"
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_act": act, f"default_{name}": records.ids},
        }

    def action_apply(self):
        """Do what was asked for, with the reason; rights are checked there."""
        self.ensure_one()
        if self.act == "cancel":
            self.instance_ids.action_cancel(self.reason)
        elif self.act == "suspend":
            self.instance_ids.action_suspend(self.reason)
        elif self.act == "skip":
            self.job_ids.action_skip(self.reason)
        else:
            self.job_ids.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
