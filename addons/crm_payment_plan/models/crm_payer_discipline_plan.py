from odoo import api, models
from odoo.tools import SQL


class CrmPayerDiscipline(models.Model):
    """Prepaying customers are rated by their planned payments: they have no due invoices.

    Only contracts that nobody has invoiced count, and with files only customers whom the
    files do not know, so that no debt is counted twice.
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
        for model in ("crm.contract", "crm.contract.payment", "crm.contract.settlement",
                      "crm.payment.dispute"):  # fmt: skip
            self.env[model].flush_model()
        currencies = self.env["res.currency"].sudo().with_context(active_test=False).search([])
        rates = currencies._get_rates(company, day)
        own = rates[company.currency_id.id]
        return SQL(
            """
            (WITH rate AS (
                SELECT unnest(%(currencies)s::int[]) AS id, unnest(%(rates)s::float8[]) AS rate
            ), invoiced AS (
                SELECT DISTINCT l.crm_contract_id AS id FROM account_move_line l
                 WHERE l.crm_contract_id IS NOT NULL AND l.parent_state = 'posted'
                   AND l.company_id = %(company)s AND l.display_type = 'product'
            ), planned AS (
                SELECT p.id, p.state, p.amount_remaining, p.date_planned AS due, rate.rate,
                       c.commercial_partner_id AS partner_id, solved.date AS solved
                  FROM crm_contract_payment p
                  JOIN crm_contract c ON c.id = p.contract_id
                       AND c.state IN ('approved', 'active', 'completed')
                  JOIN rate ON rate.id = p.currency_id
             LEFT JOIN (SELECT payment_id, max(date_solved) AS date FROM crm_payment_dispute
                         WHERE state = 'solved' AND payment_id IS NOT NULL
                           AND date_solved <= %(day)s
                      GROUP BY payment_id) solved ON solved.payment_id = p.id
                 WHERE p.company_id = %(company)s AND p.direction = 'income'
                   AND p.state IN ('planned', 'received') AND p.date_planned <= %(day)s
                   AND p.is_estimated IS NOT TRUE
                   AND NOT EXISTS (SELECT FROM invoiced WHERE invoiced.id = c.id)
                   AND c.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
                   AND NOT EXISTS (SELECT FROM crm_payment_dispute x
                                    WHERE x.payment_id = p.id AND x.state = 'open')
                   AND (%(only_odoo)s OR NOT EXISTS (
                        SELECT FROM crm_receivable_item i WHERE i.company_id = %(company)s
                           AND i.partner_id = c.commercial_partner_id))
            )
            SELECT p.partner_id, 'p' || p.id AS debt,
                   COALESCE(NULLIF(s.amount_company, 0),
                            (s.amount_settled * p.rate)::numeric) AS amount,
                   CASE WHEN p.solved IS NULL THEN p.due
                        ELSE GREATEST(p.due, LEAST(p.solved, s.date)) END AS due,
                   CASE WHEN s.date <= %(day)s THEN s.date END AS paid,
                   FALSE AS inferred, FALSE AS written_off
              FROM planned p JOIN crm_contract_settlement s ON s.payment_id = p.id
             WHERE s.amount_settled > 0
            UNION ALL
            SELECT p.partner_id, 'p' || p.id, (p.amount_remaining * p.rate)::numeric,
                   GREATEST(p.due, p.solved), NULL, FALSE, FALSE
              FROM planned p WHERE p.state = 'planned' AND p.amount_remaining > 0)
            """,
            currencies=list(rates),
            rates=[own / rate for rate in rates.values()],
            company=company.id,
            day=day,
            only_odoo=rule.origin == "odoo",
        )
