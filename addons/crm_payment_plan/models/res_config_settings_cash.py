from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the cash forecast."""

    _inherit = "res.config.settings"

    cash_weeks = fields.Integer(related="company_id.cash_weeks", readonly=False)
    cash_date_mode = fields.Selection(related="company_id.cash_date_mode", readonly=False)
    cash_delay_basis = fields.Selection(related="company_id.cash_delay_basis", readonly=False)
    cash_minimum = fields.Monetary(
        related="company_id.cash_minimum", readonly=False, currency_field="currency_id"
    )
    cash_doubtful_days = fields.Integer(related="company_id.cash_doubtful_days", readonly=False)
    cash_treasurer_id = fields.Many2one(related="company_id.cash_treasurer_id", readonly=False)
    crm_bill_limit = fields.Monetary(
        related="company_id.crm_bill_limit", readonly=False, currency_field="currency_id"
    )
    crm_bill_proof = fields.Boolean(related="company_id.crm_bill_proof", readonly=False)
