from odoo import api, models
from odoo.tools import SQL

from ..lib.agreed import AGREED

#: Number of a document without what programs write differently.
NORM = "NULLIF(regexp_replace(upper(%s), '[^[:alnum:]]', '', 'g'), '')"
#: A twin in the other source is dated within so many days: numbers begin anew each year.
TWIN_DAYS = 31
#: A planned payment and a debt of a file without contract are one if due within so many days.
DUE_DAYS = 7


def _norm(column):
    return SQL(NORM % column)


class CrmPaymentReminderRun(models.Model):
    """Open debts from every source, each counted once.

    The same debt may stand in accounting's file, be an invoice of Odoo and a planned
    payment. The invoice is preferred, then the file, then what of the planned payment
    neither of them covers.
    """

    _inherit = "crm.payment.reminder.run"

    @api.model
    def _get_twins_sql(self, company, partner_ids=None):
        """Rows (item_id, name): debts of files that are posted invoices of Odoo as well.

        By number, else by day and amount, one to one: what a number joins is not there for
        another debt of that amount. Paid invoices count too: a file that is older than the
        payment still shows the debt.
        """
        rule = self.env["crm.payer.rule"].sudo()._get_of_company(company)
        if rule.origin != "both":
            return SQL("SELECT NULL::int AS item_id, NULL::varchar AS name WHERE FALSE")
        return SQL(
            """
            WITH numbered AS MATERIALIZED (
                SELECT DISTINCT ON (i.id) i.id AS item_id, m.id AS move_id, m.name
                  FROM crm_receivable_item i
                  JOIN account_move m ON m.commercial_partner_id = i.partner_id
                       AND m.company_id = i.company_id AND m.state = 'posted'
                       AND m.move_type IN ('out_invoice', 'out_receipt')
                 WHERE i.company_id = %(company)s AND %(of_item)s
                   AND (%(number)s IN (%(name)s, %(ref)s, %(reference)s)
                        OR %(document)s IN (%(name)s, %(ref)s, %(reference)s))
                   AND (i.date IS NULL OR abs(i.date - m.invoice_date) <= %(days)s)
              ORDER BY i.id, m.name, m.id
            )
            SELECT item_id, name FROM numbered
            UNION ALL
            SELECT i.id, m.name
              FROM (SELECT i.*, row_number() OVER (
                           PARTITION BY partner_id, date, round(amount * rate::numeric, 2)
                           ORDER BY id) AS place
                      FROM crm_receivable_item i
                     WHERE i.company_id = %(company)s AND %(of_item)s AND NOT EXISTS (
                           SELECT FROM numbered n WHERE n.item_id = i.id)) i
              JOIN (SELECT m.*, row_number() OVER (
                           PARTITION BY commercial_partner_id, invoice_date,
                                        round(amount_total_signed, 2) ORDER BY id) AS place
                      FROM account_move m
                     WHERE m.company_id = %(company)s AND m.state = 'posted'
                       AND m.move_type IN ('out_invoice', 'out_receipt') AND %(of_move)s
                       AND NOT EXISTS (SELECT FROM numbered n WHERE n.move_id = m.id)) m
                ON m.commercial_partner_id = i.partner_id AND m.invoice_date = i.date
               AND round(m.amount_total_signed, 2) = round(i.amount * i.rate::numeric, 2)
               AND m.place = i.place
            """,
            company=company.id,
            of_item=self._in(SQL("i.partner_id"), partner_ids),
            of_move=self._in(SQL("m.commercial_partner_id"), partner_ids),
            number=_norm("i.number"),
            document=_norm("i.document"),
            name=_norm("m.name"),
            ref=_norm("m.ref"),
            reference=_norm("m.payment_reference"),
            days=TWIN_DAYS,
        )

    @api.model
    def _in(self, column, partner_ids):
        if partner_ids is None:
            return SQL("%s IS NOT NULL", column)
        return SQL("%s = ANY(%s)", column, list(partner_ids))

    @api.model
    def _get_documents_sql(self, company, day, partner_ids=None):
        """Rows of open debts: key, customer, document, dates, amounts, where it stands.

        Amounts are in the document's currency, ``company_amount`` in that of the company.
        Keys are o + invoice line, f + debt of a file, p + planned payment.
        """
        return SQL(
            """
            WITH debt AS MATERIALIZED (
                SELECT d.* FROM crm_receivable d
                 WHERE d.company_id = %(company)s AND %(of_debt)s
            ), twin AS MATERIALIZED (%(twins)s),
            known AS MATERIALIZED (
                SELECT 'o' || l.id AS key, d.partner_id, d.document, d.date, d.due_date,
                       l.currency_id, l.amount_currency AS amount,
                       l.amount_currency - COALESCE(paid.amount, 0) AS open_amount,
                       d.open_amount AS company_amount, d.move_id, NULL::int AS item_id,
                       NULL::int AS payment_id, d.disputed,
                       m.payment_state = 'blocked' AS blocked, NULL::varchar AS contract,
                       (SELECT min(twin.item_id) FROM twin WHERE twin.name = m.name) AS twin_id
                  FROM debt d
                  JOIN account_move_line l ON l.id = d.id / 2
                  JOIN account_move m ON m.id = l.move_id
             LEFT JOIN LATERAL (
                        SELECT sum(p.debit_amount_currency) AS amount
                          FROM account_partial_reconcile p
                          JOIN account_move_line c ON c.id = p.credit_move_id
                               AND c.parent_state = 'posted'
                         WHERE p.debit_move_id = l.id) paid ON TRUE
                 WHERE d.origin = 'odoo'
                UNION ALL
                SELECT 'f' || i.id, d.partner_id, d.document, d.date, d.due_date, i.currency_id,
                       i.amount, i.open_amount, d.open_amount, NULL, i.id, NULL, d.disputed,
                       FALSE, %(contract)s, NULL
                  FROM debt d JOIN crm_receivable_item i ON i.id = d.item_id
                 WHERE d.origin = 'file'
                   AND NOT EXISTS (SELECT FROM twin WHERE twin.item_id = i.id)
            ), plan AS (%(plan)s)
            SELECT key, partner_id, document, date, due_date, currency_id, amount, open_amount,
                   company_amount, move_id, item_id, payment_id, disputed, blocked, twin_id
              FROM known
            UNION ALL
            SELECT 'p' || id, partner_id, document, date, due_date, currency_id, amount,
                   round(amount_remaining * uncovered / company_amount, 2), round(uncovered, 2),
                   NULL, NULL, id, FALSE, FALSE, NULL
              FROM plan WHERE uncovered >= 0.005
            """,
            company=company.id,
            of_debt=self._in(SQL("d.partner_id"), partner_ids),
            twins=self._get_twins_sql(company, partner_ids),
            contract=_norm("i.contract"),
            plan=self._get_plan_sql(company, day, partner_ids),
        )

    @api.model
    def _get_plan_sql(self, company, day, partner_ids):
        """Planned receipts and what of each is neither invoiced nor in a file.

        An open invoice line that names a planned payment covers it; other open sums of the
        contract, by invoices or by files that name the contract, cover the earliest.
        """
        currencies = self.env["res.currency"].sudo().with_context(active_test=False).search([])
        rates = currencies._get_rates(company, day)
        own = rates[company.currency_id.id]
        return SQL(
            """
            WITH rate AS (
                SELECT unnest(%(currencies)s::int[]) AS id, unnest(%(rates)s::float8[]) AS rate
            ), planned AS (
                SELECT p.id, p.contract_id, c.commercial_partner_id AS partner_id, %(number)s
                       AS number, concat_ws(' · ', p.name, c.number) AS document,
                       c.date, p.date_planned AS due_date, p.sequence, p.currency_id, p.amount,
                       p.amount_remaining, (p.amount_remaining * rate.rate)::numeric
                       AS company_amount
                  FROM crm_contract_payment p
                  JOIN crm_contract c ON c.id = p.contract_id AND %(agreed)s
                  JOIN rate ON rate.id = p.currency_id
                 WHERE p.company_id = %(company)s AND p.direction = 'income'
                   AND p.state = 'planned' AND p.amount_remaining > 0
                   AND p.is_estimated IS NOT TRUE AND %(of_contract)s
            ), share AS (
                SELECT l.crm_contract_id AS contract_id, l.crm_contract_payment_id AS payment_id,
                       sum(o.amount * l.balance / total.balance) AS amount
                  FROM (SELECT move_id, sum(company_amount) AS amount FROM known
                         WHERE move_id IS NOT NULL GROUP BY move_id) o
                  JOIN account_move_line l ON l.move_id = o.move_id
                       AND l.display_type = 'product' AND l.crm_contract_id IS NOT NULL
                  JOIN account_move m ON m.id = l.move_id AND m.move_type <> 'entry'
                  JOIN LATERAL (SELECT NULLIF(sum(balance), 0) AS balance
                                  FROM account_move_line x
                                 WHERE x.move_id = o.move_id AND x.display_type = 'product'
                       ) total ON TRUE
              GROUP BY l.crm_contract_id, l.crm_contract_payment_id
                 UNION ALL
                SELECT l.crm_contract_id, l.crm_contract_payment_id, o.company_amount
                  FROM known o
                  JOIN account_move_line l ON l.id = substr(o.key, 2)::int
                  JOIN account_move m ON m.id = l.move_id AND m.move_type = 'entry'
                 WHERE o.move_id IS NOT NULL AND l.crm_contract_id IS NOT NULL
            ), pool AS (
                SELECT contract_id, sum(amount) AS amount FROM (
                    SELECT contract_id, amount FROM share WHERE payment_id IS NULL
                    UNION ALL
                    SELECT c.contract_id, k.company_amount
                      FROM (SELECT DISTINCT contract_id, partner_id, number FROM planned) c
                      JOIN known k ON k.item_id IS NOT NULL AND k.partner_id = c.partner_id
                           AND length(c.number) > 3
                           AND strpos(k.contract, c.number) > 0
                ) x GROUP BY contract_id
            ), linked AS (
                SELECT payment_id, sum(amount) AS amount FROM (
                    SELECT payment_id, amount FROM share WHERE payment_id IS NOT NULL
                    UNION ALL
                    SELECT p.id, p.company_amount
                      FROM (SELECT *, row_number() OVER (
                                   PARTITION BY partner_id, round(company_amount, 2)
                                   ORDER BY due_date, id) AS place FROM planned) p
                      JOIN (SELECT *, row_number() OVER (
                                   PARTITION BY partner_id, round(company_amount, 2)
                                   ORDER BY due_date, key) AS place
                              FROM known WHERE item_id IS NOT NULL AND contract IS NULL) k
                        ON k.partner_id = p.partner_id AND k.place = p.place
                       AND round(k.company_amount, 2) = round(p.company_amount, 2)
                       AND abs(k.due_date - p.due_date) <= %(days)s
                ) x GROUP BY payment_id
            ), rest AS (
                SELECT p.*, GREATEST(p.company_amount - COALESCE(linked.amount, 0), 0) AS rest
                  FROM planned p LEFT JOIN linked ON linked.payment_id = p.id
            )
            SELECT rest.*, LEAST(rest.rest, GREATEST(sum(rest.rest) OVER (
                       PARTITION BY rest.contract_id
                       ORDER BY rest.due_date, rest.sequence, rest.id
                   ) - COALESCE(pool.amount, 0), 0)) AS uncovered
              FROM rest LEFT JOIN pool ON pool.contract_id = rest.contract_id
            """,
            currencies=list(rates),
            rates=[own / rate for rate in rates.values()],
            company=company.id,
            agreed=SQL(AGREED),
            number=_norm("c.number"),
            of_contract=self._in(SQL("c.commercial_partner_id"), partner_ids),
            days=DUE_DAYS,
        )
