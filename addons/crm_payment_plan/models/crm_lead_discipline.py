from odoo import fields, models

from .res_partner_discipline import SEEN_BY


class CrmLead(models.Model):
    """The payer's class on the opportunity, before anything is promised."""

    _inherit = "crm.lead"

    payer_class = fields.Selection(related="partner_id.payer_class", groups=SEEN_BY)
    payer_overdue_amount = fields.Monetary(
        related="partner_id.payer_overdue_amount",
        currency_field="payer_currency_id",
        groups=SEEN_BY,
    )
    payer_currency_id = fields.Many2one(related="partner_id.payer_currency_id", groups=SEEN_BY)
