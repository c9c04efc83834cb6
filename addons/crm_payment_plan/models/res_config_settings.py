from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    plan_week_start = fields.Selection(related="company_id.plan_week_start", readonly=False)
    reminder_nightly = fields.Boolean(related="company_id.reminder_nightly", readonly=False)
    reminder_weekly = fields.Boolean(related="company_id.reminder_weekly", readonly=False)
    reminder_persons = fields.Boolean(related="company_id.reminder_persons", readonly=False)
    reminder_assigner_id = fields.Many2one(
        related="company_id.reminder_assigner_id", readonly=False
    )
    reminder_hour_first = fields.Float(related="company_id.reminder_hour_first", readonly=False)
    reminder_hour_last = fields.Float(related="company_id.reminder_hour_last", readonly=False)
    reminder_gap_days = fields.Integer(related="company_id.reminder_gap_days", readonly=False)
