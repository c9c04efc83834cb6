from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the files of debts."""

    _inherit = "res.config.settings"

    debt_take_names = fields.Boolean(related="company_id.debt_take_names", readonly=False)
