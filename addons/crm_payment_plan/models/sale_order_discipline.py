from odoo import fields, models

from .res_partner_discipline import SEEN_BY


class SaleOrder(models.Model):
    """The payer's class on the order, before goods leave on credit."""

    _inherit = "sale.order"

    payer_class = fields.Selection(related="partner_id.payer_class", groups=SEEN_BY)
    payer_overdue_amount = fields.Monetary(
        related="partner_id.payer_overdue_amount",
        currency_field="payer_currency_id",
        groups=SEEN_BY,
    )
    payer_currency_id = fields.Many2one(related="partner_id.payer_currency_id", groups=SEEN_BY)
