"""Demo data: weekly files of debts, payers of every class, firms that nobody knows."""

import base64
import random
from datetime import timedelta

from odoo.fields import Command

HEADERS = (
    "Контрагент", "Документ", "Дата документа", "Срок оплаты", "Сумма", "Остаток долга",
    "Дата оплаты",
)  # fmt: skip
#: Share of late payments and days late of the habits that payers have.
HABITS = ((0.02, 4), (0.35, 9), (0.85, 26))
UNKNOWN = ("ООО «Вектор Плюс» (Пермь)", "ИП Сидоренко Т. А.")
CUSTOMERS, INVOICES, TERM = 24, 9, 30
#: How many weeks ago the files came: one a month, and those of the last weeks.
WEEKS = (26, 22, 17, 13, 9, 4, 3, 2, 1, 0)


class DemoDebts:
    """Plays files of half a year through the importer; the newest waits to be applied."""

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.company = env.company
        self.today = env.company._get_local_today()
        self.dice = random.Random(4)

    def tell(self):
        customers = self.env["res.partner"].search(
            [("customer_status_id", "!=", False), ("is_company", "=", True)],
            order="id",
            limit=CUSTOMERS,
        )
        debts = self._make_debts([*customers.mapped("name"), *UNKNOWN])
        for weeks in WEEKS:
            day = self.today - timedelta(weeks=weeks)
            self._import(debts, day, apply=bool(weeks))
            if weeks:
                self.env["crm.payer.discipline"]._run(self.company, day)
        self._give_accountant()

    def _make_debts(self, names):
        """Tuples of firm, document, date, due date, amount, day of payment."""
        debts = []
        for place, name in enumerate(names):
            share, delay = HABITS[place % 7 % 3]
            for number in range(INVOICES):
                date = self.today - timedelta(days=330 - number * 38 + place % 9)
                due = date + timedelta(days=TERM)
                late = self.dice.random() < share
                paid = due + timedelta(days=delay + number if late else -self.dice.randrange(6))
                amount = self.dice.randrange(12, 400) * 1000
                document = f"Реализация {place + 1:02}-{number + 1:04}"
                debts.append((name, document, date, due, amount, paid))
        return debts

    def _import(self, debts, day, apply):
        rows = [HEADERS]
        for name, document, date, due, amount, paid in debts:
            if date <= day:
                is_paid = paid <= day
                rows.append(
                    (name, document, date, due, amount, 0 if is_paid else amount,
                     paid if is_paid else "")
                )  # fmt: skip
        content = "\r\n".join(";".join(map(str, row)) for row in rows).encode("utf-8-sig")
        file = self.env["crm.receivable.import"].create(
            {
                "file": base64.b64encode(content),
                "file_name": f"Задолженность {day:%d.%m.%Y}.csv",
                "company_id": self.company.id,
                "date": day,
            }
        )
        file.action_read()
        if file.state == "columns":
            file.action_confirm_columns()
        if file.proposed_count:
            file.action_accept_proposed()
        if apply:
            file.action_apply()

    def _give_accountant(self):
        """The administrator sees the debts as an accountant does."""
        group = self.env.ref("account.group_account_manager")
        self.env.ref("base.user_admin").group_ids = [Command.link(group.id)]
