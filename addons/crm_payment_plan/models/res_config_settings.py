from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    plan_week_start = fields.Selection(related="company_id.plan_week_start", readonly=False)
    reminder_nightly = fields.Boolean(related="company_id.reminder_nightly", readonly=False)
    reminder_gap_days = fields.Integer(related="company_id.reminder_gap_days", readonly=False)
