from odoo import api, fields, models


class BpmActionValue(models.Model):
    """A field an action sets, and where its value comes from."""

    _name = "bpm.action.value"
    _description = "Value Set by an Action"
    _order = "sequence, id"

    action_id = fields.Many2one("bpm.action", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    field_id = fields.Many2one("ir.model.fields", required=True, ondelete="cascade")
    value = fields.Char(
        help="A value, or an expression after '=': =record.partner_id, =today() + days(3). "
        "Empty: the diagram gives it as a parameter of the field's name."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """What is kept of actions is read anew."""
        values = super().create(vals_list)
        self.env.registry.clear_cache()
        return values

    def write(self, vals):
        """See create()."""
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        """See create()."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
