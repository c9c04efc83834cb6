from datetime import timedelta

from odoo import fields, models

from ..models.crm_payer_discipline import CLASSES, OVERRIDE_DAYS


class CrmPayerDisciplineOverride(models.TransientModel):
    """Another class for some time: which, why, and until when."""

    _name = "crm.payer.discipline.override"
    _description = "Set the Class of a Payer by Hand"

    discipline_id = fields.Many2one("crm.payer.discipline", required=True, ondelete="cascade")
    computed_class = fields.Selection(related="discipline_id.computed_class")
    explanation = fields.Text(related="discipline_id.explanation")
    payer_class = fields.Selection(CLASSES[:3], string="Class", required=True)
    reason = fields.Char(required=True)
    until = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=OVERRIDE_DAYS),
        help="A year from now at the latest; then the computed class counts again.",
    )

    def action_set(self):
        """Button: set the class; people see it at once."""
        self.ensure_one()
        self.discipline_id._check_may_override()
        # The rating itself is written by the sweep only.
        self.discipline_id.sudo()._set_override(self.payer_class, self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}
