from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.agreed import AGREED
from .crm_cash_category import DIRECTIONS

#: Accounts on which money lies: banks, cash, what waits for the bank, between own banks.
LIQUID = """
SELECT default_account_id AS id FROM account_journal
 WHERE type IN ('bank', 'cash', 'credit') AND default_account_id IS NOT NULL
UNION SELECT payment_account_id FROM account_payment_method_line
 WHERE payment_account_id IS NOT NULL
UNION SELECT a.id FROM account_account a
 WHERE EXISTS (SELECT FROM account_payment p WHERE p.outstanding_account_id = a.id)
UNION SELECT transfer_account_id FROM res_company WHERE transfer_account_id IS NOT NULL
"""
#: Money of contracts, by the planned payment it closes. Without write-offs.
SETTLED = """
SELECT s.id::bigint * 4 AS id, s.company_id, s.date, s.contract_id, s.payment_id,
       s.counterpart_move_id AS move_id, c.commercial_partner_id AS partner_id, c.user_id,
       c.direction, COALESCE(p.cash_category_id, t.cash_category_id) AS category_id,
       CASE c.direction WHEN 'income' THEN 1 ELSE -1 END
           * CASE WHEN s.amount_settled = 0 THEN 0
                  ELSE s.amount_company * s.amount_cash / s.amount_settled END AS amount
  FROM crm_contract_settlement s
  JOIN crm_contract c ON c.id = s.contract_id
  JOIN crm_contract_type t ON t.id = c.type_id
  LEFT JOIN crm_contract_payment p ON p.id = s.payment_id
 WHERE s.company_id IN %(companies)s
"""
#: The rest of what posted entries moved through bank and cash, by the account it is booked on;
#: money on an invoice without contract by the account of the invoice. The day and company of an
#: entry are those of its items: named at each step, so that a question for a month reads a month.
OTHERS = """
WITH liquid AS MATERIALIZED (%(liquid)s), moved AS (
    SELECT DISTINCT l.move_id, l.date, l.company_id FROM account_move_line l
     WHERE l.account_id IN (SELECT id FROM liquid) AND l.parent_state = 'posted'
       AND l.company_id IN %(companies)s
), counter AS (
    SELECT min(l.id) AS id, l.move_id, l.company_id, l.date, l.account_id,
           min(l.partner_id) AS partner_id, -sum(l.balance) AS amount,
           a.account_type IN ('asset_receivable', 'liability_payable') AS is_debt
      FROM moved
      JOIN account_move_line l ON l.move_id = moved.move_id
           AND l.date = moved.date AND l.company_id = moved.company_id
      JOIN account_account a ON a.id = l.account_id
     WHERE l.account_id NOT IN (SELECT id FROM liquid)
     GROUP BY l.move_id, l.company_id, l.date, l.account_id, a.account_type
), rest AS (
    SELECT counter.*, counter.amount - CASE WHEN is_debt THEN COALESCE(settled.amount, 0)
               ELSE 0 END AS rest,
           sum(counter.amount) OVER (
               PARTITION BY counter.move_id, counter.date, counter.company_id)
               - COALESCE(settled.amount, 0) AS left_over
      FROM counter
      LEFT JOIN LATERAL (
           SELECT sum(s.amount) AS amount FROM (%(settled)s) s WHERE s.move_id = counter.move_id
           ) settled ON TRUE
)
SELECT r.id::bigint * 4 + 1, r.company_id, r.date, NULL::int, NULL::int, r.move_id,
       partner.commercial_partner_id, partner.user_id,
       COALESCE(k.direction, CASE WHEN r.rest > 0 THEN 'income' ELSE 'expense' END), k.id, r.rest
  FROM rest r
  LEFT JOIN res_partner partner ON partner.id = r.partner_id
  LEFT JOIN LATERAL (
       SELECT k.id, k.direction
         FROM account_account_crm_cash_category_rel rel
         JOIN crm_cash_category k ON k.id = rel.crm_cash_category_id
        WHERE COALESCE(k.company_id, r.company_id) = r.company_id
          AND k.direction = CASE WHEN r.rest > 0 THEN 'income' ELSE 'expense' END
          AND rel.account_account_id IN (
              SELECT r.account_id WHERE NOT r.is_debt
              UNION ALL
              SELECT x.account_id
                FROM account_move_line l
                JOIN account_partial_reconcile p ON l.id IN (p.debit_move_id, p.credit_move_id)
                JOIN account_move_line i
                  ON i.id = p.debit_move_id + p.credit_move_id - l.id
                JOIN account_move_line x ON x.move_id = i.move_id AND x.display_type = 'product'
               WHERE r.is_debt AND l.move_id = r.move_id AND l.account_id = r.account_id)
        ORDER BY k.id LIMIT 1) k ON TRUE
 WHERE abs(r.left_over) > 0.005 AND abs(r.rest) > 0.005
"""
REPORT = """
SELECT f.id * 4 AS id, 'fact' AS kind, f.company_id, f.date, f.contract_id, f.payment_id,
       f.move_id, NULL::int AS budget_line_id, f.partner_id, f.user_id, f.direction,
       f.category_id, 0::numeric AS budget, 0::numeric AS planned, f.amount::numeric AS fact
  FROM (%(settled)s UNION ALL (%(others)s)) f
 WHERE f.amount <> 0
 UNION ALL
SELECT p.id::bigint * 4 + 1, 'plan', p.company_id, p.date_planned, p.contract_id, p.id, NULL,
       NULL, c.commercial_partner_id, p.user_id, p.direction, p.cash_category_id, 0,
       CASE p.direction WHEN 'income' THEN 1 ELSE -1 END * p.amount * rate.factor, 0
  FROM crm_contract_payment p
  JOIN crm_contract c ON c.id = p.contract_id AND %(agreed)s
  JOIN %(rates)s ON rate.key = p.company_id * 1000000::bigint + p.currency_id
 WHERE p.company_id IN %(companies)s AND p.state <> 'cancelled'
 UNION ALL
SELECT l.id::bigint * 4 + 2, 'budget', l.company_id, l.date, NULL, NULL, NULL, l.id, NULL, NULL,
       l.direction, l.category_id, CASE l.direction WHEN 'income' THEN 1 ELSE -1 END * l.amount,
       0, 0
  FROM crm_cash_budget_line l
 WHERE l.company_id IN %(companies)s AND l.state = 'approved'
"""
PERCENT = "deviation_percent:avg"


