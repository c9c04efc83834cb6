from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    nightly_active = fields.Boolean(related="company_id.nightly_active", readonly=False)
    nightly_hour = fields.Float(related="company_id.nightly_hour", readonly=False)
    nightly_tz = fields.Selection(related="company_id.nightly_tz", readonly=False)
    call_daily_limit = fields.Integer(related="company_id.call_daily_limit", readonly=False)
    call_fallback_user_id = fields.Many2one(
        related="company_id.call_fallback_user_id", readonly=False
    )
    digest_hour = fields.Float(related="company_id.digest_hour", readonly=False)
    feed_alert_user_id = fields.Many2one(related="company_id.feed_alert_user_id", readonly=False)
    feed_dead_share = fields.Float(related="company_id.feed_dead_share", readonly=False)
    monitoring_counts_as_step = fields.Boolean(
        related="company_id.monitoring_counts_as_step", readonly=False
    )
    next_step_daily_limit = fields.Integer(
        related="company_id.next_step_daily_limit", readonly=False
    )
