from odoo import fields, models


class AccountMove(models.Model):
    """How punctually the customer pays, on his invoices."""

    _name = "account.move"
    _inherit = ["account.move", "crm.payer.overdue.mixin"]

    payer_overdue_amount = fields.Monetary(
        string="Payer's Overdue Sum", currency_field="company_currency_id"
    )


class AccountMoveLine(models.Model):
    """The payer's class on journal items."""

    _name = "account.move.line"
    _inherit = ["account.move.line", "crm.payer.seen.mixin"]


class AccountPayment(models.Model):
    """The payer's class on his payments."""

    _name = "account.payment"
    _inherit = ["account.payment", "crm.payer.seen.mixin"]
