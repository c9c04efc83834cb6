from collections import Counter

from odoo import models
from odoo.tools import SQL

from .crm_nightly_stages_customers import VALUE_DAYS


class CrmNightlyRun(models.Model):
    """Stages that close the night: customers without a next step, the snapshot."""

    _inherit = "crm.nightly.run"

    # Customers without a next step (AL-05, IM-06) -------------------------------

    def _stage_next_step(self, stage):
        """Remind people of customers without a next step, the dearest first.

        Each person is reminded of a few customers a night, so that the first night
        of an installation floods nobody; the others are in the list of customers.
        A reminder that somebody has answered by planning a step is closed.
        """
        self._close_answered_reminders()
        rows = self._get_customers_without_step()
        chosen = self._choose_reminders(rows)
        self._work_in_batches(stage, chosen, self._plan_reminders, lambda call: call["partner_id"])
        left = len(rows) - len(chosen)
        if left:
            stage.message = self.env._(
                "%s more customers have no next step: see the filter of the customer list.", left
            )

    def _close_answered_reminders(self):
        self.env["res.partner"]._flush_steps()
        steps = self.env["res.partner"]._get_steps_sql()
        query = SQL(
            """SELECT a.id FROM mail_activity a JOIN res_partner p ON p.id = a.res_id
            LEFT JOIN res_users u ON u.id = p.user_id
                WHERE a.active AND a.call_reason = 'next_step' AND a.res_model = 'res.partner'
                  AND %s = %s
                  AND EXISTS (SELECT 1 FROM (%s) AS step
                               WHERE step.partner_id = p.commercial_partner_id)""",
            self.env["res.partner"]._get_sweep_company_sql(),
            self.company_id.id,
            steps,
        )
        answered = self.env["mail.activity"].browse(row[0] for row in self.env.execute_query(query))
        answered._close_calls_obsolete(self.env._("A next step is planned."), log=False)

    def _get_customers_without_step(self):
        """Dicts of customers whose status demands a step and who have none, dearest first.

        Those about whom somebody is reminded already are left out.
        """
        self._collect_customers_without_step()
        self.env["crm.order.day"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
WITH worth AS (
    SELECT partner_id, sum(amount) / (%(value_days)s / 7.0) AS value
      FROM crm_order_day
     WHERE day >= %(night)s::date - %(value_days)s AND day < %(night)s
  GROUP BY partner_id
)
   SELECT partner_id, user_id, COALESCE(value, 0) AS value
     FROM crm_customer_without_step LEFT JOIN worth USING (partner_id)
 ORDER BY value DESC, partner_id""",
                night=self.night,
                value_days=VALUE_DAYS,
            )
        )

    def _collect_customers_without_step(self):
        """Put them into a temporary table, whose size the database knows.

        It takes the conditions on the partner to leave one row; in one statement it
        would look through the worth of all customers for each of them.
        """
        Partner = self.env["res.partner"]
        Partner._flush_steps()
        self.env.cr.execute(
            SQL(
                """
DROP TABLE IF EXISTS crm_customer_without_step;
CREATE TEMPORARY TABLE crm_customer_without_step ON COMMIT DROP AS
    SELECT p.id AS partner_id, p.user_id
      FROM res_partner p
      JOIN crm_customer_status s ON s.id = p.customer_status_id AND s.require_next_step
 LEFT JOIN res_users u ON u.id = p.user_id
     WHERE p.active AND p.id = p.commercial_partner_id AND %(sweep)s = %(company)s
       AND p.id NOT IN (SELECT partner_id FROM (%(steps)s) AS step WHERE partner_id IS NOT NULL)
       AND p.id NOT IN (SELECT a.res_id FROM mail_activity a
                         WHERE a.res_model = 'res.partner' AND a.active
                           AND a.call_reason = 'next_step' AND a.res_id IS NOT NULL);
ANALYZE crm_customer_without_step;""",
                sweep=Partner._get_sweep_company_sql(),
                company=self.company_id.id,
                steps=Partner._get_steps_sql(),
            )
        )

    def _choose_reminders(self, rows):
        """Calls for the planner: per person no more than the company's limit a night."""
        limit = self.company_id.next_step_daily_limit
        planner = self.env["crm.call.planner"]
        user_ids = {row["user_id"] or False for row in rows}
        people = planner._get_people(self.company_id, self.night, user_ids) if rows else {}
        given = self._get_given_reminders()
        calls = []
        for row in rows:
            person = people[row["user_id"] or False]
            if person and given[person.id] < limit:
                given[person.id] += 1
                calls.append(self._prepare_reminder(row))
        return calls

    def _get_given_reminders(self):
        """Reminders that people got from this run before it was interrupted or repeated."""
        self.env["mail.activity"].flush_model()
        query = SQL(
            """SELECT user_id, count(*) FROM mail_activity
                WHERE nightly_run_id = %s AND call_reason = 'next_step' GROUP BY user_id""",
            self.id,
        )
        return Counter(dict(self.env.execute_query(query)))

    def _prepare_reminder(self, row):
        return {
            "partner_id": row["partner_id"],
            "user_id": row["user_id"] or False,
            "reason": "next_step",
            "value": row["value"],
            "overdue": 0,
        }

    def _plan_reminders(self, calls):
        planned = self.env["crm.call.planner"]._plan_calls(
            self.company_id, self.night, calls, run=self
        )
        return len(planned)

    # Snapshot -----------------------------------------------------------------

    def _stage_snapshot(self, stage):
        """Count customers by status and responsible, for the funnel over time."""
        count = self.env["crm.customer.snapshot"]._take(self)
        stage.write({"total": count, "processed": count, "created": count})
