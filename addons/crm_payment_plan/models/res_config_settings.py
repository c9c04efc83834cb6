from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    plan_week_start = fields.Selection(related="company_id.plan_week_start", readonly=False)
