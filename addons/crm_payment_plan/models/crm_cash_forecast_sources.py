from odoo import api, models
from odoo.tools import SQL

from ..lib.agreed import AGREED
from ..lib.cash_invoices import CREDITS, INVOICES, LINES, PLANNED_OF_CONTRACTS, SHARES

PLANS = f"""
SELECT p.id::bigint * 4 AS id, 'plan' AS source, p.company_id,
       partner.commercial_partner_id AS partner_id, p.user_id,
       -- What goes back to a customer goes out, what a supplier gives back comes in.
       CASE WHEN p.amount_remaining > 0 THEN p.direction
            WHEN p.direction = 'income' THEN 'expense' ELSE 'income' END AS direction,
       %(document)s AS document, p.contract_id, p.id AS payment_id,
       NULL::int AS move_id, NULL::int AS item_id, p.cash_category_id AS category_id,
       p.cash_journal_id AS journal_id, p.currency_id,
       abs(p.amount_remaining) AS amount,
       p.date_planned AS date_contract,
       CASE WHEN p.contract_state = 'draft' AND NOT EXISTS (
                SELECT FROM crm_contract c WHERE c.id = p.contract_id AND {AGREED})
             AND NOT EXISTS (
                SELECT FROM account_move_line l
                 WHERE l.crm_contract_id = p.contract_id AND l.parent_state = 'posted')
            THEN 'draft' END AS certainty
  FROM crm_contract_payment p
  %(contract)s
  LEFT JOIN res_partner partner ON partner.id = p.partner_id
 WHERE p.company_id IN %(companies)s AND p.state = 'planned' AND p.amount_remaining <> 0
   AND p.contract_state NOT IN ('terminated', 'cancelled')
"""
#: The database would look up what describes each row even where nobody asks for it.
DESCRIBED = {
    "document": SQL("concat_ws(' · ', c.number, p.name)"),
    "contract": SQL("LEFT JOIN crm_contract c ON c.id = p.contract_id"),
    "user": SQL("min(m.invoice_user_id)"),
    "category": SQL("COALESCE(min(t.cash_category_id), min(category.id))"),
    "described": SQL("""
  JOIN account_move m ON m.id = b.move_id
  LEFT JOIN crm_contract c ON c.id = b.contract_id
  LEFT JOIN crm_contract_type t ON t.id = c.type_id
  LEFT JOIN LATERAL (
       SELECT k.id FROM account_move_line x
         JOIN account_account_crm_cash_category_rel rel ON rel.account_account_id = x.account_id
         JOIN crm_cash_category k ON k.id = rel.crm_cash_category_id
              AND k.direction = b.direction AND COALESCE(k.company_id, b.company_id) = b.company_id
        WHERE x.move_id = b.move_id AND x.display_type = 'product' AND NOT b.is_opening
        ORDER BY abs(x.balance) DESC, x.id LIMIT 1) category ON TRUE"""),
}
SUMMED = {
    "document": SQL("NULL::text"),
    "contract": SQL(),
    "user": SQL("NULL::int"),
    "category": SQL("NULL::int"),
    "described": SQL(),
}
#: A debt of a file is the same money as payments planned with that customer up to a week
#: after it falls due; it counts as far as it is more. One that is an invoice counts there.
ITEMS = f"""
WITH debt AS (
    SELECT i.*, rate.factor, i.open_amount * rate.factor AS value,
           COALESCE(i.due_date, i.date, current_date) AS due
      FROM crm_receivable_item i
      JOIN %(rates)s ON rate.key = i.company_id * 1000000::bigint + i.currency_id
      LEFT JOIN crm_payer_rule r ON r.company_id = i.company_id
     WHERE i.company_id IN %(companies)s AND i.state = 'open' AND i.open_amount > 0
       AND COALESCE(r.origin, 'both') <> 'odoo'
       AND (r.origin = 'file' OR NOT EXISTS (
            SELECT FROM account_move m WHERE m.id = i.twin_move_id AND m.state = 'posted'))
), moment AS (
    -- What is planned with the debtor, and his debts, in one row of days: running sums tell for
    -- each debt what is planned until then, where a join would compare all with all.
    SELECT NULL::int AS id, company_id, partner_id, due, NULL::numeric AS value, planned
      FROM (SELECT c.company_id, c.commercial_partner_id AS partner_id,
                   p.date_planned - 7 AS due, p.amount_remaining * rate.factor AS planned
              FROM crm_contract c
              JOIN crm_contract_payment p ON p.contract_id = c.id
              JOIN %(rates)s ON rate.key = p.company_id * 1000000::bigint + p.currency_id
             WHERE c.company_id IN %(companies)s
               AND c.commercial_partner_id IN (SELECT partner_id FROM debt)
               AND p.state = 'planned' AND p.amount_remaining > 0 AND p.direction = 'income'
               AND {AGREED}) plan
     UNION ALL
    SELECT id, company_id, partner_id, due, value, NULL FROM debt
), until AS (
    SELECT id, COALESCE(sum(value) OVER same, 0) AS cum, COALESCE(sum(planned) OVER same, 0)
               AS planned
      FROM moment
    WINDOW same AS (PARTITION BY company_id, partner_id ORDER BY due, id NULLS FIRST
                    ROWS UNBOUNDED PRECEDING)
), summed AS (
    SELECT debt.*, until.cum, until.planned FROM debt JOIN until ON until.id = debt.id
), covered AS (
    SELECT summed.*, CASE WHEN partner_id IS NULL THEN value ELSE
           LEAST(value, GREATEST(value - LEAST(cum, planned) + COALESCE(lag(LEAST(cum, planned))
               OVER (PARTITION BY company_id, partner_id ORDER BY due, id), 0), 0)) END AS counted
      FROM summed
)
SELECT d.id::bigint * 4 + 2, 'file', d.company_id, d.partner_id, partner.user_id, 'income',
       COALESCE(d.document, f.name), NULL::int, NULL::int, NULL::int, d.id, NULL::int, NULL::int,
       d.currency_id, d.counted / d.factor, d.due, CASE WHEN d.disputed THEN 'disputed' END
  FROM covered d
  JOIN crm_receivable_firm f ON f.id = d.firm_id
  LEFT JOIN res_partner partner ON partner.id = d.partner_id
 WHERE d.counted > 0
"""
FORECAST = """
%(ctes)s
SELECT d.id, d.source, d.company_id, d.partner_id, d.user_id, d.direction, d.document,
       d.contract_id, d.payment_id, d.move_id, d.item_id, d.category_id, d.journal_id,
       d.currency_id, d.amount * d.sign AS amount,
       d.amount * d.sign * setting.factor AS amount_company,
       d.date_contract, COALESCE(promised.date, d.date_contract) AS date_promised,
       promised.date IS NOT NULL AS is_promised,
       d.date_contract + late.days AS date_behaviour, late.days AS delay_days,
       CASE WHEN d.direction = 'expense' THEN 'own' WHEN own.id IS NOT NULL THEN 'payer'
            WHEN setting.overall_days IS NOT NULL THEN 'company' ELSE 'none' END AS delay_source,
       CASE WHEN d.certainty IS NOT NULL THEN d.certainty
            WHEN d.direction = 'income' AND d.date_contract < setting.today - setting.doubtful_days
            THEN 'doubtful' ELSE 'firm' END AS certainty,
       d.date_contract < setting.today AS is_overdue
  FROM (SELECT x.*, CASE x.direction WHEN 'income' THEN 1 ELSE -1 END AS sign
          FROM (%(documents)s) x) d
  JOIN %(settings)s ON setting.key = d.company_id * 1000000::bigint + d.currency_id
  LEFT JOIN crm_payer_delay own ON own.company_id = d.company_id AND own.partner_id = d.partner_id
 CROSS JOIN LATERAL (
       SELECT CASE WHEN d.direction = 'expense' THEN 0
                   WHEN own.id IS NULL THEN COALESCE(setting.overall_days, 0)
                   ELSE CASE setting.basis WHEN 'p50' THEN own.p50 WHEN 'p75' THEN own.p75
                             WHEN 'p90' THEN own.p90 ELSE round(own.average)::int END
              END AS days) late
  CROSS JOIN LATERAL (SELECT %(promised)s AS date) promised
"""
NO_PROMISE = SQL("NULL::date")
PROMISED = SQL("((SELECT by_id FROM promise_dates) ->> d.id::text)::date")
#: A promise that names a document dates that one. The others date the documents that they
#: begin to pay: promises by date, the payer's documents by the dates of their contracts. The
#: dates are one value by id of document: reckoned when a row asks for its date, else not at all,
#: and found without a join, for which the database would compare all rows with all promises.
PROMISES = """
promise_dates AS MATERIALIZED (SELECT jsonb_object_agg(id, date) AS by_id FROM (
       WITH said AS MATERIALIZED (
            SELECT p.*, partner.commercial_partner_id AS payer_id
              FROM crm_payment_promise p JOIN res_partner partner ON partner.id = p.partner_id
             WHERE p.state = 'open' AND p.company_id IN %(companies)s
       ), document AS MATERIALIZED (
            -- IS TRUE: else the database may compare each document with each payer.
            SELECT x.* FROM (%(documents)s) x
             WHERE x.direction = 'income'
               AND ((x.company_id, x.partner_id) IN (SELECT company_id, payer_id FROM said))
                   IS TRUE
       ), named AS (
            SELECT x.id, min(x.date) AS date
              FROM (SELECT d.id, said.date FROM document d JOIN said USING (payment_id)
                    UNION ALL
                    SELECT d.id, said.date FROM document d JOIN said USING (move_id)
                    UNION ALL
                    SELECT d.id, said.date FROM document d JOIN said USING (item_id)) x
             GROUP BY x.id
       ), promise AS (
            SELECT company_id, payer_id, currency_id, date,
                   sum(amount) OVER w AS stop, sum(amount) OVER w - amount AS start
              FROM said
             WHERE payment_id IS NULL AND move_id IS NULL AND item_id IS NULL
            WINDOW w AS (PARTITION BY company_id, payer_id, currency_id
                         ORDER BY date, amount, id ROWS UNBOUNDED PRECEDING)
       ), due AS (
            SELECT x.id, x.company_id, x.partner_id, x.currency_id,
                   sum(x.amount) OVER (PARTITION BY x.company_id, x.partner_id, x.currency_id
                                       ORDER BY x.date_contract, x.id ROWS UNBOUNDED PRECEDING)
                   - x.amount AS start
              FROM document x
             WHERE x.id NOT IN (SELECT id FROM named)
       )
       SELECT id, date FROM named
       UNION ALL
       SELECT due.id, min(promise.date)
         FROM due JOIN promise ON promise.company_id = due.company_id
              AND promise.payer_id = due.partner_id
              AND promise.currency_id = due.currency_id
              AND due.start >= promise.start AND due.start < promise.stop
        GROUP BY due.id
       ) dated)
"""


