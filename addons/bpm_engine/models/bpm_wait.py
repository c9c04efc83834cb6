from odoo import fields, models


class BpmWait(models.Model):
    """What a running process waits for: a moment, a message or a signal."""

    _name = "bpm.wait"
    _description = "Wait of a Process"
    _inherit = ["bpm.rows.mixin"]
    _order = "due, id"
    _rec_name = "name"

    instance_id = fields.Many2one("bpm.instance", required=True, ondelete="cascade", index=True)
    element_id = fields.Many2one("bpm.element", ondelete="set null")
    token = fields.Char()
    kind = fields.Selection(
        [("timer", "Time"), ("message", "Message"), ("signal", "Signal")], required=True
    )
    name = fields.Char(help="Name of the message or signal.")
    due = fields.Datetime()
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")

    _name_idx = models.Index("(kind, name, res_model, res_id)")
