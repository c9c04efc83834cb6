from odoo import fields, models

from .res_partner_discipline import SEEN_BY


class AccountMove(models.Model):
    """How punctually the customer pays, on his invoices."""

    _inherit = "account.move"

    payer_class = fields.Selection(related="partner_id.payer_class", groups=SEEN_BY)
    payer_overdue_amount = fields.Monetary(
        related="partner_id.payer_overdue_amount",
        string="Payer's Overdue Sum",
        currency_field="company_currency_id",
        groups=SEEN_BY,
    )


class AccountMoveLine(models.Model):
    """The payer's class on journal items."""

    _inherit = "account.move.line"

    payer_class = fields.Selection(related="partner_id.payer_class", groups=SEEN_BY)


class AccountPayment(models.Model):
    """The payer's class on his payments."""

    _inherit = "account.payment"

    payer_class = fields.Selection(related="partner_id.payer_class", groups=SEEN_BY)
