"""How alarms end, found from the ledger every night; set-based."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

#: Days after the first order that count as won back, and weeks they make.
WON_BACK_DAYS = 56
#: A fall in volume is over when 4 weeks bring this share of the norm.
VOLUME_BACK_SHARE = 0.7
VOLUME_BACK_DAYS = 28


class CrmRecessionAlert(models.Model):
    _inherit = "crm.recession.alert"

    @api.model
    def _update_outcomes(self, company, night):
        """Close alarms whose customer orders again, is lost, or announced a pause.

        Orders after a call that reached somebody: recovered; without such a
        call: he came back by himself, a false alarm. A call on the day of the
        order counts. Their open calls are closed as no longer needed.
        :return: dict(resumed=, lost=, paused=) numbers of alarms
        """
        self.env.flush_all()
        self._sync_call_dates(company)
        resumed = self._close_by(self._get_resumed_sql(company, night), company, night)
        paused = self._close_by(self._get_paused_sql(company, night), company, night)
        lost = self._close_by(self._get_lost_sql(company, night), company, night)
        self._update_won_back(company, night)
        self.invalidate_model()
        resumed._tell_processes()
        resumed._close_open_calls(self.env._("The customer has ordered again."))
        paused._close_open_calls(self.env._("The customer has announced a pause."))
        lost._close_open_calls(self.env._("The customer counts as lost."))
        return {"resumed": len(resumed), "lost": len(lost), "paused": len(paused)}

    @api.model
    def _sync_call_dates(self, company):
        """Date of the first call that was closed with a result other than "no answer"."""
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_recession_alert alert
                   SET call_date = COALESCE(alert.call_date, call.done),
                       state = CASE alert.state WHEN 'open' THEN 'called' ELSE alert.state END
                  FROM (
                    SELECT recession_alert_id, min(date_done) AS done
                      FROM mail_activity
                     WHERE recession_alert_id IS NOT NULL AND active IS NOT TRUE
                       AND call_result NOT IN ('obsolete', 'no_answer')
                  GROUP BY recession_alert_id
                  ) call
                 WHERE call.recession_alert_id = alert.id AND alert.company_id = %s
                   AND alert.state IN ('listed', 'open', 'called')
                   AND (alert.call_date IS NULL OR alert.state = 'open')
             RETURNING alert.id
                """,
                company.id,
            )
        )

    @api.model
    def _close_by(self, verdict, company, night):
        """Close open alarms as the SELECT (id, outcome, resumed_date) says."""
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_recession_alert alert
                   SET state = 'closed', closed_date = %s, outcome = verdict.outcome,
                       resumed_date = verdict.resumed_date::date
                  FROM (%s) verdict
                 WHERE verdict.id = alert.id
             RETURNING alert.id
                """,
                night,
                verdict,
            )
        )
        return self.browse([row[0] for row in rows])

    @api.model
    def _get_open_sql(self, company, night):
        return SQL(
            "alert.company_id = %s AND alert.state != 'closed' AND alert.alarm_date <= %s",
            company.id,
            night,
        )

    @api.model
    def _get_resumed_sql(self, company, night):
        """Alarms whose customer is back: by his first order, or by his volume.

        An order before the alarm that became known later proves the alarm
        false, whatever was said on the phone.
        """
        return SQL(
            """
            SELECT id, resumed_date,
                   CASE WHEN resumed_date >= alarm_date
                         AND (call_date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                             <= resumed_date
                        THEN 'recovered' ELSE 'false_alarm' END AS outcome
              FROM (
                SELECT alert.id, alert.alarm_date, alert.call_date, min(d.day) AS resumed_date
                  FROM crm_recession_alert alert
                  JOIN crm_order_day d
                    ON d.company_id = alert.company_id AND d.partner_id = alert.partner_id
                   AND d.day > alert.last_order_day AND d.day < %(night)s AND d.order_count > 0
                 WHERE %(open)s AND alert.kind = 'silence'
              GROUP BY alert.id
                 UNION ALL
                SELECT id, alarm_date, call_date, min(day) AS resumed_date
                  FROM (%(volume)s) bought
                 WHERE amount >= %(share)s * %(days)s / 7.0 * base_week_amount
              GROUP BY 1, 2, 3
              ) back
            """,
            tz=company.nightly_tz or "UTC",
            night=night,
            open=self._get_open_sql(company, night),
            volume=self._get_volume_since_sql(company, night),
            share=VOLUME_BACK_SHARE,
            days=VOLUME_BACK_DAYS,
        )

    @api.model
    def _get_volume_since_sql(self, company, night):
        """Turnover of the last 4 weeks at each order day since a volume alarm."""
        return SQL(
            """
            SELECT alert.id, alert.alarm_date, alert.call_date, alert.base_week_amount, d.day,
                   sum(d.amount) OVER (
                       PARTITION BY alert.id ORDER BY d.day
                       RANGE BETWEEN %(before)s * interval '1 day' PRECEDING AND CURRENT ROW
                   ) AS amount
              FROM crm_recession_alert alert
              JOIN crm_order_day d
                ON d.company_id = alert.company_id AND d.partner_id = alert.partner_id
               AND d.day >= alert.alarm_date AND d.day < %(night)s
             WHERE %(open)s AND alert.kind = 'volume'
            """,
            before=VOLUME_BACK_DAYS - 1,
            night=night,
            open=self._get_open_sql(company, night),
        )

    @api.model
    def _get_paused_sql(self, company, night):
        return SQL(
            """
            SELECT alert.id, 'paused' AS outcome, NULL AS resumed_date
              FROM crm_recession_alert alert
              JOIN res_partner partner ON partner.id = alert.partner_id
             WHERE %s AND partner.expected_pause_until >= %s
            """,
            self._get_open_sql(company, night),
            night,
        )

    @api.model
    def _get_lost_sql(self, company, night):
        """Silent beyond the rule's longest silence, or so long below the norm."""
        return SQL(
            """
            SELECT alert.id, 'lost' AS outcome, NULL AS resumed_date
              FROM crm_recession_alert alert
              JOIN crm_recession_rule rule ON rule.id = alert.rule_id
             WHERE %(open)s
               AND %(last)s::date - CASE alert.kind WHEN 'silence' THEN alert.last_order_day
                                              ELSE alert.alarm_date END > rule.max_silence_days
            """,
            open=self._get_open_sql(company, night),
            last=night - timedelta(days=1),
        )

    @api.model
    def _update_won_back(self, company, night):
        """Turnover since a recovered customer's first order, while its 8 weeks run.

        A customer who only bought less wins back what exceeds the reduced level.
        """
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_recession_alert alert
                   SET won_back_amount = greatest(0, won.amount - CASE alert.kind
                           WHEN 'volume' THEN COALESCE(alert.recent_week_amount, 0) * won.weeks
                           ELSE 0 END)
                  FROM (
                    SELECT alert.id, sum(d.amount) AS amount,
                           (least(alert.resumed_date + %(days)s, %(night)s::date)
                            - alert.resumed_date) / 7.0 AS weeks
                      FROM crm_recession_alert alert
                      JOIN crm_order_day d
                        ON d.company_id = alert.company_id AND d.partner_id = alert.partner_id
                       AND d.day >= alert.resumed_date AND d.day < %(night)s
                       AND d.day < alert.resumed_date + %(days)s
                     WHERE alert.company_id = %(company)s AND alert.outcome = 'recovered'
                       AND alert.resumed_date + %(days)s + 7 >= %(night)s
                  GROUP BY alert.id
                  ) won
                 WHERE won.id = alert.id
             RETURNING alert.id
                """,
                days=WON_BACK_DAYS,
                night=night,
                company=company.id,
            )
        )
