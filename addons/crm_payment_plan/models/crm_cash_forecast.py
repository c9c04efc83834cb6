import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, is_list_of

from ..lib.payer_discipline import Thresholds
from .crm_cash_category import DIRECTIONS
from .res_company_cash import DATE_MODES, DELAY_BASES

DATE_FIELDS = {
    "contract": "date_contract",
    "promised": "date_promised",
    "behaviour": "date_behaviour",
}


class CrmCashForecast(models.Model):
    """Money that is to come or to go, with the dates on which it may; see also the sources.

    Nothing is stored: every question is answered by one statement over planned payments,
    posted entries and debts of files as they are now, so a payment entered a moment ago
    counts. The sums in company currency are at today's rate.
    """

    _name = "crm.cash.forecast"
    _description = "Cash Forecast"
    _auto = False
    _order = "date_contract, id"
    _rec_name = "document"
    _depends = {
        "crm.contract": [
            "number", "state", "version", "commercial_partner_id", "partner_reference",
        ],
        "crm.contract.payment": [
            "name", "state", "amount_remaining", "date_planned", "contract_state", "direction",
            "user_id", "company_id", "currency_id", "cash_category_id", "cash_journal_id",
        ],
        "account.move": [
            "name", "state", "move_type", "commercial_partner_id", "invoice_user_id",
            "crm_payment_day",
        ],
        "account.move.line": [
            "amount_currency", "balance", "amount_residual", "date_maturity", "parent_state",
            "reconciled", "no_followup", "crm_contract_id", "price_total", "display_type",
            "name", "partner_id",
        ],
        "account.partial.reconcile": ["amount", "debit_move_id", "credit_move_id"],
        "account.payment": [
            "crm_contract_id", "move_id", "is_matched", "partner_id", "outstanding_account_id",
        ],
        "account.bank.statement.line": ["partner_id", "is_reconciled", "amount"],
        "crm.receivable.item": ["open_amount", "due_date", "state", "disputed"],
    }  # fmt: skip

    source = fields.Selection(
        [
            ("plan", "Planned payment"),
            ("invoice", "Invoice or bill"),
            ("file", "Debt in a file"),
        ],
        readonly=True,
    )
    direction = fields.Selection(DIRECTIONS, readonly=True)
    document = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Other Party", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    contract_id = fields.Many2one("crm.contract", readonly=True)
    payment_id = fields.Many2one("crm.contract.payment", string="Planned Payment", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    item_id = fields.Many2one("crm.receivable.item", string="Debt in the File", readonly=True)
    category_id = fields.Many2one("crm.cash.category", readonly=True)
    journal_id = fields.Many2one("account.journal", string="Bank or Cash", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(
        readonly=True, aggregator=None, help="In the document's currency; what goes is negative."
    )
    amount_company = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="At today's rate.",
    )
    date_contract = fields.Date(
        string="Contract Date",
        help="As planned, or as the invoice falls due. Moving a planned payment in the calendar "
        "plans it anew.",
    )
    date_promised = fields.Date(
        string="Promised Date", readonly=True, help="As the payer promised, else as agreed."
    )
    date_behaviour = fields.Date(
        string="Expected Date",
        readonly=True,
        help="The contract date, later by what this payer is usually late.",
    )
    is_promised = fields.Boolean(string="Promised", readonly=True)
    delay_days = fields.Integer(string="Expected Delay", readonly=True, aggregator=None)
    delay_source = fields.Selection(
        [
            ("payer", "The payer's own history"),
            ("company", "All payers: too few debts of his"),
            ("none", "No history yet"),
            ("own", "We pay"),
        ],
        string="Delay By",
        readonly=True,
    )
    certainty = fields.Selection(
        [
            ("firm", "Counted"),
            ("draft", "Draft contract"),
            ("doubtful", "Overdue for long"),
            ("disputed", "Disputed"),
        ],
        readonly=True,
        help="Only what is counted stands in the balance of the cash board.",
    )
    is_overdue = fields.Boolean(string="Overdue", readonly=True)
    delay_note = fields.Char(compute="_compute_delay_note", string="Why Then")

    @property
    def _table_query(self):
        return self._get_forecast_sql(self.env.companies, self.env.context.get("cash_row_ids"))

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Rows asked for by their ids need not be looked for among all that is planned."""
        ids = _get_asked_ids(Domain(domain))
        model = self if ids is None else self.with_context(cash_row_ids=ids)
        return super(CrmCashForecast, model)._search(domain, *args, **kwargs)

    # What is asked ------------------------------------------------------------------

    @api.model
    def _get_settings_sql(self, companies):
        """Rows (key, factor, today, doubtful_days, basis, overall_days): rates and settings.

        One key of company and currency, see ``_get_key``: with two columns the database
        would expect next to no rows of the join, and choose a slow plan for the rest.
        """
        overall = {
            delay.company_id.id: delay
            for delay in self.env["crm.payer.delay"]
            .sudo()
            .search([("company_id", "in", companies.ids), ("partner_id", "=", False)])
        }
        rows = []
        for company in companies.sudo():
            basis = self._get_delay_basis(company)
            delay = overall.get(company.id)
            today = company._get_local_today()
            rows += [
                SQL(
                    "(%s::bigint, %s::numeric, %s::date, %s::int, %s::text, %s::int)",
                    self._get_key(*key),
                    factor,
                    today,
                    company.cash_doubtful_days or None,
                    basis,
                    round(delay[basis]) if delay else None,
                )
                for key, factor in self._get_currency_factors(company, today).items()
            ]
        return SQL(
            "(VALUES %s) setting (key, factor, today, doubtful_days, basis, overall_days)",
            SQL(", ").join(rows),
        )

    @api.model
    def _get_key(self, company_id, currency_id):
        """One number for a company and a currency; KEY in the statements."""
        return company_id * 1_000_000 + currency_id

    @api.model
    def _get_delay_basis(self, company):
        """Which quantile of delays a company reckons with, or the reader has chosen."""
        chosen = self.env.context.get("cash_delay_basis")
        return chosen if chosen in dict(DELAY_BASES) else company.cash_delay_basis

    @api.model
    def _get_rates_sql(self, companies):
        """Rows (key, factor): company currency for one unit, today."""
        rows = [
            SQL("(%s::bigint, %s::numeric)", self._get_key(*key), factor)
            for company in companies
            for key, factor in self._get_currency_factors(
                company, company._get_local_today()
            ).items()
        ]
        return SQL("(VALUES %s) rate (key, factor)", SQL(", ").join(rows))

    @api.model
    def _get_currency_factors(self, companies, day):
        """{(company id, currency id): the company's currency for one unit}, on a day."""
        currencies = self.env["res.currency"].sudo().with_context(active_test=False).search([])
        factors = {}
        for company in companies.sudo():
            rates = currencies._get_rates(company, day)
            own = rates[company.currency_id.id]
            factors.update({(company.id, key): own / rate for key, rate in rates.items() if rate})
        return factors

    @api.depends("document", "partner_id", "amount")
    def _compute_display_name(self):
        # In the cells of a calendar: who, then how much.
        for row in self:
            partner = row.partner_id.sudo().display_name or row.document
            amount = format_amount(self.env, abs(row.amount), row.currency_id)
            row.display_name = f"{partner} · {amount}"

    @api.depends("delay_source", "delay_days", "is_promised")
    def _compute_delay_note(self):
        _ = self.env._
        for row in self:
            if row.delay_source == "payer":
                row.delay_note = _("this payer is usually %s days late", row.delay_days)
            elif row.delay_source == "company":
                row.delay_note = _("payers of the company are %s days late", row.delay_days)
            elif row.delay_source == "own":
                row.delay_note = _("we pay on the day")
            else:
                row.delay_note = _("no history of payments yet")

    # The payment calendar --------------------------------------------------------------

    def write(self, vals):  # pylint: disable=method-required-super; a statement has no row
        """Moving a planned payment plans it for another day; nothing else can be changed."""
        if set(vals) != {"date_contract"}:
            raise UserError(self.env._("Only the date of a planned payment can be changed here."))
        self.action_move_date(vals["date_contract"])
        return True

    def action_move_date(self, day, comment=""):
        """Plan these payments for another day, with the rights and rules of their plan."""
        for row in self.filtered(lambda one: not one.payment_id):
            raise UserError(
                self.env._(
                    "%s is no planned payment: change the due date in the invoice or in the "
                    "program the file comes from.",
                    row.document,
                )
            )
        self.payment_id.action_move_date(day, comment)
        self.invalidate_model()

    # Buttons ------------------------------------------------------------------------

    def action_open(self):
        """The document behind the row."""
        self.ensure_one()
        record = self.payment_id or self.move_id or self.item_id
        return {
            "type": "ir.actions.act_window",
            "name": self.document or record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    @api.model
    def _get_period_domain(self, mode, start, stop):
        """Rows that stand in a period by a way of dating; no start: what is past as well."""
        name = DATE_FIELDS[mode if mode in dict(DATE_MODES) else "contract"]
        domain = Domain.TRUE
        if stop:
            domain &= Domain(name, "<", stop)
        if start:
            domain &= Domain(name, ">=", start)
        if name == "date_behaviour":
            # Delays are 0 days at least, the longest of all payers at most: an index finds these.
            if stop:
                domain &= Domain("date_contract", "<", stop)
            if start:
                days = self._get_longest_delay()
                first = fields.Date.to_date(start) - timedelta(days=days)
                domain &= Domain("date_contract", ">=", first)
        return domain

    @api.model
    def _get_longest_delay(self):
        """Days that no payer of the reader's companies is late by, with a month to spare.

        A list stays open, or is saved as a favourite, while delays change every night.
        """
        companies = self.env.companies
        bases = {self._get_delay_basis(company) for company in companies}
        [longest] = (
            self.env["crm.payer.delay"]
            .sudo()
            ._read_group(
                [("company_id", "in", companies.ids)],
                [],
                [f"{basis}:max" for basis in sorted(bases)],
            )
        )
        return min(Thresholds().cap, math.ceil(max(days or 0 for days in longest)) + 31)


def _get_asked_ids(domain):
    """The ids that a domain names and asks nothing more of, as reading does; else None."""
    terms = list(domain)
    if len(terms) == 1 and terms[0][:2] == ("id", "in") and is_list_of(terms[0][2], int):
        return tuple(terms[0][2])
    return None