class CrmCashForecast(models.Model):
    """Where the forecast comes from. The same money is never counted twice:

    1. What a contract plans stands for the contract: open planned payments.
    2. Posted invoices and bills, and debts taken over by an entry, count as far as they are more
       than their contracts plan and than advances that name these contracts; and more than what
       of the same partner waits to be matched: payments, credit notes, bank lines. The earliest
       due are covered first.
    3. Debts of files count as far as they are more than the customer's planned payments of
       that time. A company that rates payers by files only has no invoices here, by invoices
       only no files: the rule of payer discipline says so.
    """

    _inherit = "crm.cash.forecast"

    @api.model
    def _get_forecast_sql(self, companies, ids=None, described=True, promised=True):
        """The whole forecast as one statement, for ``_table_query`` and the board.

        :param ids: only rows with these ids are wanted; there may be more
        :param described: whether it is asked what the documents are called and stand for
        :param promised: whether the dates of promises are asked for
        """
        documents = self._get_documents_sql(companies, ids, described)
        ctes, promised_date = SQL(), NO_PROMISE
        if promised and self._has_promises(companies):
            # A promise dates the first of all documents of its payer.
            every = self._get_documents_sql(companies, described=False)
            before = SQL()
            if not described:
                before = SQL("every AS MATERIALIZED (%s),", every)
                documents = every = SQL("SELECT * FROM every")
            promises = self._get_promises_sql(every, companies)
            ctes, promised_date = SQL("WITH %s %s", before, promises), PROMISED
        return SQL(
            FORECAST,
            ctes=ctes,
            documents=documents,
            settings=self._get_settings_sql(companies),
            promised=promised_date,
        )

    @api.model
    def _get_documents_sql(self, companies, ids=None, described=True):
        """Hook: rows of documents; other addons add theirs by UNION ALL.

        Columns as in PLANS; ids must leave the rest 3 modulo 4 to others.

        :param ids: rows without these ids may be left out, to save the time they cost
        :param described: whether names, people and categories are wanted; sums do without
        """
        values = {
            "companies": tuple(companies.ids),
            "rates": self._get_rates_sql(companies),
            **(DESCRIBED if described else SUMMED),
        }
        parts = [
            self._get_plans_sql(values, ids),
            self._get_invoices_sql(values, ids),
            self._get_items_sql(values, ids),
        ]
        return SQL(" UNION ALL ").join(SQL("(%s)", part) for part in parts if part)

    @api.model
    def _get_plans_sql(self, values, ids):
        plans = SQL(PLANS, **_only(PLANS, values))
        if ids is None:
            return plans
        # Always there, if empty: the columns of the others are named after it.
        keys = [key // 4 for key in ids if key % 4 == 0] or [0]
        return SQL("%s AND p.id IN %s", plans, tuple(keys))

    @api.model
    def _get_invoices_sql(self, values, ids):
        # Which part of an invoice counts depends on the others: they are reckoned all or none.
        if ids is not None and not any(key % 4 == 1 for key in ids):
            return None
        return SQL(
            INVOICES,
            lines=SQL(LINES, **_only(LINES, values)),
            shares=SQL(SHARES),
            planned=SQL(PLANNED_OF_CONTRACTS, **_only(PLANNED_OF_CONTRACTS, values)),
            credits=SQL(CREDITS, **_only(CREDITS, values)),
            **_only(INVOICES, values),
        )

    @api.model
    def _get_items_sql(self, values, ids):
        if ids is not None and not any(key % 4 == 2 for key in ids):
            return None
        return SQL(ITEMS, **_only(ITEMS, values))

    @api.model
    def _get_promises_sql(self, documents, companies):
        """Hook: ``promise_dates (by_id)``, one value {id of a document: day its payer promised}."""
        return SQL(PROMISES, documents=documents, companies=tuple(companies.ids))

    @api.model
    def _has_promises(self, companies):
        """Most companies have none that is open: then nobody need look for their documents."""
        Promise = self.env["crm.payment.promise"].sudo()
        Promise.flush_model()
        domain = [("state", "=", "open"), ("company_id", "in", companies.ids)]
        return bool(Promise.search_count(domain, limit=1))


def _only(text, values):
    return {name: value for name, value in values.items() if f"%({name})s" in text}
