from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Domain

from ..lib.kinds import REFUND


class CrmContract(models.Model):
    """Taking a bill's sum out of the plan, whose total stays what it was."""

    _inherit = "crm.contract"

    def _take_planned(self, amount, name):
        """A planned payment of exactly this amount, out of the earliest ones that are open.

        A larger one is divided, of several smaller ones one is made; what the plan does not
        have is added.

        :param name: of a payment that has to be made
        :return: the planned payment
        """
        self.ensure_one()
        currency = self.currency_id
        rows = self.payment_ids.filtered(
            lambda one: one.state == "planned"
            and one.kind != REFUND
            and not one.amount_received
            and not one.move_line_ids
        ).sorted(lambda one: (one.date_planned, one.sequence, one.id))
        exact = rows.filtered(lambda one: not currency.compare_amounts(one.amount, amount))
        if exact:
            return exact[0]
        if not rows:
            return rows.create({"contract_id": self.id, "name": name, "amount": amount})
        first, *others = rows
        if currency.compare_amounts(first.amount, amount) > 0:
            first.copy({"amount": first.amount - amount, "contract_id": self.id})
            first.amount = amount
            return first
        left = amount - first.amount
        spent = rows.browse()
        for row in others:
            part = min(row.amount, left)
            left -= part
            if currency.is_zero(row.amount - part):
                spent |= row
            elif part:
                row.amount -= part
        spent.unlink()
        first.amount = amount
        return first


class CrmCashCategory(models.Model):
    _inherit = "crm.cash.category"

    def _get_spent(self, company, day):
        """Approved budget of this category in the month of a day, and what is spent of it.

        :return: (amount or None without a budget, amount), in company currency
        """
        self.ensure_one()
        first = day.replace(day=1)
        report = self.env["crm.cash.report"].sudo().with_company(company)
        report = report.with_context(allowed_company_ids=company.ids)
        groups = report._read_group(
            Domain("company_id", "=", company.id)
            & Domain("category_id", "=", self.id)
            & Domain("date", ">=", first)
            & Domain("date", "<", first + relativedelta(months=1))
            & Domain("kind", "in", ("budget", "fact")),
            ["kind"],
            ["budget:sum", "fact:sum"],
        )
        sums = {kind: (-budget, -fact) for kind, budget, fact in groups}
        budget = sums["budget"][0] if "budget" in sums else None
        return budget, sums.get("fact", (0, 0))[1]