class CrmCashReport(models.Model):
    """Plan, budget and fact by month and category, in company currency, with its documents.

    What goes out is negative. *Fact* is all money that posted entries moved through bank and
    cash, plus what was marked by hand as received; money of contracts has the category of its
    planned payment, other money that of the account it is booked on.
    """

    _name = "crm.cash.report"
    _description = "Cash: Plan, Budget and Fact"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "document"
    _depends = {
        "crm.contract": [
            "direction", "user_id", "commercial_partner_id", "project_id", "state", "version",
        ],
        "crm.contract.payment": [
            "amount", "state", "date_planned", "cash_category_id", "direction", "company_id",
            "currency_id",
        ],
        "crm.contract.settlement": [
            "date", "amount_settled", "amount_cash", "amount_company", "payment_id",
            "counterpart_move_id", "contract_id",
        ],
        "crm.contract.type": ["cash_category_id"],
        "crm.cash.budget.line": ["date", "amount", "state", "direction", "category_id"],
        "crm.cash.category": ["direction", "company_id", "account_ids"],
        "account.move.line": ["balance", "date", "parent_state", "account_id", "partner_id"],
        "account.partial.reconcile": ["debit_move_id", "credit_move_id"],
        "account.payment": ["outstanding_account_id"],
    }  # fmt: skip

    kind = fields.Selection(
        [("budget", "Budget"), ("plan", "Plan of contracts"), ("fact", "Fact")], readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(readonly=True)
    direction = fields.Selection(DIRECTIONS, readonly=True)
    category_id = fields.Many2one("crm.cash.category", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Other Party", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    contract_id = fields.Many2one("crm.contract", readonly=True)
    project_id = fields.Many2one("project.project", string="Realisation", readonly=True)
    payment_id = fields.Many2one("crm.contract.payment", string="Planned Payment", readonly=True)
    move_id = fields.Many2one("account.move", string="Entry", readonly=True)
    budget_line_id = fields.Many2one("crm.cash.budget.line", readonly=True)
    document = fields.Char(compute="_compute_document")
    budget = fields.Monetary(readonly=True)
    planned = fields.Monetary(string="Plan", readonly=True)
    fact = fields.Monetary(readonly=True)
    amount = fields.Monetary(
        string="Sum",
        readonly=True,
        help="Budget, plan or fact, whichever the row is: for charts by kind.",
    )
    deviation = fields.Monetary(readonly=True, help="Fact less budget.")
    plan_deviation = fields.Monetary(
        string="Deviation from Plan", readonly=True, help="Fact less plan."
    )
    deviation_percent = fields.Float(
        string="Deviation, %",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Fact less budget, of the budget. Empty where there is no budget.",
    )

    @property
    def _table_query(self):
        companies = self.env.companies
        values = {"companies": tuple(companies.ids)}
        settled = SQL(SETTLED, **values)
        report = SQL(
            REPORT,
            agreed=SQL(AGREED),
            settled=settled,
            others=SQL(OTHERS, liquid=SQL(LIQUID), settled=settled, **values),
            rates=self.env["crm.cash.forecast"]._get_rates_sql(companies),
            **values,
        )
        return SQL(
            """SELECT r.*, contract.project_id, r.budget + r.planned + r.fact AS amount,
                      r.fact - r.budget AS deviation, r.fact - r.planned AS plan_deviation,
                      NULL::float8 AS deviation_percent
                 FROM (%s) r LEFT JOIN crm_contract contract ON contract.id = r.contract_id""",
            report,
        )

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec != PERCENT:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "100 * SUM(%(deviation)s) / NULLIF(abs(SUM(%(budget)s)), 0)",
            deviation=self._field_to_sql(self._table, "deviation", query),
            budget=self._field_to_sql(self._table, "budget", query),
        )

    @api.depends("kind", "payment_id", "move_id", "budget_line_id")
    def _compute_document(self):
        for row in self:
            record = row._get_record()
            row.document = record.sudo().display_name

    def _get_record(self):
        self.ensure_one()
        if self.kind == "budget":
            return self.budget_line_id.budget_id
        return self.move_id or self.payment_id or self.contract_id

    def action_open(self):
        """The document behind the row."""
        self.ensure_one()
        record = self._get_record()
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
