"""A quarter of weekly files, one after the other: what the files tell is what was true."""

import random
from collections import namedtuple
from datetime import date, timedelta

from odoo.tests import tagged

from ..lib.payer_discipline import Part, classify, figures
from . import report_files as files
from .receivable_common import ReceivableCommon

HEADERS = (
    "Контрагент", "ИНН", "Документ", "Дата документа", "Срок оплаты", "Сумма", "Остаток долга",
)  # fmt: skip
FRIDAYS = [date(2026, 9, 4) + timedelta(weeks=week) for week in range(12)]
#: Of which week no file came, which came twice, which showed some customers only, and from
#: which on the program told tax IDs.
SKIPPED, TWICE, PARTIAL, TAX_IDS = 4, 6, 8, 2
FIRMS, DEBTS, SHOWN = 20, 8, 6
#: Days late of habits: punctual, now and then, nearly always.
HABITS = ((-4, 0, 1), (0, 0, 19), (24, 30, 18))

Debt = namedtuple("Debt", "firm number date due amount paid")


@tagged("post_install", "-at_install")
class TestReplay(ReceivableCommon):
    NOW = "2026-12-07 09:00:00"

    def _make_debts(self):
        dice, debts = random.Random(11), []
        for firm in range(FIRMS):
            lates = HABITS[firm % len(HABITS)]
            for place in range(DEBTS):
                start = FRIDAYS[0] - timedelta(days=35 - 13 * place - dice.randrange(6))
                due = start + timedelta(days=14)
                paid = due + timedelta(days=lates[place % len(lates)] + dice.randrange(2))
                amount = dice.randrange(10, 90) * 100.0
                debts.append(Debt(firm, f"{firm}-{place}", start, due, amount, paid))
        return debts

    def _content(self, debts, week):
        """The file of a week: what is open on its day."""
        day = FRIDAYS[week]
        rows = []
        for debt in debts:
            if debt.date <= day < debt.paid and (week != PARTIAL or debt.firm < SHOWN):
                tax_id = 7_700_000_000 + debt.firm if week >= TAX_IDS else ""
                rows.append(
                    (f"Фирма {debt.firm}", tax_id, debt.number, debt.date, debt.due, debt.amount,
                     debt.amount)
                )  # fmt: skip
        headers = HEADERS if week >= TAX_IDS else (HEADERS[0], *HEADERS[2:])
        lines = [row if week >= TAX_IDS else (row[0], *row[2:]) for row in rows]
        return files.table_csv(lines, headers=headers)

    def _take(self, content, week):
        file = self._file(content, date=FRIDAYS[week])
        if file.state == "columns":
            file.action_confirm_columns()
        self.assertEqual(file.state, "preview", file.message)
        file.is_partial = week == PARTIAL
        file.action_apply()
        self.assertEqual(file.state, "done", file.message)
        return file

    def _replay(self):
        partners = self.env["res.partner"]
        for firm in range(FIRMS):
            partners += self._customer(f"Customer {firm}", vat=str(7_700_000_000 + firm))
        debts = self._make_debts()
        for week in range(len(FRIDAYS)):
            if week == SKIPPED:
                continue
            content = self._content(debts, week)
            self._take(content, week)
            if week == TWICE:
                again = self._take(content, week)
                self.assertEqual((again.new_count, again.gone_count), (0, 0))
        self.env.invalidate_all()
        return partners, debts

    def _is_shown(self, debt):
        """Did any file show the debt? Who pays within the week never stands in one."""
        return any(
            debt.date <= day < debt.paid
            and week != SKIPPED
            and (week != PARTIAL or debt.firm < SHOWN)
            for week, day in enumerate(FRIDAYS)
        )

    def _get_seen_settled(self, debt):
        """Day of the first full file after the payment; None before it came."""
        days = [
            day for week, day in enumerate(FRIDAYS)
            if day >= debt.paid and week not in (SKIPPED, PARTIAL)
        ]  # fmt: skip
        return days[0] if days else None

    def test_a_quarter(self):
        """PF-20: no debt is lost, doubled or paid too early, whatever happened to the files."""
        partners, debts = self._replay()
        shown = [debt for debt in debts if self._is_shown(debt)]
        # Who had paid all before the program told tax IDs is nobody's customer yet.
        known = {
            debt.firm for debt in shown
            if debt.date <= FRIDAYS[TAX_IDS - 1] and debt.paid > FRIDAYS[TAX_IDS]
        }  # fmt: skip
        self.assertGreater(len(known), FIRMS / 2)
        items = {item.number: item for item in self.Item.search([])}
        self.assertEqual(set(items), {debt.number for debt in shown})
        self.assertEqual(self.Item.search_count([]), len(items))
        for debt in shown:
            item, settled = items[debt.number], self._get_seen_settled(debt)
            self.assertEqual(item.settled_date or None, settled, debt)
            self.assertEqual(item.open_amount, 0 if settled else debt.amount)
            if debt.firm in known or debt.paid > FRIDAYS[TAX_IDS]:
                self.assertEqual(item.partner_id, partners[debt.firm])
            payments = item.payment_ids
            self.assertFalse(payments.reversed_import_id)
            self.assertEqual(sum(payments.mapped("amount")), debt.amount if settled else 0)
            if settled:
                self.assertLessEqual((settled - debt.paid).days, 20)
        self._check_classes(partners, shown)

    def _check_classes(self, partners, debts):
        """The class by the files is that by the true days of payment, nearly always."""
        rule = self.env["crm.payer.rule"]._get_of_company(self.company)
        limits, last = rule._get_limits(), FRIDAYS[-1]
        self.env["crm.payer.discipline"]._run(self.company, last)
        payers = self.env["crm.payer.discipline"].search([("partner_id", "in", partners.ids)])
        by_files = {payer.partner_id: payer.payer_class for payer in payers}
        same = 0
        for place, partner in enumerate(partners):
            parts = [
                Part(debt.number, debt.amount, debt.due, debt.paid)
                for debt in debts
                if debt.firm == place
            ]
            same += by_files[partner] == classify(figures(parts, last, limits), limits)
        self.assertGreaterEqual(same / len(partners), 0.95)
        self.assertGreaterEqual(len(set(by_files.values())), 2, "else the classes prove nothing")
