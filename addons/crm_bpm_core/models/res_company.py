from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get


class ResCompany(models.Model):
    """Settings of the nightly watch, per company."""

    _inherit = "res.company"

    nightly_hour = fields.Float(
        default=1.0,
        required=True,
        string="Nightly Sweep At",
        help="Hour of the company's own time zone at which the sweep starts.",
    )
    nightly_tz = fields.Selection(
        selection="_get_nightly_tz_selection",
        string="Company Time Zone",
        compute="_compute_nightly_tz",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="Days and nights of this company are counted in this time zone.",
    )
    nightly_active = fields.Boolean(default=True, string="Nightly Sweep")
    call_daily_limit = fields.Integer(
        default=20, help="Calls planned for one person on one working day, unless his own says."
    )
    call_fallback_user_id = fields.Many2one(
        "res.users",
        string="Calls Without Responsible To",
        help="Who gets a call when neither the responsible nor his team leader can.",
    )
    digest_hour = fields.Float(
        default=8.0, help="Hour at which each responsible gets the digest of the day's calls."
    )
    feed_alert_user_id = fields.Many2one(
        "res.users", string="Told When No Orders Arrive", help="Default: the administrator."
    )
    feed_dead_share = fields.Float(
        default=0.2, help="Feed counts as down below this share of an ordinary day's customers."
    )
    monitoring_counts_as_step = fields.Boolean(
        default=False,
        string="Monitoring Counts As Next Step",
        help="A coming monitoring date is enough; else an activity must be planned.",
    )

    @api.model
    def _get_nightly_tz_selection(self):
        return _tz_get(self)

    @api.depends("resource_calendar_id.tz")
    def _compute_nightly_tz(self):
        for company in self:
            company.nightly_tz = (
                company.nightly_tz or company.resource_calendar_id.tz or company.partner_id.tz or "UTC"
            )
