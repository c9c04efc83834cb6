"""Which customers fall silent: one set-based statement over the daily ledger."""

import math
from datetime import datetime, time, timedelta

import pytz

from odoo import models
from odoo.tools import SQL

#: Weeks before the last order that the words and the money of an alarm describe.
FIGURE_WEEKS = 26


class CrmRecessionRule(models.Model):
    _inherit = "crm.recession.rule"

    def _detect(self, night):
        """Customers to alarm about in this night, dearest first.

        Only ledger rows before the night count. A customer is found once per
        silence, never within the cool-down, and never while a pause that he
        announced lasts.
        :return: list of dicts with the values of an alarm plus ``user_id`` (of the
            partner), ``overdue`` (days beyond the limit) and ``recent`` (crossed
            the limit within the activation window)
        """
        self.ensure_one()
        self.env.flush_all()
        query = self._get_silence_query(night) if self.kind == "silence" else None
        rows = self.env.execute_query_dict(query or self._get_volume_query(night))
        if not rows:
            return []
        figures = self._get_figures(rows, night)
        found = [self._prepare_finding(row, figures[row["partner_id"]]) for row in rows]
        return sorted(found, key=lambda row: (-row["base_week_amount"], row["partner_id"]))

    # ------------------------------------------------------------------
    # Calendar of activity days
    # ------------------------------------------------------------------
    def _get_calendar_sql(self, first, last):
        """SELECT of (day, weight, upto): activity days summed up from first to last.

        A day weighs what the company's order calendar says (1 where it says
        nothing); the rule's quiet seasons and public holidays weigh nothing.
        """
        return SQL(
            """
            SELECT day, weight, sum(weight) OVER (ORDER BY day) AS upto
              FROM (
                SELECT span.day::date AS day,
                       CASE WHEN span.day::date = ANY(%(quiet)s::date[]) THEN 0
                            ELSE COALESCE(calendar.activity, 1) END AS weight
                  FROM generate_series(%(first)s::date, %(last)s::date, '1 day') AS span(day)
             LEFT JOIN crm_order_calendar calendar
                    ON calendar.company_id = %(company)s AND calendar.day = span.day::date
              ) days
            """,
            quiet=sorted(self._get_quiet_days(first, last)),
            first=first,
            last=last,
            company=self.company_id.id,
        )

    def _get_quiet_days(self, first, last):
        """Days that age nobody's silence, by the rule's seasons and public holidays."""
        days = self.season_ids._get_days(first, last)
        if self.respect_holidays:
            days |= self._get_public_holidays(first, last)
        return days

    def _get_public_holidays(self, first, last):
        """Days whose noon lies in a global leave of the company's working hours."""
        tz = pytz.timezone(self.company_id.nightly_tz or "UTC")
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "=", False),
                    ("calendar_id", "in", [False, *self.company_id.resource_calendar_id.ids]),
                    ("company_id", "in", [False, self.company_id.id]),
                    ("date_from", "<=", datetime.combine(last, time.max)),
                    ("date_to", ">=", datetime.combine(first, time.min) - timedelta(days=1)),
                ]
            )
        )
        days = set()
        for leave in leaves:
            begin = pytz.utc.localize(leave.date_from).astimezone(tz).replace(tzinfo=None)
            end = pytz.utc.localize(leave.date_to).astimezone(tz).replace(tzinfo=None)
            day = max(begin.date(), first)
            while day <= min(end.date(), last):
                if begin <= datetime.combine(day, time(12)) <= end:
                    days.add(day)
                day += timedelta(days=1)
        return days

    # ------------------------------------------------------------------
    # Silence
    # ------------------------------------------------------------------
    def _get_silence_query(self, night):
        """The whole silence rule as one statement; see section 7 of the study.

        The ledger is read once, aggregated by partner for those who did not order
        lately, which spares most of the work; everything else is joined to the few
        customers who are silent beyond their limit, and only after they are known:
        the planner would guess their number wrong and look up every partner. A day of
        the ledger has an order, so its unique index answers without the table.
        """
        first, last = night - timedelta(days=self.lookback_days), night - timedelta(days=1)
        # Activity days are never more than calendar days and no gap is taken as
        # less than a day, so nobody who ordered after this day can be too silent.
        newest = last - timedelta(days=math.floor(self.factor * math.sqrt(7)))
        return SQL(
            """
            WITH calendar AS MATERIALIZED (%(calendar)s),
            today AS (
                SELECT max(upto) AS upto,
                       COALESCE(max(upto) FILTER (WHERE day <= %(window)s), 0) AS window_upto
                  FROM calendar
            ),
            history AS (
                SELECT partner_id, count(*) AS order_days, min(day) AS first_day,
                       max(day) AS last_day
                  FROM crm_order_day past
                 WHERE company_id = %(company)s AND day >= %(first)s AND day <= %(newest)s
                   AND NOT EXISTS (
                        SELECT FROM crm_order_day recent
                         WHERE recent.partner_id = past.partner_id
                           AND recent.company_id = %(company)s
                           AND recent.day > %(newest)s AND recent.day < %(night)s)
              GROUP BY partner_id
                HAVING count(*) >= %(min_order_days)s
                   AND max(day) - min(day) >= %(min_tenure)s
            ),
            rhythm AS (
                SELECT history.*, today.upto - last.upto AS silence,
                       today.window_upto - last.upto AS window_silence,
                       (last.upto - first.upto) / (order_days - 1) AS gap
                  FROM history
                  JOIN calendar last ON last.day = last_day
                  JOIN calendar first ON first.day = first_day
            CROSS JOIN today
            ),
            silent AS MATERIALIZED (
                SELECT *, %(factor)s * sqrt(7 * greatest(gap, 1)) AS tolerated
                  FROM rhythm
                 WHERE silence > %(factor)s * sqrt(7 * greatest(gap, 1))
                   AND silence <= %(max_silence)s AND gap <= %(max_gap)s
            )
            SELECT silent.partner_id, partner.user_id, order_days, first_day, last_day,
                   gap, silence, tolerated, window_silence <= tolerated AS recent
              FROM silent
              JOIN res_partner partner ON partner.id = silent.partner_id
             WHERE %(watched)s
               AND NOT EXISTS (
                    SELECT FROM crm_recession_alert alert
                     WHERE alert.partner_id = silent.partner_id
                       AND alert.company_id = %(company)s
                       AND (alert.state IN ('open', 'called')
                            OR alert.kind = 'silence' AND (
                                alert.alarm_date > %(cooldown)s
                                OR alert.state = 'listed'
                                OR alert.alarm_date > greatest(
                                    last_day, partner.expected_pause_until))))
            """,
            calendar=self._get_calendar_sql(first, last),
            window=last - timedelta(days=self.activation_window_days),
            company=self.company_id.id,
            first=first,
            night=night,
            newest=newest,
            min_order_days=self.min_order_days,
            min_tenure=self.min_tenure_days,
            factor=self.factor,
            max_silence=self.max_silence_days,
            max_gap=self.max_gap_days,
            watched=self._get_watched_sql(night),
            cooldown=night - timedelta(days=self.cooldown_days),
        )

    def _get_watched_sql(self, night):
        """Condition on ``partner``: one of ours, in the rule's filter, no pause agreed."""
        condition = SQL(
            """partner.active
               AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
               AND (partner.expected_pause_until IS NULL
                    OR partner.expected_pause_until < %(night)s)""",
            company=self.company_id.id,
            night=night,
        )
        domain = self._get_partner_domain()
        if domain.is_true():
            return condition
        Partner = self.env["res.partner"].sudo().with_company(self.company_id)
        partners = Partner._search(domain)
        return SQL("%s AND partner.id IN %s", condition, partners.subselect())

    # ------------------------------------------------------------------
    # Words and money of those who were found
    # ------------------------------------------------------------------
    def _get_figures(self, rows, night):
        """Weeks with an order, lines and turnover a week in the half year before.

        The half year ends with the last order of a silent customer and with the
        norm of a shrinking one (``norm_end``), so that the fall does not dilute it.
        """
        ends = [row.get("norm_end") or row["last_day"] for row in rows]
        result = self.env.execute_query_dict(
            SQL(
                """
                SELECT found.partner_id, found.last_day,
                       least(%(weeks)s, (found.last_day - found.first_day) / 7 + 1) AS weeks_total,
                       half_year.*
                  FROM unnest(%(partners)s::int[], %(firsts)s::date[], %(lasts)s::date[])
                       AS found(partner_id, first_day, last_day)
            CROSS JOIN LATERAL (
                SELECT count(DISTINCT (found.last_day - d.day) / 7)
                            FILTER (WHERE d.order_count > 0) AS weeks_ordered,
                       COALESCE(sum(d.line_count), 0) AS lines,
                       COALESCE(sum(d.amount), 0) AS amount
                  FROM crm_order_day d
                 WHERE d.partner_id = found.partner_id AND d.company_id = %(company)s
                   AND d.day <= found.last_day AND d.day > found.last_day - %(days)s
                HAVING count(*) > 0
              ) half_year
                """,
                weeks=FIGURE_WEEKS,
                days=7 * FIGURE_WEEKS,
                partners=[row["partner_id"] for row in rows],
                firsts=[row["first_day"] for row in rows],
                lasts=ends,
                company=self.company_id.id,
            )
        )
        return {row["partner_id"]: row for row in result}

    def _prepare_finding(self, row, figures):
        weeks = figures["weeks_total"]
        silence = float(row.get("silence") or 0)
        tolerated = float(row.get("tolerated") or 0)
        return {
            "partner_id": row["partner_id"],
            "user_id": row["user_id"],
            "recent": row["recent"],
            "overdue": max(0, int(silence - tolerated)),
            "last_order_day": row["last_day"],
            "order_day_count": row["order_days"],
            "gap": float(row["gap"]),
            "silence": silence,
            "tolerated": tolerated,
            "factor": self.factor if self.kind == "silence" else 0.0,
            "weeks_ordered": figures["weeks_ordered"],
            "weeks_total": weeks,
            "week_lines": float(figures["lines"]) / weeks,
            "base_week_amount": row.get("base_week") or float(figures["amount"]) / weeks,
            "recent_week_amount": row.get("recent_week") or 0.0,
        }
