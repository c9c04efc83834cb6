"""Every shape in which 1C saves its reports, taken in whole: figures by customer, or a refusal.

The files are made here with openpyxl, xlwt and as a web page; what must be found is worked
out from the documents, not by the reader.
"""

from datetime import date

from odoo.tests import tagged

from . import report_files as files
from .receivable_common import ReceivableCommon

CUSTOMERS = (
    'ООО "Ромашка"', "ЗАО «Вектор-М»", "ИП Сидоров А. А.", 'АО Завод "Ильич"',
    'ООО "Ромашка" (Тверь)',
)  # fmt: skip
#: Customer, days' interval and amount of each document.
OWED = (
    (0, 0, 446143.86), (0, 3, 84926.70), (1, 1, 240064.34), (1, 2, 28015.69), (1, 4, 997432.79),
    (1, 4, 720000.00), (2, 4, 0.01), (2, 3, 504363.55), (3, 0, 415036.81), (4, 1, 494144.49),
    (4, 4, 97584.17),
)  # fmt: skip
DOCS = [
    files.doc(CUSTOMERS[who], f"0000-{place:06}", f"{place + 1:02}.09.2026", amount, interval)
    for place, (who, interval, amount) in enumerate(OWED)
]
#: Customer: balance on the first of October, debit and credit of the month.
BALANCES = {
    CUSTOMERS[0]: (83754.77, 19411.67, 10442.32),
    CUSTOMERS[1]: (131521.29, 29606.97, 49979.49),
    CUSTOMERS[2]: (61695.86, 87161.28, 89966.93),
    CUSTOMERS[3]: (-1290.94, 20085.10, 32773.74),
    CUSTOMERS[4]: (197345.19, 78269.25, 33909.23),
}


@tagged("post_install", "-at_install")
class TestReportShapes(ReceivableCommon):
    def _take(self, content, name):
        """{customer: (what is open, number of debts)} after the file was applied."""
        file = self._file(content, file_name=name)
        self.assertEqual(file.state, "preview", file.message)
        file.action_apply()
        self.assertEqual(file.state, "done", file.message)
        items = self.Item.search([("source_id", "=", file.source_id.id), ("state", "=", "open")])
        found = {
            firm.name: (round(sum(own.mapped("open_amount")), 2), len(own))
            for firm, own in items.grouped("firm_id").items()
        }
        return file, items, found

    def test_debts_by_age(self):
        """PF-20: the workbook of 1C, the old one and the web page give the same figures."""
        expected = {}
        for name in CUSTOMERS:
            amounts = [doc.amount for doc in DOCS if doc.customer == name]
            expected[name] = (round(sum(amounts), 2), len(amounts))
        rows = files.ageing_rows(DOCS)
        for content, name in (
            (files.xlsx(rows), "zadolzhennost.xlsx"),
            (files.xls(rows), "zadolzhennost_biff.xls"),
            (files.page(rows), "zadolzhennost_html.xls"),
        ):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                file, items, found = self._take(content, name)
                self.assertEqual(found, expected)
                self.assertEqual(file.date, date(2026, 11, 20))
                self.assertEqual(file.total_amount, round(sum(doc.amount for doc in DOCS), 2))
                late = items.filtered_domain([("due_date", "<", file.date)])
                overdue = sum(doc.amount for doc in DOCS if doc.interval)
                self.assertAlmostEqual(sum(late.mapped("open_amount")), overdue, 2)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_balances_of_customers(self):
        """PF-20: a statement, a trial balance, the same of texts in an old workbook."""
        closing = {
            name: round(opening + debit - credit, 2)
            for name, (opening, debit, credit) in BALANCES.items()
        }
        statement, trial = files.statement_rows(BALANCES), files.trial_balance_rows(BALANCES)
        for content, name in (
            (files.xlsx(statement), "vedomost.xlsx"),
            (files.xlsx(trial), "osv_62.xlsx"),
            (files.xls(files.as_text(trial)), "osv_62_text.xls"),
            (files.xls(files.as_text(trial, "\u202f"), levels=False), "osv_62_flat.xls"),
        ):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                file, _items, found = self._take(content, name)
                self.assertEqual(file.date, date(2026, 10, 31))
                # What a customer has paid beforehand is a balance in his favour.
                self.assertEqual(
                    {name: amount for name, (amount, _count) in found.items()}, closing
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_refused(self):
        """PF-20: each says what is wrong and where; yesterday's debts stay as they are."""
        self._take(files.xlsx(files.ageing_rows(DOCS)), "before.xlsx")
        before = self._open()
        ageing, statement = files.ageing_rows(DOCS), files.statement_rows(BALANCES)
        statement[8][1][5] += 10
        prices = [
            (0, ["Прайс-лист на 20.11.2026"]),
            (0, ["Номенклатура", "Артикул", "Розничная", "Остаток"]),
            (1, ["Масла"]),
            (2, ["Масло 5W-40", "19310", 41427.01, 102.269]),
        ]
        for name, content, *texts in (
            ("wrong_sums.xlsx", files.xlsx(statement), "Totals do not add up", CUSTOMERS[0]),
            ("cut_off.xlsx", files.xlsx(ageing)[:-4000], "damaged"),
            ("no_totals.xlsx", files.xlsx(ageing[:-4]), "The line of totals is missing"),
            ("empty.xlsx", files.xlsx([(0, ["Отчет не сформирован."])]), "No header was found"),
            ("prices.xlsx", files.xlsx(prices), ""),
        ):
            with self.subTest(name):
                file = self._file(content, file_name=name)
                self.assertNotIn(file.state, ("preview", "done"))
                for text in texts:
                    self.assertIn(text, file.message or "")
                self.assertFalse(file.row_ids)
                self.assertEqual(self._open(), before)
