from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Domain

BILLS = ("in_invoice", "in_receipt")


class AccountMove(models.Model):
    """Other bills that want the same money, and the company's limit.

    What is agreed and unpaid is spent as good as what is paid: two bills must not both fit into
    what is left for one.
    """

    _inherit = "account.move"

    def _get_open_share(self):
        """Share of this bill that is still to be paid: 1 for a draft, 0 when it is paid."""
        self.ensure_one()
        if self.state != "posted" or not self.amount_total:
            return 1
        return abs(self.amount_residual) / abs(self.amount_total)

    def _find_rival_drafts(self, domain):
        """Drafts among the other bills that came into the hands of a process before this one.

        Of two bills in the hands of processes only the later one sees the other: the first one
        was there first. A bill without a process sees both.
        """
        drafts = self.search(self._get_rivals_domain(domain) & Domain("state", "=", "draft"))
        running = self.env["bpm.instance"].search(
            [("res_model", "=", "account.move"), ("res_id", "in", [*drafts.ids, *self._origin.ids]),
             ("state", "in", ("running", "incident"))], order="id desc"
        )  # fmt: skip
        first = {instance.res_id: instance.id for instance in running}
        own = first.get(self._origin.id)
        return drafts.filtered(lambda one: one.id in first and (not own or first[one.id] < own))

    def _get_rivals_domain(self, domain):
        return (
            Domain(domain)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("move_type", "in", BILLS)
            & Domain("id", "not in", self._origin.ids)
        )

    def _get_contract_claims(self, contract):
        """What drafts that are being agreed ask of a contract, in its currency."""
        drafts = self._find_rival_drafts([("invoice_line_ids.crm_contract_id", "=", contract.id)])
        return sum(
            draft._get_bill_amount(
                draft.invoice_line_ids.filtered(lambda line: line.crm_contract_id == contract),
                contract.currency_id,
            )
            for draft in drafts
        )

    def _get_budget_claims(self, category, day):
        """What other bills that are to be paid in the month of a day ask of a category's budget.

        Posted ones as far as they are open, and drafts that are being agreed; in company
        currency.
        """
        first = day.replace(day=1)
        month = Domain.OR(
            Domain(name, ">=", first) & Domain(name, "<", first + relativedelta(months=1))
            for name in (
                "crm_payment_day",
                "invoice_date_due",
                "invoice_line_ids.crm_contract_payment_id.date_planned",
            )
        )
        unpaid = Domain("state", "=", "posted") & Domain(
            "payment_state", "in", ("not_paid", "partial")
        )
        bills = self.search(self._get_rivals_domain(month) & unpaid)
        bills |= self._find_rival_drafts(month)
        bills = bills.filtered(
            lambda bill: (bill.crm_payment_date or bill.invoice_date_due or first).replace(day=1)
            == first
        )
        lines = bills.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        categories = lines._get_bill_categories()
        own = lines.filtered(lambda line: categories[line] == category)
        return sum(
            bill._get_bill_amount(part, self.company_id.currency_id) * bill._get_open_share()
            for bill, part in own.grouped("move_id").items()
        )

    def _check_bill_limit(self):
        """The bill against the sum above which the director decides."""
        company = self.company_id
        limit, currency = company.crm_bill_limit, company.currency_id
        if not limit:
            return []
        day = self.invoice_date or company._get_local_today()
        asked = self.currency_id._convert(self.amount_total, currency, company, day)
        if currency.compare_amounts(asked, limit) <= 0:
            return []
        text = self.env._(
            "The bill of %(asked)s is above %(limit)s, up to which heads agree by themselves.",
            asked=currency.format(asked),
            limit=currency.format(limit),
        )
        return [(text, True)]


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _get_bill_categories(self):
        """{line: what its money is for}: by its contract, else by its account."""
        Category = self.env["crm.cash.category"]
        by_account = {}
        for category in Category.search(
            [
                ("direction", "=", "expense"),
                ("account_ids", "in", self.account_id.ids),
                ("company_id", "in", [*self.company_id.ids, False]),
            ],
            order="id",
        ):
            for account in category.account_ids:
                by_account.setdefault(account, []).append(category)
        categories = {}
        for line in self:
            own = [
                category
                for category in by_account.get(line.account_id, ())
                if category.company_id in (line.company_id, Category.company_id)
            ]
            categories[line] = (
                line.crm_contract_payment_id.cash_category_id
                or line.crm_contract_id.type_id.cash_category_id
                or (own[0] if own else Category)
            )
        return categories
