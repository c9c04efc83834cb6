from odoo import api, models
from odoo.tools import SQL

from ..lib.bank_arrivals import TOLD_TWICE

#: Balances of the accounts of bank and cash journals, and of the accounts on which registered
#: payments wait for the bank; posted entries to the end of today.
BALANCES = """
WITH cash AS (
    SELECT DISTINCT ON (j.default_account_id) j.default_account_id AS account_id, j.name,
           j.company_id, j.currency_id, j.id AS journal_id, FALSE AS transit
      FROM account_journal j
     WHERE j.type IN ('bank', 'cash', 'credit') AND j.company_id IN %(companies)s
       AND j.default_account_id IS NOT NULL
     ORDER BY j.default_account_id, j.id
), waiting AS (
    SELECT payment_account_id AS account_id FROM account_payment_method_line
     WHERE payment_account_id IS NOT NULL
    UNION
    SELECT outstanding_account_id FROM account_payment WHERE outstanding_account_id IS NOT NULL
), account AS (
    SELECT account_id, journal_id, name, currency_id, transit FROM cash
    UNION ALL
    SELECT account_id, NULL, NULL, NULL, TRUE FROM waiting
     WHERE account_id NOT IN (SELECT account_id FROM cash)
)
SELECT account.account_id, account.journal_id, account.name, account.transit, l.company_id,
       account.currency_id, sum(l.amount_currency) AS amount_currency, sum(l.balance) AS balance
  FROM account
  JOIN account_move_line l ON l.account_id = account.account_id
 WHERE l.parent_state = 'posted' AND l.company_id IN %(companies)s AND l.date <= %(today)s
 GROUP BY 1, 2, 3, 4, 5, 6
 ORDER BY account.transit, 1
"""
UNMATCHED = """
SELECT s.company_id, count(*), sum(abs(l.balance))
  FROM account_bank_statement_line s
  JOIN account_journal j ON j.id = s.journal_id
  JOIN account_move_line l ON l.move_id = s.move_id AND l.parent_state = 'posted'
       AND l.account_id = j.suspense_account_id
 WHERE s.company_id IN %(companies)s AND s.is_reconciled IS NOT TRUE
 GROUP BY 1
"""


class CrmCashBoard(models.AbstractModel):
    """What is there today: the balance from which the weeks go on."""

    _inherit = "crm.cash.board"

    @api.model
    def _get_opening(self, companies, today, factors):
        """Bank and cash by journal, what is on its way, and bank lines nobody matched.

        A registered payment that a line of the statement tells of as well is no more on its way.
        """
        for model in ("account.move", "account.move.line", "account.journal", "account.payment",
                      "account.bank.statement.line"):  # fmt: skip
            self.env[model].flush_model()
        values = {"companies": tuple(companies.ids)}
        rows = self.env.execute_query_dict(SQL(BALANCES, today=today, **values))
        by_id = {one.id: one for one in companies.sudo()}
        accounts, transit = [], 0.0
        for row in rows:
            amount = self._get_value(row, by_id[row["company_id"]], today)
            amount *= factors[row["company_id"]]
            if row["transit"]:
                transit += amount
                continue
            accounts.append(self._prepare_account(row, amount, by_id[row["company_id"]]))
        for company_id, amount in self.env.execute_query(SQL(TOLD_TWICE, today=today, **values)):
            transit -= float(amount) * factors[company_id]
        unmatched = self.env.execute_query(SQL(UNMATCHED, **values))
        return {
            "accounts": accounts,
            "transit": transit,
            "total": sum(one["amount"] for one in accounts) + transit,
            "unmatched_count": sum(row[1] for row in unmatched),
            "unmatched": sum(float(row[2]) * factors[row[0]] for row in unmatched),
        }

    @api.model
    def _get_value(self, row, company, today):
        """Balance of an account in its company's currency; foreign money at today's rate."""
        currency = self.env["res.currency"].browse(row["currency_id"] or [])
        if not currency or currency == company.currency_id:
            return float(row["balance"] or 0)
        return currency._convert(
            float(row["amount_currency"] or 0), company.currency_id, company, today
        )

    @api.model
    def _prepare_account(self, row, amount, company):
        currency = row["currency_id"] or company.currency_id.id
        foreign = currency != company.currency_id.id
        name = row["name"]
        if isinstance(name, dict):
            name = name.get(self.env.lang) or name.get("en_US")
        return {
            "journal_id": row["journal_id"],
            "account_id": row["account_id"],
            "name": name,
            "company": company.name,
            "amount": amount,
            "currency_id": currency,
            "amount_currency": float(row["amount_currency" if foreign else "balance"] or 0),
        }
