"""Demo data: a year of invoices that were paid more or less in time, for CEI and DSO."""

import random
from datetime import timedelta

from odoo.fields import Command

CUSTOMERS, MONTHS, TERM = 6, 11, 30
#: Days after the due date on which each customer pays; the last one learns to be late.
HABITS = ((-3,), (0,), (4,), (-6, 9), (12,), (2, 8, 15, 21))


class DemoCollection:
    """Invoices of customers without contracts and files, two months a customer, with payments."""

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.company = env.company
        self.today = env.company._get_local_today()
        self.dice = random.Random(8)

    def tell(self):
        self.bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        if not self.bank:
            return
        customers = self._find_customers()
        for month in range(MONTHS, 0, -1):
            for place, customer in enumerate(customers):
                if (month + place) % 2:
                    self._make_sale(customer, month, HABITS[place % len(HABITS)])

    def _find_customers(self):
        """Companies that nobody invoiced and no file names: their class stays what it is."""
        taken = self.env["crm.receivable.firm"].search([]).partner_id.commercial_partner_id
        taken |= self.env["account.move"].search([]).commercial_partner_id
        taken |= self.env["crm.contract"].search([]).commercial_partner_id
        return self.env["res.partner"].search(
            [("customer_status_id", "!=", False), ("is_company", "=", True),
             ("id", "not in", taken.ids)],
            order="id", limit=CUSTOMERS,
        )  # fmt: skip

    def _make_sale(self, customer, month, habit):
        date = self.today - timedelta(days=30 * month + self.dice.randrange(12))
        due = date + timedelta(days=TERM)
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_date": date,
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Запасные части", "price_unit": self.dice.randrange(20, 90) * 1000,
                         "tax_ids": [Command.clear()]}
                    )
                ],
            }
        )  # fmt: skip
        move.action_post()
        paid = due + timedelta(days=habit[(MONTHS - month) * len(habit) // MONTHS])
        if paid <= self.today:
            self._pay(move, paid)

    def _pay(self, move, day):
        """By an entry through the bank, as a statement would book it."""
        debt = move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "date": day, "amount": move.amount_total,
             "partner_id": move.partner_id.id, "payment_ref": move.name}
        )  # fmt: skip
        _liquid, suspense, _other = line._seek_for_lines()
        suspense.account_id = debt.account_id
        (suspense + debt).reconcile()
