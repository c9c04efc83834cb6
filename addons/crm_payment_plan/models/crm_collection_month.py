from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.opening import OPENING_DEBT
from .crm_payer_month import MONTHS

#: Months before the first one shown: two for the sales behind its DSO, one that holds all
#: that was before.
BEFORE = 3
#: Posted invoices and what reduced them, by the day on which both were booked. Credit notes,
#: exchange differences and debts booked as a loss reduce what is owed without money. What an
#: entry took over from former accounting was owed when its month began, and is no sale of ours.
EVENTS = f"""
WITH line AS (
    SELECT l.id, l.company_id, COALESCE(l.date_maturity, l.date) + 1 AS late, l.balance,
           CASE WHEN m.move_type = 'entry' THEN date_trunc('month', l.date)::date - 1
                ELSE l.date END AS date,
           CASE WHEN m.move_type = 'entry' THEN 0 ELSE l.balance END AS sold
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
     WHERE l.parent_state = 'posted' AND l.balance > 0 AND l.company_id IN %(companies)s
       AND (m.move_type IN ('out_invoice', 'out_receipt') OR {OPENING_DEBT})
), part AS (
    SELECT line.company_id, line.late, p.amount, GREATEST(c.date, line.date) AS date,
           cm.move_type = 'out_refund'
           OR EXISTS (SELECT FROM account_partial_reconcile x WHERE x.exchange_move_id = cm.id)
           OR cm.origin_payment_id IS NULL AND cm.statement_line_id IS NULL AND EXISTS (
                SELECT FROM account_move_line e JOIN account_account a ON a.id = e.account_id
                 WHERE e.move_id = cm.id AND e.balance > 0
                   AND a.account_type LIKE 'expense%%') AS credited
      FROM line JOIN account_partial_reconcile p ON p.debit_move_id = line.id
      JOIN account_move_line c ON c.id = p.credit_move_id AND c.parent_state = 'posted'
      JOIN account_move cm ON cm.id = c.move_id
)
SELECT company_id, date, sold AS invoiced, 0 AS received, 0 AS credited, balance AS owed,
       0 AS overdue
  FROM line
UNION ALL SELECT company_id, GREATEST(date, late), 0, 0, 0, 0, balance FROM line
UNION ALL
SELECT company_id, date, 0, CASE WHEN credited THEN 0 ELSE amount END,
       CASE WHEN credited THEN amount ELSE 0 END, -amount, 0
  FROM part
UNION ALL SELECT company_id, GREATEST(date, late), 0, 0, 0, 0, -amount FROM part
"""
MONTHLY = """
WITH month AS (%(ends)s), monthly AS (
    SELECT company_id, GREATEST(date_trunc('month', date)::date, (SELECT min(first) FROM month))
           AS first, sum(invoiced) AS invoiced, sum(received) AS received,
           sum(credited) AS credited, sum(owed) AS owed, sum(overdue) AS overdue
      FROM (%(events)s) e WHERE date <= (SELECT max(day) FROM month)
     GROUP BY 1, 2
), running AS (
    SELECT company.id AS company_id, month.*, COALESCE(invoiced, 0) AS invoiced,
           COALESCE(received, 0) AS received, COALESCE(credited, 0) AS credited,
           COALESCE(owed, 0) AS owed, COALESCE(sum(m.owed) OVER past, 0) AS closing,
           COALESCE(sum(m.overdue) OVER past, 0) AS overdue,
           COALESCE(sum(m.invoiced - m.credited) OVER quarter, 0) AS sales,
           month.day - (month.first - interval '2 months')::date + 1 AS days
      FROM month CROSS JOIN res_company company
      LEFT JOIN monthly m ON m.first = month.first AND m.company_id = company.id
     WHERE company.id IN %(companies)s
    WINDOW past AS (PARTITION BY company.id ORDER BY month.first),
           quarter AS (PARTITION BY company.id ORDER BY month.first ROWS 2 PRECEDING)
)
SELECT company_id * 1000 + place AS id, company_id, day AS date, closing - owed AS opening,
       invoiced, credited, received, closing, overdue, closing - overdue AS not_due, sales, days,
       100 * received / NULLIF(closing - owed + invoiced - credited - closing + overdue, 0) AS cei,
       closing / NULLIF(sales, 0) * days AS dso,
       (closing - overdue) / NULLIF(sales, 0) * days AS best_dso
  FROM running
 WHERE place < %(months)s AND (closing <> 0 OR closing <> owed OR invoiced <> 0)
"""
#: Ratios of sums. Balances of several months are averaged, those of several companies added.
RATIOS = {
    "cei:avg": "100 * SUM({received}) / NULLIF("
    "SUM({opening} + {invoiced} - {credited} - {not_due}), 0)",
    "dso:avg": "SUM({closing}) / NULLIF(SUM({sales}), 0) * AVG({days})",
    "best_dso:avg": "SUM({not_due}) / NULLIF(SUM({sales}), 0) * AVG({days})",
    **{
        f"{name}:avg": f"SUM({{{name}}}) / NULLIF(COUNT(DISTINCT {{date}}), 0)"
        for name in ("opening", "closing", "overdue", "not_due")
    },
}
COLUMNS = (
    "date", "opening", "invoiced", "credited", "received", "closing", "overdue", "not_due",
    "sales", "days",
)  # fmt: skip


