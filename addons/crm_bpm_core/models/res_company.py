from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get

from ..lib import nights


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
        default=20,
        help="Calls planned for one person on one working day, unless his own says. 0: no limit.",
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
    next_step_daily_limit = fields.Integer(
        default=5,
        string="Next Steps Asked For",
        help="How many customers without a next step one person is reminded of per night; "
        "the others are found in the list of customers. 0: nobody is reminded.",
    )

    _nightly_hours = models.Constraint(
        "CHECK(nightly_hour >= 0 AND nightly_hour < 24 AND digest_hour >= 0 AND digest_hour < 24)",
        "Hours of the day go from 00:00 to 23:59.",
    )
    _call_limits = models.Constraint(
        "CHECK(call_daily_limit >= 0 AND next_step_daily_limit >= 0)",
        "Limits cannot be negative.",
    )

    @api.model
    def _get_nightly_tz_selection(self):
        return _tz_get(self)

    @api.depends("resource_calendar_id.tz")
    def _compute_nightly_tz(self):
        for company in self:
            company.nightly_tz = (
                company.nightly_tz
                or company.resource_calendar_id.tz
                or company.partner_id.tz
                or "UTC"
            )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["crm.nightly.run"]._schedule_wake_ups()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if not {"nightly_hour", "nightly_tz", "nightly_active", "digest_hour"}.isdisjoint(vals):
            self.env["crm.nightly.run"]._schedule_wake_ups()
        return result

    # Days and nights of the company -------------------------------------------

    def _get_local_today(self):
        """Calendar day that the company's clock shows now."""
        return nights.local_date(fields.Datetime.now(), self.nightly_tz or "UTC")

    def _get_due_night(self):
        """Calendar day of the last night whose sweep is due by now."""
        return nights.latest_due(fields.Datetime.now(), self.nightly_hour, self.nightly_tz)

    def _get_next_night_moment(self):
        """When (UTC) the next sweep is due."""
        return nights.next_due(fields.Datetime.now(), self.nightly_hour, self.nightly_tz)

    def _get_next_digest_moment(self):
        """When (UTC) the next morning's digests are due."""
        return nights.next_due(fields.Datetime.now(), self.digest_hour, self.nightly_tz)
