from odoo import fields, models


class BpmTaskDelegate(models.TransientModel):
    """Asks to whom tasks are passed on, and why."""

    _name = "bpm.task.delegate"
    _description = "Pass On a Task"

    task_ids = fields.Many2many("bpm.task", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="To",
        required=True,
        domain="[('share', '=', False), ('id', '!=', uid)]",
        help="Gets the task with its activity and is told.",
    )
    comment = fields.Text(help="Why, or what to look at; it stays in the history.")

    def action_delegate(self):
        """Pass the tasks on and close."""
        self.ensure_one()
        self.task_ids.action_delegate(self.user_id.id, self.comment)
        return {"type": "ir.actions.act_window_close"}