class CrmCollectionMonth(models.Model):
    """How well debts are collected, month by month, from posted entries in company currency.

    CEI, the collection effectiveness index: of what could be collected in a month (owed at its
    begin and invoiced in it, without what is not due at its end) the share that came; 100 %
    when nothing is overdue. DSO, days sales outstanding: what is owed at the end of the month
    by the sales of three months, times their days. Best possible DSO: the same if nothing
    were overdue; what lies between them is delay.
    """

    _name = "crm.collection.month"
    _description = "Collection of Debts by Month"
    _auto = False
    _order = "date desc, company_id"
    _rec_name = "date"
    _depends = {
        "account.move": [
            "move_type", "state", "origin_payment_id", "statement_line_id", "reversed_entry_id",
        ],
        "account.move.line": [
            "balance", "date", "date_maturity", "parent_state", "account_id", "partner_id",
        ],
        "account.partial.reconcile": ["amount", "debit_move_id", "credit_move_id"],
        "account.account": ["account_type", "non_trade"],
    }  # fmt: skip

    date = fields.Date(string="Month", readonly=True, help="Its last day, or today.")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    opening = fields.Monetary(string="Owed at Begin", readonly=True, aggregator="avg")
    invoiced = fields.Monetary(readonly=True)
    credited = fields.Monetary(
        readonly=True, help="By credit notes, written off, and differences of exchange."
    )
    received = fields.Monetary(readonly=True)
    closing = fields.Monetary(string="Owed at End", readonly=True, aggregator="avg")
    overdue = fields.Monetary(string="Overdue at End", readonly=True, aggregator="avg")
    not_due = fields.Monetary(string="Not Due at End", readonly=True, aggregator="avg")
    sales = fields.Monetary(
        string="Sales of Three Months",
        readonly=True,
        aggregator=None,
        help="Invoiced without what was credited.",
    )
    days = fields.Integer(string="Days of Three Months", readonly=True, aggregator=None)
    cei = fields.Float(
        string="Collected of What Was Due (CEI), %",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="100: nothing is overdue. Empty where nothing could be collected.",
    )
    dso = fields.Float(
        string="Days Sales Outstanding (DSO)", readonly=True, digits=(16, 1), aggregator="avg"
    )
    best_dso = fields.Float(
        string="Best Possible DSO",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="If nothing were overdue; what DSO is above it is delay.",
    )

    @property
    def _table_query(self):
        companies = tuple(self.env.companies.ids)
        return SQL(
            MONTHLY,
            ends=self.env["crm.payer.month"]._get_month_ends_sql(MONTHS + BEFORE),
            events=SQL(EVENTS, companies=companies),
            companies=companies,
            months=MONTHS,
        )

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec not in RATIOS:
            return super()._read_group_select(aggregate_spec, query)
        places = {
            name: f"%({name})s" for name in COLUMNS if f"{{{name}}}" in RATIOS[aggregate_spec]
        }
        return SQL(
            RATIOS[aggregate_spec].format(**places),
            **{name: self._field_to_sql(self._table, name, query) for name in places},
        )

    @api.model
    def _load_demo_collection(self):
        """A year of invoices and payments for the demo database."""
        from ..demo.collection import DemoCollection  # the story is no part of a running product

        DemoCollection(self.env).tell()

    @api.model
    def _get_of_month(self, company, day):
        """The row of the last full month of a company before a day, or nothing."""
        companies = self.with_context(allowed_company_ids=company.ids)
        return companies.search(
            [("company_id", "=", company.id), ("date", "<", day.replace(day=1))],
            order="date desc", limit=1,
        )  # fmt: skip
