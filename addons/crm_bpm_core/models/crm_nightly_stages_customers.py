from functools import partial

from odoo import models
from odoo.tools import SQL

#: Turnover a week is the average of so many days before the night.
VALUE_DAYS = 182


class CrmNightlyRun(models.Model):
    """Stages that work on customers: promotion and monitoring calls."""

    _inherit = "crm.nightly.run"

    # Promotion (PK-15, PK-16, HU-14) ------------------------------------------

    def _stage_promotion(self, stage):
        """Give customers the status they have earned, rule by rule."""
        since = self._get_previous_night()
        for rule in self._get_promotion_rules():
            ids = rule._get_candidate_ids(self.company_id, self.night, since)
            promote = partial(rule._promote, night=self.night, run=self)
            self._work_in_batches(stage, ids, promote)

    def _get_promotion_rules(self):
        return self.env["crm.customer.promotion.rule"].search(
            [("company_id", "in", [False, self.company_id.id])]
        )

    # Monitoring calls (PK-10…PK-14, HU-11…HU-13) -------------------------------

    def _stage_monitoring(self, stage):
        """Plan the calls that are due and move the customers' dates.

        A customer with an open monitoring or recession call gets no second one: that
        call serves both, and his date moves on. Where nobody can make the call, the
        date stays and the customer is reported.
        """
        rows = self._get_due_customers()
        self._work_in_batches(stage, rows, self._plan_monitoring, lambda row: row["partner_id"])

    def _get_due_customers(self):
        """Dicts of the customers whose call is due, in the order in which to call.

        Customers that this run has reported already are left out.
        """
        for model in ("res.partner", "res.users", "mail.activity", "crm.order.day"):
            self.env[model].flush_model()
        self.env["crm.nightly.run.issue"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
WITH due AS (
    SELECT p.id AS partner_id, p.user_id, p.monitoring_next_date AS due,
           EXISTS (SELECT 1 FROM mail_activity a
                    WHERE a.res_model = 'res.partner' AND a.res_id = p.id AND a.active
                      AND a.call_reason IN ('monitoring', 'recession')) AS has_call
      FROM res_partner p
      JOIN crm_customer_status s ON s.id = p.customer_status_id
 LEFT JOIN res_users u ON u.id = p.user_id
     WHERE p.monitoring_active AND p.monitoring_next_date <= %(night)s
       AND p.active AND p.id = p.commercial_partner_id AND s.monitoring_interval > 0
       AND %(sweep)s = %(company)s
       AND NOT EXISTS (SELECT 1 FROM crm_nightly_run_issue i
                        WHERE i.run_id = %(run)s AND i.stage = 'monitoring'
                          AND i.partner_id = p.id)
), worth AS (
    SELECT partner_id, sum(amount) / (%(value_days)s / 7.0) AS value
      FROM crm_order_day
     WHERE day >= %(night)s::date - %(value_days)s AND day < %(night)s
       AND partner_id IN (SELECT partner_id FROM due)
  GROUP BY partner_id
)
   SELECT due.partner_id, due.user_id, due.has_call, COALESCE(worth.value, 0) AS value,
          %(night)s::date - due.due AS overdue
     FROM due LEFT JOIN worth USING (partner_id)
 ORDER BY overdue DESC, value DESC, partner_id""",
                night=self.night,
                company=self.company_id.id,
                run=self.id,
                value_days=VALUE_DAYS,
                sweep=self.env["res.partner"]._get_sweep_company_sql(),
            )
        )

    def _plan_monitoring(self, rows):
        """Plan the calls of one batch; number of calls planned."""
        calls = [self._prepare_monitoring_call(row) for row in rows if not row["has_call"]]
        planned = self.env["crm.call.planner"]._plan_calls(
            self.company_id, self.night, calls, run=self
        )
        served = [row["partner_id"] for row in rows if row["has_call"]]
        self._move_monitoring_dates([*planned, *served])
        return len(planned)

    def _prepare_monitoring_call(self, row):
        return {
            "partner_id": row["partner_id"],
            "user_id": row["user_id"] or False,
            "reason": "monitoring",
            "summary": False,
            "note": False,
            "value": row["value"],
            "overdue": row["overdue"],
        }

    def _move_monitoring_dates(self, partner_ids):
        """The next date of these customers lies after tonight, on their anchor day."""
        Partner = self.env["res.partner"]
        Partner.flush_model()
        self.env.execute_query(
            SQL(
                """UPDATE res_partner p
                      SET monitoring_last_date = %(night)s,
                          monitoring_anchor_day = %(anchor)s,
                          monitoring_next_date = %(next)s
                     FROM crm_customer_status s
                    WHERE s.id = p.customer_status_id AND p.id = ANY(%(ids)s)
                RETURNING p.id""",
                night=self.night,
                ids=list(partner_ids),
                anchor=self._get_anchor_sql(),
                next=self.env["crm.customer.status"]._get_next_date_sql(
                    SQL("p.monitoring_next_date"),
                    self._get_anchor_sql(),
                    SQL("%s::date", self.night),
                ),
            )
        )
        Partner.browse(partner_ids)._life_cycle_written()

    def _get_anchor_sql(self):
        return SQL(
            "COALESCE(NULLIF(p.monitoring_anchor_day, 0), "
            "EXTRACT(DAY FROM p.monitoring_next_date)::int)"
        )
