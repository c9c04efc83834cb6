from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class CrmPayerDelay(models.Model):
    """How many days after the due date a payer's money comes, from what he paid lately.

    Weighted by amount, over the same debts that rate him (``crm.payer.discipline``): due
    within the last year, open overdue ones with the days they are late today; from 0 to the
    cap of the formula. One row per payer who has enough debts, one without payer for the
    company as a whole: that of payers nobody knows yet.
    """

    _name = "crm.payer.delay"
    _description = "Expected Delay of a Payer"
    _order = "company_id, average desc, id"
    _rec_name = "partner_id"
    _log_access = False  # written for all payers every night

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="cascade", index=True
    )
    debt_count = fields.Integer(string="Debts", readonly=True, aggregator=None)
    average = fields.Float(digits=(16, 1), readonly=True, aggregator="avg", help="Days.")
    p50 = fields.Integer(
        string="Half", readonly=True, aggregator="avg", help="Days after which half had come."
    )
    p75 = fields.Integer(string="Three Quarters", readonly=True, aggregator="avg")
    p90 = fields.Integer(string="Nine Tenths", readonly=True, aggregator="avg")
    date = fields.Date(string="Figures Of", readonly=True)

    _company_partner_uniq = models.UniqueIndex("(company_id, partner_id)")

    @api.model
    def _run(self, company, day):
        """Bring the delays of a company up to date by one statement; again changes nothing.

        :return: number of payers with a delay of their own
        """
        self.flush_model()
        for model in (
            "account.move.line", "account.move", "account.partial.reconcile",
            "crm.receivable.item", "crm.receivable.payment", "crm.payment.dispute",
        ):  # fmt: skip
            self.env[model].flush_model()
        rule = self.env["crm.payer.rule"]._get_of_company(company)
        # One tuple per key, and whoever has too few debts any more goes.
        self.env.cr.execute(
            SQL(
                """
                WITH fresh AS (%s), gone AS (
                    DELETE FROM crm_payer_delay d
                     WHERE d.company_id = %s AND (d.partner_id IS NULL OR NOT EXISTS (
                           SELECT FROM fresh f WHERE f.partner_id = d.partner_id)))
                INSERT INTO crm_payer_delay AS d
                       (company_id, partner_id, debt_count, average, p50, p75, p90, date)
                SELECT %s, partner_id, debt_count, average, p50, p75, p90, %s FROM fresh
                    ON CONFLICT (company_id, partner_id) DO UPDATE
                       SET debt_count = EXCLUDED.debt_count, average = EXCLUDED.average,
                           p50 = EXCLUDED.p50, p75 = EXCLUDED.p75, p90 = EXCLUDED.p90,
                           date = EXCLUDED.date
                     WHERE ROW(d.debt_count, d.average, d.p50, d.p75, d.p90)
                           IS DISTINCT FROM ROW(EXCLUDED.debt_count, EXCLUDED.average,
                                                EXCLUDED.p50, EXCLUDED.p75, EXCLUDED.p90)
                """,
                self._get_delays_sql(company, day, rule),
                company.id,
                company.id,
                day,
            )
        )
        self.invalidate_model()
        return self.search_count([("company_id", "=", company.id), ("partner_id", "!=", False)])

    @api.model
    def _get_delays_sql(self, company, day, rule):
        """Rows (partner_id or NULL for all, debt_count, average, p50, p75, p90)."""
        limits = rule._get_limits()
        return SQL(
            """
            WITH part AS (%(parts)s), counted AS (
                SELECT partner_id, debt, amount,
                       LEAST(GREATEST(COALESCE(paid, %(day)s::date) - due
                           - CASE WHEN inferred THEN %(file_grace)s ELSE 0 END, 0), %(cap)s) AS days
                  FROM part
                 WHERE due <= %(day)s AND (due > %(first)s OR paid IS NULL)
                   AND amount > %(tolerance)s AND NOT written_off
            ), placed AS (
                SELECT CASE WHEN own THEN partner_id END AS partner_id, debt, amount, days,
                       sum(amount) OVER (PARTITION BY CASE WHEN own THEN partner_id END
                                         ORDER BY days, debt
                                         ROWS UNBOUNDED PRECEDING)
                     / sum(amount) OVER (PARTITION BY CASE WHEN own THEN partner_id END) AS share
                  FROM counted CROSS JOIN (VALUES (TRUE), (FALSE)) kind (own)
            )
            SELECT partner_id, count(DISTINCT debt)::int AS debt_count,
                   round((sum(amount * days) / sum(amount))::numeric, 2)::float8 AS average,
                   min(days) FILTER (WHERE share >= 0.5) AS p50,
                   min(days) FILTER (WHERE share >= 0.75) AS p75,
                   min(days) FILTER (WHERE share >= 0.9) AS p90
              FROM placed GROUP BY partner_id
            HAVING count(DISTINCT debt) >= %(least)s
            """,
            parts=self.env["crm.payer.discipline"]._get_parts_sql(company, day, rule),
            day=day,
            first=day - timedelta(days=limits.window),
            file_grace=limits.file_grace,
            cap=limits.cap,
            tolerance=rule.tolerance,
            least=limits.min_count,
        )
