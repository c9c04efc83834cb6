"""Which customers still order, but buy far less than usual."""

from datetime import timedelta

from odoo import models
from odoo.tools import SQL

#: Above this usual gap (days) a customer's recent period is longer: 13 weeks for 8.
RARE_GAP_DAYS = 21
RARE_STRETCH = 13 / 8
#: One order day counts at most this many times the customer's median order day.
DAY_CAP = 3


class CrmRecessionRule(models.Model):
    _inherit = "crm.recession.rule"

    def _is_due(self, night):
        """Silence is looked at every night, volume once a week (or after downtime)."""
        self.ensure_one()
        if self.kind == "silence" or night.weekday() == int(self.run_weekday):
            return True
        return bool(self.last_night) and (night - self.last_night).days >= 7

    def _get_recent_weeks(self):
        """Weeks of the recent period: of ordinary customers, of those who order rarely."""
        weeks = self.recent_days // 7
        return weeks, round(weeks * RARE_STRETCH)

    def _get_volume_query(self, night):
        """Customers whose recent turnover fell below a share of their norm.

        Alarm when recent < share * expected and expected - recent > swings *
        usual swing, where expected = norm a week * recent weeks (less what quiet
        days take from everybody) and usual swing = sqrt(weeks * variance of a
        week * (1 + weeks / norm weeks)). One alarm a fall: none while an alarm
        of this kind lies within the norm period. Source: the study, section 1, rule B.
        """
        weeks, rare_weeks = self._get_recent_weeks()
        norm_weeks = self.norm_days // 7
        last = night - timedelta(days=1)
        first = night - timedelta(days=max(self.lookback_days, 7 * (rare_weeks + norm_weeks)))
        return SQL(
            """
            WITH calendar AS MATERIALIZED (%(calendar)s),
            ledger AS (
                SELECT partner_id, day, amount, order_count, %(last)s::date - day AS age
                  FROM crm_order_day
                 WHERE company_id = %(company)s AND day >= %(first)s AND day < %(night)s
            ),
            history AS (
                SELECT partner_id, count(*) AS order_days, min(day) AS first_day,
                       max(day) AS last_day,
                       (max(day) - min(day))::float / greatest(count(*) - 1, 1) AS gap,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS median_day
                  FROM ledger
                 WHERE order_count > 0
              GROUP BY partner_id
                HAVING count(*) >= %(min_order_days)s AND max(day) - min(day) >= %(min_tenure)s
            ),
            span AS (
                SELECT history.*,
                       CASE WHEN gap > %(rare_gap)s THEN %(rare_weeks)s ELSE %(weeks)s END AS recent
                  FROM history
                 WHERE gap <= %(max_gap)s AND median_day > 0
            ),
            weekly AS (
                SELECT ledger.partner_id, span.recent, age / 7 AS week,
                       sum(least(amount, %(cap)s * median_day)) AS amount,
                       count(*) FILTER (WHERE order_count > 0) AS order_days
                  FROM ledger JOIN span USING (partner_id)
                 WHERE age / 7 < span.recent + %(norm_weeks)s
              GROUP BY 1, 2, 3
            ),
            sums AS (
                SELECT partner_id, recent,
                       COALESCE(sum(amount) FILTER (WHERE week < recent), 0) AS bought,
                       COALESCE(sum(amount) FILTER (WHERE week >= recent), 0) AS norm,
                       COALESCE(sum(amount * amount) FILTER (WHERE week >= recent), 0) AS squares,
                       COALESCE(sum(order_days) FILTER (WHERE week >= recent), 0) AS norm_order_days
                  FROM weekly
              GROUP BY partner_id, recent
            ),
            usual AS (
                SELECT recent,
                       least(1, COALESCE(
                           avg(weight) FILTER (WHERE age / 7 < recent)
                           / NULLIF(avg(weight) FILTER (WHERE age / 7 >= recent), 0), 1)) AS share
                  FROM (SELECT weight, %(last)s::date - day AS age FROM calendar) days
            CROSS JOIN (VALUES (%(weeks)s), (%(rare_weeks)s)) AS choice(recent)
                 WHERE age / 7 < recent + %(norm_weeks)s
              GROUP BY recent
            ),
            fall AS (
                SELECT sums.partner_id, sums.recent, bought, norm_order_days,
                       norm / %(norm_weeks)s AS base_week,
                       norm / %(norm_weeks)s * sums.recent * usual.share AS expected,
                       sqrt(greatest(squares - norm * norm / %(norm_weeks)s, 0)
                            / (%(norm_weeks)s - 1) * sums.recent * usual.share
                            * (1 + sums.recent::float / %(norm_weeks)s)) AS swing
                  FROM sums JOIN usual USING (recent)
            )
            SELECT fall.partner_id, partner.user_id, span.order_days, span.first_day,
                   span.last_day, span.gap, base_week, bought / fall.recent AS recent_week,
                   fall.recent AS recent_weeks, TRUE AS recent,
                   (%(last)s::date - 7 * fall.recent) AS norm_end
              FROM fall
              JOIN span USING (partner_id)
              JOIN res_partner partner ON partner.id = fall.partner_id
             WHERE bought < %(share)s * expected AND expected - bought > %(swings)s * swing
               AND norm_order_days >= %(min_order_days)s
               AND %(watched)s
               AND NOT EXISTS (
                    SELECT FROM crm_recession_alert alert
                     WHERE alert.partner_id = fall.partner_id
                       AND alert.company_id = %(company)s
                       AND (alert.state != 'closed'
                            OR alert.alarm_date > %(cooldown)s
                            OR alert.kind = 'volume' AND alert.alarm_date > %(same_fall)s))
            """,
            calendar=self._get_calendar_sql(first, last),
            company=self.company_id.id,
            first=first,
            last=last,
            night=night,
            min_order_days=self.min_order_days,
            min_tenure=self.min_tenure_days,
            max_gap=self.max_gap_days,
            rare_gap=RARE_GAP_DAYS,
            weeks=weeks,
            rare_weeks=rare_weeks,
            norm_weeks=norm_weeks,
            cap=DAY_CAP,
            share=self.volume_share / 100,
            swings=self.volume_swings,
            watched=self._get_watched_sql(night),
            cooldown=night - timedelta(days=self.cooldown_days),
            same_fall=night - timedelta(days=self.norm_days),
        )
