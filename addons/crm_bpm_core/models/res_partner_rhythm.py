from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Days of history that the usual gap and the weekly turnover are taken from.
GAP_DAYS = 364
WEEK_AMOUNT_DAYS = 182


class ResPartner(models.Model):
    """How the customer orders: figures of the daily ledger, read when shown."""

    _inherit = "res.partner"

    last_order_date = fields.Date(compute="_compute_order_rhythm", search="_search_last_order_date")
    order_gap_days = fields.Float(
        string="Usual Gap",
        compute="_compute_order_rhythm",
        digits=(6, 1),
        help="Days between the customer's order days, on average over the last 52 weeks.",
    )
    order_silence_days = fields.Integer(
        string="Silent Days",
        compute="_compute_order_rhythm",
        aggregator=None,
        help="Calendar days since the last order.",
    )
    order_week_amount = fields.Float(
        string="Weekly Turnover",
        compute="_compute_order_rhythm",
        digits=(16, 0),
        help="Average turnover a week over the last 26 weeks, company currency.",
    )
    customer_status_color = fields.Integer(related="customer_status_id.color")
    recession_alert_ids = fields.One2many("crm.recession.alert", "partner_id")
    open_recession_alert_id = fields.Many2one(
        "crm.recession.alert",
        string="Recession",
        compute="_compute_open_recession_alert_id",
        search="_search_open_recession_alert_id",
    )

    @api.depends("commercial_partner_id")
    def _compute_order_rhythm(self):
        rhythms = self._get_order_rhythms()
        today = self.env.company._get_local_today()
        for partner in self:
            last, days, first, amount = rhythms.get(
                partner.commercial_partner_id.id, (False, 0, False, 0.0)
            )
            partner.last_order_date = last
            partner.order_silence_days = (today - last).days if last else 0
            partner.order_gap_days = (last - first).days / (days - 1) if days > 1 else 0.0
            partner.order_week_amount = (amount or 0.0) / (WEEK_AMOUNT_DAYS / 7)

    def _get_order_rhythms(self):
        """Ledger figures of many customers in one query.

        :return: {commercial partner id: (last order day, order days of 52 weeks,
            first order day of 52 weeks, turnover of 26 weeks)}
        """
        partner_ids = [id_ for id_ in self.commercial_partner_id.ids if id_]
        if not partner_ids:
            return {}
        today = self.env.company._get_local_today()
        year = today - timedelta(days=GAP_DAYS)
        half_year = today - timedelta(days=WEEK_AMOUNT_DAYS)
        self.env["crm.order.day"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, max(day) FILTER (WHERE order_count > 0),
                       count(DISTINCT day) FILTER (WHERE order_count > 0 AND day > %(year)s),
                       min(day) FILTER (WHERE order_count > 0 AND day > %(year)s),
                       sum(amount) FILTER (WHERE day > %(half_year)s)
                  FROM crm_order_day
                 WHERE partner_id IN %(partners)s
                   AND company_id IN %(companies)s
                   AND day <= %(today)s
                 GROUP BY partner_id
                """,
                partners=tuple(partner_ids),
                companies=tuple(self.env.companies.ids),
                today=today,
                year=year,
                half_year=half_year,
            )
        )
        return {row[0]: row[1:] for row in rows}

    def _search_last_order_date(self, operator, value):
        """Customers by the day of their last order; no order ever = no value."""
        if operator == "in":
            return self._search_last_order_date_in(value)
        if operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        return Domain("id", "in", self._get_last_order_query(operator, value))

    def _search_last_order_date_in(self, values):
        domain = Domain.FALSE
        for value in values:
            if value:
                domain |= Domain("id", "in", self._get_last_order_query("=", value))
            else:
                domain |= Domain("id", "not in", SQL("(SELECT partner_id FROM crm_order_day)"))
        return domain

    def _get_last_order_query(self, operator, value):
        self.env["crm.order.day"].flush_model()
        return SQL(
            """(SELECT partner_id
                  FROM crm_order_day
                 WHERE order_count > 0 AND company_id IN %s
                 GROUP BY partner_id
                HAVING max(day) %s %s)""",
            tuple(self.env.companies.ids),
            SQL(operator),
            value,
        )

    @api.depends("recession_alert_ids.state")
    def _compute_open_recession_alert_id(self):
        # Customers do not read alarms of other companies' people, but the badge is for all.
        groups = (
            self.env["crm.recession.alert"]
            .sudo()
            ._read_group(
                Domain("partner_id", "in", self.commercial_partner_id.ids)
                & Domain("state", "!=", "closed")
                & Domain("company_id", "in", self.env.companies.ids),
                ["partner_id"],
                ["id:max"],
            )
        )
        by_partner = {partner.id: alert_id for partner, alert_id in groups}
        for partner in self:
            partner.open_recession_alert_id = by_partner.get(partner.commercial_partner_id.id)

    def _search_open_recession_alert_id(self, operator, value):
        """Customers with an alarm that is not closed yet (or with these alarms)."""
        if operator != "in":
            return NotImplemented
        alerts = Domain("state", "!=", "closed")
        wanted = [alert_id for alert_id in value if alert_id]
        domain = Domain.FALSE
        if wanted:
            domain |= Domain("recession_alert_ids", "any", alerts & Domain("id", "in", wanted))
        if len(wanted) < len(value):
            domain |= Domain("recession_alert_ids", "not any", alerts)
        return domain
