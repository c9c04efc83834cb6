import logging
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.recession_score import History

_logger = logging.getLogger(__name__)

#: The calendar is derived anew after so many nights; it keeps more days than that.
CALENDAR_NIGHTS = 28


class CrmRecessionReplay(models.AbstractModel):
    """Plays the nights of a past period, each as if it were tonight.

    For a copy of a database (``make replay``): alarms and calls are really made.
    Each night sees only orders of earlier days, so the alarms are those that the
    product would have raised then; how good they were is judged afterwards.
    """

    _name = "crm.recession.replay"
    _description = "Replay of Nights"

    @api.model
    def _get_period(self, company):
        """First and last night that the ledger of a company can tell of."""
        query = SQL(
            "SELECT min(day), max(day) FROM crm_order_day WHERE company_id = %s", company.id
        )
        first, last = self.env.execute_query(query)[0]
        if not first:
            raise UserError(
                self.env._(
                    "%s has no orders in its ledger: import transactions or confirm orders first.",
                    company.name,
                )
            )
        return first + timedelta(days=1), last + timedelta(days=1)

    @api.model
    def _prepare_rule(self, company, factor=None, volume=False):
        """Rules as they would have been on all the time: no alarms, no daily limit.

        :param factor: k of the tolerated silence; default: that of the company's rule
        :param volume: the rule about volume is played as well
        """
        Rule = self.env["crm.recession.rule"].sudo()
        rules = Rule.search([("company_id", "=", company.id)])
        rules.state = "paused"
        self.env["crm.recession.alert"].search([("company_id", "=", company.id)]).unlink()
        rule = rules.filtered(lambda rule: rule.kind == "silence")[:1] or Rule.create(
            {"name": self.env._("Stopped ordering"), "company_id": company.id}
        )
        if factor:
            rule.write({"sensitivity": "custom", "factor": factor})
        if volume:
            rule += rules.filtered(lambda rule: rule.kind == "volume")[:1]
        rule.action_switch_on()
        rule.daily_limit = 0
        return rule

    @api.model
    def _replay(self, company, date_from, date_to, whole=True, on_night=None):
        """Play the nights from date_from to date_to, one after the other.

        :param whole: the whole sweep of each night; else only the recession rules
        :param on_night: function(night, result) called after each night; it may
            commit. ``result`` is the dict of ``crm.recession.rule._run_night`` or the
            sweep
        """
        night = date_from
        while night <= date_to:
            if whole:
                result = self.env["crm.nightly.run"]._run_night(company, night, "replay")
            else:
                result = self._replay_recession(company, night, date_from, date_to)
            if on_night:
                on_night(night, result)
            # A year of nights must not fill the memory.
            self.env.flush_all()
            self.env.invalidate_all()
            night += timedelta(days=1)

    @api.model
    def _replay_recession(self, company, night, date_from, date_to):
        # Medians of the calendar only look back, so days to come do no harm.
        if not (night - date_from).days % CALENDAR_NIGHTS:
            until = min(night + timedelta(days=CALENDAR_NIGHTS), date_to)
            self.env["crm.order.calendar"]._refresh(company, until - timedelta(days=1))
        return self.env["crm.recession.rule"]._run_night(company, night)

    # ------------------------------------------------------------------
    # What came of it
    # ------------------------------------------------------------------
    @api.model
    def _get_alarms(self, company, date_from, date_to):
        """[(partner id, night)] of the silence alarms of a period, in order."""
        query = SQL(
            """
            SELECT partner_id, alarm_date FROM crm_recession_alert
             WHERE company_id = %s AND kind = 'silence' AND alarm_date BETWEEN %s AND %s
          ORDER BY alarm_date, partner_id
            """,
            company.id,
            date_from,
            date_to,
        )
        self.env.flush_all()
        return self.env.execute_query(query)

    @api.model
    def _get_order_days(self, company):
        """Order days of each customer as day numbers."""
        query = SQL(
            """
            SELECT partner_id, array_agg(day ORDER BY day) FROM crm_order_day
             WHERE company_id = %s AND order_count > 0 GROUP BY partner_id
            """,
            company.id,
        )
        return {
            partner: [day.toordinal() for day in days]
            for partner, days in self.env.execute_query(query)
        }

    @api.model
    def _get_score(self, company, date_from, date_to):
        """Precision, recall, delay and load of the alarms; see ``lib/recession_score.py``."""
        history = History(self._get_order_days(company))
        alarms = self._get_alarms(company, date_from, date_to)
        return history.score([(partner, day.toordinal()) for partner, day in alarms])

    @api.model
    def _get_months(self, company, date_from, date_to):
        """One dict a month: alarms and calls raised, and how alarms ended in it."""
        self.env.flush_all()
        query = SQL(
            """
            SELECT to_char(month, 'YYYY-MM') AS month,
                   count(*) FILTER (WHERE raised) AS alarms,
                   count(*) FILTER (WHERE raised AND state != 'listed') AS calls,
                   count(*) FILTER (WHERE NOT raised AND outcome = 'recovered') AS recovered,
                   count(*) FILTER (WHERE NOT raised AND outcome = 'false_alarm') AS came_back,
                   count(*) FILTER (WHERE NOT raised AND outcome = 'lost') AS lost
              FROM (
                SELECT date_trunc('month', alarm_date) AS month, TRUE AS raised, outcome,
                       CASE WHEN activity_call_id IS NULL THEN 'listed' ELSE state END AS state
                  FROM crm_recession_alert
                 WHERE company_id = %(company)s AND alarm_date BETWEEN %(begin)s AND %(end)s
                 UNION ALL
                SELECT date_trunc('month', closed_date), FALSE, outcome, state
                  FROM crm_recession_alert
                 WHERE company_id = %(company)s AND alarm_date BETWEEN %(begin)s AND %(end)s
                   AND closed_date IS NOT NULL
              ) events
          GROUP BY 1 ORDER BY 1
            """,
            company=company.id,
            begin=date_from,
            end=date_to,
        )
        return self.env.execute_query_dict(query)
