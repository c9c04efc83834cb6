from odoo import api, models
from odoo.tools import SQL

from ..lib.agreed import AGREED

#: Receipts of planned payments as far as they stayed: what went back takes the latest of them
#: off. After each receipt that is the least there ever was, less what was there before it.
KEPT = """
SELECT * FROM (
    SELECT b.*, LEAST(b.amount_settled, GREATEST(0, min(b.balance) OVER later
                - GREATEST(b.balance - b.amount_settled, 0))) AS amount_kept
      FROM (SELECT s.*, sum(s.amount_settled) OVER (
                   PARTITION BY s.payment_id ORDER BY s.date, s.id) AS balance
              FROM crm_contract_settlement s
             WHERE s.payment_id IN (SELECT id FROM planned)) b
    WINDOW later AS (PARTITION BY b.payment_id ORDER BY b.date, b.id
                     ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)) kept
 WHERE amount_settled > 0 AND amount_kept > 0
"""


class CrmPayerDiscipline(models.Model):
    """Prepaying customers are rated by their planned payments: they have no due invoices.

    Contracts that nobody has invoiced count with all that is due. Once there is an invoice
    it says what is owed; but money that came before it was an advance, and is judged by the
    day planned for it, not as an invoice paid early. With files only customers whom the
    files do not know count, so that no debt is counted twice.
    """

    _inherit = "crm.payer.discipline"

    @api.model
    def _get_parts_sql(self, company, day, rule):
        parts = super()._get_parts_sql(company, day, rule)
        if rule.origin == "file":
            return parts
        return SQL("%s UNION ALL %s", parts, self._get_plan_parts_sql(company, day, rule))

    @api.model
    def _get_plan_parts_sql(self, company, day, rule):
        """Parts of planned receipts: what came, by the day it came, and what is still open."""
        currencies = self.env["res.currency"].sudo().with_context(active_test=False).search([])
        rates = currencies._get_rates(company, day)
        own = rates[company.currency_id.id]
        planned = self._get_planned_sql(company, day, rule)
        return SQL(
            """
            (WITH rate AS (
                SELECT unnest(%(currencies)s::int[]) AS id, unnest(%(rates)s::float8[]) AS rate
            ), planned AS MATERIALIZED (
                SELECT p.*, rate.rate
                  FROM (%(planned)s) p JOIN rate ON rate.id = p.currency_id
            )
            SELECT p.partner_id, 'p' || p.id AS debt,
                   COALESCE(NULLIF(s.amount_company * s.amount_kept / s.amount_settled, 0),
                            (s.amount_kept * p.rate)::numeric) AS amount,
                   CASE WHEN p.solved IS NULL THEN p.due
                        ELSE GREATEST(p.due, LEAST(p.solved, s.date)) END AS due,
                   CASE WHEN s.date <= %(day)s THEN s.date END AS paid,
                   FALSE AS inferred, FALSE AS written_off
              FROM planned p JOIN (%(kept)s) s ON s.payment_id = p.id
             -- When an advance came that was taken over, its entry does not say.
             WHERE s.opening_line_id IS NULL
               AND (p.first_invoice IS NULL
                    OR s.source <> 'manual' AND s.date < p.first_invoice)
            UNION ALL
            SELECT p.partner_id, 'p' || p.id, (p.amount_remaining * p.rate)::numeric,
                   GREATEST(p.due, p.solved), NULL, FALSE, FALSE
              FROM planned p WHERE p.state = 'planned' AND p.amount_remaining > 0
               AND p.first_invoice IS NULL)
            """,
            currencies=list(rates),
            rates=[own / rate for rate in rates.values()],
            planned=planned,
            kept=SQL(KEPT),
            day=day,
        )

    @api.model
    def _get_advances_sql(self, company, day):
        """Rows (partial_id, amount): of invoices that were paid by advances judged above."""
        rule = self.env["crm.payer.rule"]._get_of_company(company)
        return SQL(
            """(WITH planned AS MATERIALIZED (%(planned)s)
               SELECT s.partial_id,
                      sum(s.amount_company * s.amount_kept / s.amount_settled) AS amount
                 FROM planned p JOIN (%(kept)s) s ON s.payment_id = p.id
                WHERE s.partial_id IS NOT NULL AND s.date < p.first_invoice
             GROUP BY s.partial_id)""",
            planned=self._get_planned_sql(company, day, rule),
            kept=SQL(KEPT),
        )

    @api.model
    def _get_planned_sql(self, company, day, rule):
        """Planned receipts that are due, with the day of their contract's first invoice."""
        for model in ("crm.contract", "crm.contract.payment", "crm.contract.settlement",
                      "crm.payment.dispute"):  # fmt: skip
            self.env[model].flush_model()
        return SQL(
            """
            SELECT p.id, p.state, p.amount_remaining, p.date_planned AS due, p.currency_id,
                   c.commercial_partner_id AS partner_id, solved.date AS solved,
                   invoiced.date AS first_invoice
              FROM crm_contract_payment p
              JOIN crm_contract c ON c.id = p.contract_id AND %(agreed)s
         LEFT JOIN (SELECT l.crm_contract_id AS id, min(COALESCE(m.invoice_date, m.date)) AS date
                      FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                     WHERE l.crm_contract_id IS NOT NULL AND l.parent_state = 'posted'
                       AND l.company_id = %(company)s AND l.display_type = 'product'
                       -- Of former accounting: what is owed stands for an invoice of that time.
                       AND (m.move_type <> 'entry' OR l.balance > 0)
                  GROUP BY l.crm_contract_id) invoiced ON invoiced.id = c.id
         LEFT JOIN (SELECT payment_id, max(date_solved) AS date FROM crm_payment_dispute
                     WHERE state = 'solved' AND payment_id IS NOT NULL
                       AND date_solved <= %(day)s
                  GROUP BY payment_id) solved ON solved.payment_id = p.id
             WHERE p.company_id = %(company)s AND p.direction = 'income' AND p.kind <> 'refund'
               AND p.state IN ('planned', 'received') AND p.date_planned <= %(day)s
               AND p.is_estimated IS NOT TRUE
               AND c.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
               AND NOT EXISTS (SELECT FROM crm_payment_dispute x
                                WHERE x.payment_id = p.id AND x.state = 'open')
               AND (%(only_odoo)s OR NOT EXISTS (
                    SELECT FROM crm_receivable_item i WHERE i.company_id = %(company)s
                       AND i.partner_id = c.commercial_partner_id))
            """,
            agreed=SQL(AGREED),
            company=company.id,
            day=day,
            only_odoo=rule.origin == "odoo",
        )
