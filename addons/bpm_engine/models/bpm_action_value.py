from odoo import fields, models


class BpmActionValue(models.Model):
    """A field an action sets, and where its value comes from."""

    _name = "bpm.action.value"
    _description = "Value Set by an Action"
    _inherit = ["bpm.kept.mixin"]
    _order = "sequence, id"

    action_id = fields.Many2one("bpm.action", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    field_id = fields.Many2one("ir.model.fields", required=True, ondelete="cascade")
    value = fields.Char(
        help="A value, or an expression after '=': =record.partner_id, =today() + days(3). "
        "Empty: the diagram gives it as a parameter of the field's name."
    )
