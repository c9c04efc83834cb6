from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, formatLang

from odoo.addons.bpm_engine.lib.own_context import is_internal

#: What a person without the head's rights may write on an alarm.
FREE_FIELDS = {"outcome_reason"}


class CrmRecessionAlert(models.Model):
    """A customer whose orders recede: why, who acts, and how it ended.

    Raised by the nightly sweep. The outcome is found by itself when orders
    resume; the head assigns alarms and may overrule an outcome.
    """

    _name = "crm.recession.alert"
    _description = "Recession Alarm"
    _inherit = ["mail.thread"]
    _order = "base_week_amount desc, id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    rule_id = fields.Many2one("crm.recession.rule", required=True, ondelete="cascade", index=True)
    kind = fields.Selection(related="rule_id.kind", store=True, precompute=True)
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    user_id = fields.Many2one(
        "res.users", string="Responsible", tracking=True, index="btree_not_null"
    )
    alarm_date = fields.Date(required=True)
    state = fields.Selection(
        [
            ("listed", "Listed"),  # found at activation or over the limit: no call yet
            ("open", "To call"),
            ("called", "Called"),
            ("closed", "Closed"),
        ],
        default="open",
        required=True,
        tracking=True,
    )
    # What was seen when the alarm was raised; the explanation is built from it.
    last_order_day = fields.Date(readonly=True)
    order_day_count = fields.Integer(
        readonly=True, aggregator=None, help="Order days in the look-back."
    )
    gap = fields.Float(
        readonly=True, aggregator="avg", string="Usual Gap", help="Usual gap, activity days."
    )
    silence = fields.Float(
        readonly=True, aggregator="avg", help="Silence at the alarm, activity days."
    )
    silence_days = fields.Integer(
        compute="_compute_silence_days",
        store=True,
        precompute=True,
        aggregator="avg",
        string="Silent Days",
        help="Silence at the alarm: full calendar days without an order.",
    )
    tolerated = fields.Float(
        readonly=True, aggregator=None, help="Limit of the silence, activity days."
    )
    factor = fields.Float(readonly=True, aggregator=None)
    weeks_ordered = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Weeks with an order among the 26 before the last order.",
    )
    weeks_total = fields.Integer(
        readonly=True, aggregator=None, help="Weeks of history among those 26."
    )
    week_lines = fields.Float(
        readonly=True, aggregator="avg", help="Order lines a week in those 26 weeks."
    )
    base_week_amount = fields.Monetary(
        readonly=True,
        string="Weekly Turnover",
        help="Turnover a week before the fall, company currency: what is at stake.",
    )
    recent_week_amount = fields.Monetary(
        readonly=True, help="Volume rule: turnover a week in the recent period."
    )
    explanation = fields.Char(compute="_compute_explanation", string="Why")
    lost_amount = fields.Monetary(
        compute="_compute_lost_amount",
        string="Missed So Far",
        help="Turnover missed since the usual next order.",
    )
    # How it ended
    outcome = fields.Selection(
        [
            ("recovered", "Recovered"),
            ("lost", "Lost"),
            ("false_alarm", "False alarm"),
            ("paused", "Pause agreed"),
        ],
        tracking=True,
        help="Found by itself: recovered = ordered after a call; false alarm = came back "
        "without one; lost = silent beyond the longest silence of the rule.",
    )
    outcome_reason = fields.Selection(
        [
            ("pause", "Temporary pause"),
            ("competitor", "Went to a competitor"),
            ("price", "Price"),
            ("quality", "Quality or service"),
            ("closed", "Closed business"),
            ("error", "Error in the data"),
            ("other", "Other"),
        ],
        tracking=True,
    )
    call_date = fields.Datetime(help="When the first call about it was closed.")
    resumed_date = fields.Date(help="Day of the first order after the alarm.")
    closed_date = fields.Date()
    won_back_amount = fields.Monetary(
        string="Won Back",
        help="Turnover of the 8 weeks from the first order after a call, company currency.",
    )
    activity_call_id = fields.Many2one(
        "mail.activity", ondelete="set null", string="Call", index="btree_not_null"
    )

    # Two servers that raise alarms at once cannot raise the same twice.
    _open_uniq = models.UniqueIndex(
        "(company_id, partner_id, kind) WHERE state != 'closed'",
        "This customer has an open alarm of that kind already.",
    )
    _company_date_idx = models.Index("(company_id, alarm_date)")

    @api.depends("alarm_date", "last_order_day")
    def _compute_silence_days(self):
        for alert in self:
            known = alert.alarm_date and alert.last_order_day
            alert.silence_days = (alert.alarm_date - alert.last_order_day).days - 1 if known else 0

    @api.depends(lambda self: self._get_explanation_fields())
    @api.depends_context("lang")
    def _compute_explanation(self):
        for alert in self:
            describe = alert._explain_volume if alert.kind == "volume" else alert._explain_silence
            alert.explanation = describe()

    @api.model
    def _get_explanation_fields(self):
        figures = ["weeks_ordered", "weeks_total", "week_lines", "silence_days", "silence", "gap"]
        return ["kind", *figures, "tolerated", "base_week_amount", "recent_week_amount"]

    def _explain_silence(self):
        """Why a silence is an alarm, from the numbers stored with it."""
        values = {
            "weeks": self.weeks_ordered,
            "total": self.weeks_total,
            "lines": self._say_number(self.week_lines),
            "days": self.silence_days,
            "ordinary": self._say_number(self.silence, 0),
            "gap": self._say_number(self.gap),
            "tolerated": self._say_number(int(self.tolerated), 0),
        }
        if self.silence_days - self.silence >= 1:
            return self.env._(
                "Ordered in %(weeks)s of %(total)s weeks, %(lines)s lines a week; nothing for "
                "%(days)s days, %(ordinary)s of them ordinary days; usual gap %(gap)s days, "
                "such a customer is waited for %(tolerated)s.",
                **values,
            )
        return self.env._(
            "Ordered in %(weeks)s of %(total)s weeks, %(lines)s lines a week; nothing for "
            "%(days)s days; usual gap %(gap)s days, such a customer is waited for %(tolerated)s.",
            **values,
        )

    def _explain_volume(self):
        """Why a fall in volume is an alarm, from the numbers stored with it."""
        base = self.base_week_amount
        share = 100 * self.recent_week_amount / base if base else 0
        return self.env._(
            "Still orders, but bought %(recent)s a week lately against %(base)s before: "
            "%(share)s %% of the usual.",
            recent=self._say_money(self.recent_week_amount),
            base=self._say_money(base),
            share=self._say_number(share, 0),
        )

    def _say_number(self, value, digits=1):
        """6.4 or 7 (never 7.0), with the language's own decimal sign."""
        value = round(value, digits)
        digits = 0 if value == int(value) else digits
        return formatLang(self.env, value, digits=digits)

    def _say_money(self, value):
        return format_amount(self.env, round(value), self.currency_id)

    @api.depends(
        "kind", "base_week_amount", "recent_week_amount", "gap",
        "last_order_day", "alarm_date", "resumed_date", "closed_date",
    )  # fmt: skip
    def _compute_lost_amount(self):
        today = fields.Date.context_today(self)
        for alert in self:
            end = alert.resumed_date or alert.closed_date or today
            if alert.kind == "volume":
                missed, begin = alert.base_week_amount - alert.recent_week_amount, alert.alarm_date
            else:
                missed = alert.base_week_amount
                begin = fields.Date.add(alert.last_order_day or end, days=round(alert.gap))
            alert.lost_amount = missed / 7 * max(0, (end - (begin or end)).days)

    # ------------------------------------------------------------------
    # Writing: who may what
    # ------------------------------------------------------------------
    def write(self, vals):
        """Only the head assigns and overrules; a new responsible takes the open call over."""
        self._check_writer(vals)
        if "outcome" in vals:
            vals = self._prepare_overruled_values(vals)
        result = super().write(vals)
        if "user_id" in vals and not is_internal(self.env, "recession_call_taken"):
            self._move_open_calls(vals["user_id"])
        if vals.get("outcome"):
            self._close_open_calls(self.env._("The head has closed the alarm."))
        return result

    def _check_writer(self, vals):
        free = self.env.su or self.env.user.has_group("crm_bpm_core.group_head")
        if not free and set(vals) - FREE_FIELDS:
            raise AccessError(
                self.env._(
                    "Only the head assigns recession alarms and sets their outcome. "
                    "Close the call with its result instead."
                )
            )

    def _prepare_overruled_values(self, vals):
        """The head's own verdict closes the alarm; an emptied one opens it again."""
        if vals["outcome"]:
            return {"state": "closed", "closed_date": fields.Date.context_today(self), **vals}
        state = "called" if any(self.mapped("call_date")) else "listed"
        return {"state": state, "closed_date": False, "resumed_date": False, **vals}

    def _move_open_calls(self, user_id):
        calls = self._get_open_calls()
        if user_id and calls:
            calls.with_context(mail_activity_quick_update=True).write({"user_id": user_id})

    def _get_open_calls(self):
        # The head may assign calls of any person; activities check that person's access.
        return self.env["mail.activity"].sudo().search([("recession_alert_id", "in", self.ids)])

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------
    def action_assign(self):
        """Plan the call for listed alarms: the head's decision, without the daily limit."""
        self._check_writer({"state"})
        self.check_access("write")
        listed = self.filtered(lambda alert: alert.state == "listed")
        if not listed:
            raise UserError(
                self.env._("Choose alarms in state Listed: the others have their call already.")
            )
        for company, alerts in listed.grouped("company_id").items():
            night = fields.Date.context_today(self.with_context(tz=company.nightly_tz))
            alerts.sudo()._plan_calls(night)
        left = listed.filtered(lambda alert: alert.state == "listed")
        return self._notify_assigned(len(listed) - len(left), left)

    def _notify_assigned(self, planned, left):
        message = self.env._("%s calls planned.", planned)
        if left:
            names = ", ".join(left[:5].mapped("partner_id.display_name"))
            message += " " + self.env._("Nobody can take over the call of: %s.", names)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if left else "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_open_partner(self):
        """The customer's card."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }
