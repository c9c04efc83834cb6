from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerSnapshot(models.Model):
    """How many customers had which status at the end of a night (funnel over time)."""

    _name = "crm.customer.snapshot"
    _description = "Customer Status Snapshot"
    _order = "day desc, id"
    _rec_name = "day"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    day = fields.Date(required=True, index=True)
    status_id = fields.Many2one("crm.customer.status", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Responsible", ondelete="cascade")
    customer_count = fields.Integer(string="Customers")
    arrived_count = fields.Integer(string="Arrived", help="Got this status since the last one.")
    left_count = fields.Integer(string="Left", help="Lost this status since the last one.")
    recession_count = fields.Integer(string="In Recession")
    without_step_count = fields.Integer(string="Without Next Step")
    overdue_call_count = fields.Integer(string="Overdue Calls")

    _uniq = models.UniqueIndex(
        "(company_id, day, status_id, COALESCE(user_id, 0))",
        "There is one snapshot a night, status and responsible.",
    )

    @api.model
    def _take(self, run):
        """Replace the snapshot of the run's night by the present state; number of rows.

        Arrivals and departures are those since the sweep that took the one before.
        """
        self.env["res.partner"]._flush_steps()
        for model in ("crm.recession.alert", "crm.customer.status.history"):
            self.env[model].flush_model()
        self.search([("company_id", "=", run.company_id.id), ("day", "=", run.night)]).unlink()
        rows = self.env.execute_query(
            SQL(
                """
INSERT INTO crm_customer_snapshot
       (company_id, day, status_id, user_id, customer_count, arrived_count, left_count,
        recession_count, without_step_count, overdue_call_count,
        create_uid, write_uid, create_date, write_date)
SELECT %(company)s, %(night)s, status_id, user_id, sum(customers), sum(arrived), sum(departed),
       sum(receding), sum(missing), sum(overdue), %(user)s, %(user)s, %(now)s, %(now)s
  FROM (%(facts)s) AS facts
 WHERE status_id IS NOT NULL
GROUP BY status_id, user_id
RETURNING id""",
                company=run.company_id.id,
                night=run.night,
                user=self.env.uid,
                now=fields.Datetime.now(),
                facts=self._get_facts_sql(run),
            )
        )
        self.invalidate_model()
        return len(rows)

    @api.model
    def _get_facts_sql(self, run):
        """Rows to add up: one a customer, one a change of status."""
        Partner = self.env["res.partner"]
        customers = SQL(
            """SELECT p.id, p.customer_status_id AS status_id, p.user_id
                 FROM res_partner p LEFT JOIN res_users u ON u.id = p.user_id
                WHERE p.active AND p.id = p.commercial_partner_id AND %s = %s""",
            Partner._get_sweep_company_sql(),
            run.company_id.id,
        )
        return SQL(
            """
SELECT c.status_id, c.user_id, 1 AS customers, 0 AS arrived, 0 AS departed,
       (r.partner_id IS NOT NULL)::int AS receding,
       (s.require_next_step AND step.partner_id IS NULL)::int AS missing,
       COALESCE(o.calls, 0) AS overdue
  FROM (%(customers)s) AS c
  JOIN crm_customer_status s ON s.id = c.status_id
  LEFT JOIN (SELECT DISTINCT partner_id FROM crm_recession_alert
              WHERE state IN ('open', 'called')) AS r ON r.partner_id = c.id
  LEFT JOIN (SELECT DISTINCT partner_id FROM (%(steps)s) AS steps) AS step
         ON step.partner_id = c.id
  LEFT JOIN (SELECT res_id, count(*) AS calls FROM mail_activity
              WHERE active AND call_reason IS NOT NULL AND res_model = 'res.partner'
                AND date_deadline < %(night)s GROUP BY res_id) AS o ON o.res_id = c.id
UNION ALL
SELECT h.to_status_id, c.user_id, 0, 1, 0, 0, 0, 0
  FROM (%(customers)s) AS c JOIN (%(changes)s) AS h ON h.partner_id = c.id
UNION ALL
SELECT h.from_status_id, c.user_id, 0, 0, 1, 0, 0, 0
  FROM (%(customers)s) AS c JOIN (%(changes)s) AS h ON h.partner_id = c.id""",
            customers=customers,
            steps=Partner._get_steps_sql(),
            night=run.night,
            changes=SQL(
                "SELECT * FROM crm_customer_status_history WHERE date > %s", self._get_since(run)
            ),
        )

    @api.model
    def _get_since(self, run):
        """End of the sweep that took the snapshot before this one."""
        previous = self.env["crm.nightly.run"].search(
            [
                ("company_id", "=", run.company_id.id),
                ("night", "<", run.night),
                ("date_end", "!=", False),
            ],
            order="night desc",
            limit=1,
        )
        return previous.date_end or fields.Datetime.to_datetime("1970-01-01")
