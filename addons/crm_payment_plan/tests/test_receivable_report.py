"""Debt reports of accounting programs are read, or refused in one clear way (no database)."""

import datetime as dt
import random

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_bpm_core.lib.sheet_reader import TableError, open_sheet

from ..lib.receivable_report import ReportError, read_report
from ..lib.receivable_table import fingerprint, guess_mapping, open_table, read_debts
from ..lib.receivable_words import (
    name_key,
    parse_document,
    parse_interval,
    parse_report_date,
    tax_id_key,
)
from . import report_files as files

DOCS = [
    files.doc('ООО "Ромашка"', "0000-471326", "28.10.2026", 446143.86, 0),
    files.doc('ООО "Ромашка"', "0000-029725", "21.09.2026", 84926.70, 3),
    files.doc("ЗАО «Вектор-М»", "0000-840776", "20.09.2026", 240064.34, 3),
    files.doc("ЗАО «Вектор-М»", "0000-026682", "19.07.2026", 28015.69, 4, "Договор № 2"),
    files.doc('ООО "Ромашка" (Тверь)', "0000-737192", "14.09.2026", 494144.49, 1),
]
BALANCES = {
    'ООО "Ромашка"': (83754.77, 19411.67, 10442.32),
    "АО Завод": (-1290.94, 20085.10, 32773.74),
}


def read(content):
    return read_report(open_sheet(content, pages=True))


@tagged("post_install", "-at_install")
class TestReceivableReport(BaseCase):
    def _assert_refused(self, code, content, *texts):
        with self.assertRaises(ReportError) as refused:
            read(content)
        self.assertEqual(refused.exception.code, code)
        said = str(refused.exception.places)
        for text in texts:
            self.assertIn(text, said)

    def test_every_form_of_the_same_report(self):
        """PF-20: xlsx as 1C writes it, BIFF, a web page; outline or none; numbers as text."""
        rows = files.ageing_rows(DOCS)
        forms = {
            "xlsx": files.xlsx(rows),
            "xlsx of others": files.xlsx(rows, odd=False),
            "xlsx without outline": files.xlsx(rows, levels=False),
            "xlsx of texts": files.xlsx(files.as_text(rows)),
            "narrow spaces": files.xlsx(files.as_text(rows, "\u202f")),
            "xls": files.xls(rows),
            "xls without outline": files.xls(rows, levels=False),
            "page": files.page(rows),
        }
        for name, content in forms.items():
            with self.subTest(name):
                report = read(content)
                self.assertEqual(report.kind, "ageing")
                self.assertEqual(report.date, dt.date(2026, 11, 20))
                found = [
                    (d.customer, d.contract, d.document, d.open, d.interval) for d in report.debts
                ]
                expected = [
                    (d.customer, d.contract, d.name, round(d.amount * 100),
                     parse_interval(files.INTERVALS[d.interval]))
                    for d in DOCS
                ]  # fmt: skip
                self.assertEqual(found, expected)
                self.assertEqual(report.total, 129329508)
                self.assertEqual(report.debts[0].number, "0000-471326")
                self.assertEqual(report.debts[0].date, dt.date(2026, 10, 28))

    def test_balances(self):
        """PF-20: statements and trial balances give what each customer owes."""
        statement = read(files.xlsx(files.as_text(files.statement_rows(BALANCES))))
        self.assertEqual(statement.kind, "statement")
        self.assertEqual(statement.date, dt.date(2026, 10, 31))
        for rows in (files.trial_balance_rows(BALANCES),):
            for content in (files.xlsx(rows), files.xls(files.as_text(rows), levels=False)):
                trial = read(content)
                self.assertEqual(trial.kind, "trial_balance")
                self.assertEqual(trial.date, dt.date(2026, 10, 31))
                self.assertEqual(
                    [(d.customer, d.open, d.document) for d in trial.debts],
                    [(d.customer, d.open, d.document) for d in statement.debts],
                )
        self.assertEqual([d.open for d in statement.debts], [9272412, -1397958])

    def test_totals_that_do_not_add_up(self):
        """PF-20: the message names the customer and the grand total."""
        wrong = files.sums(DOCS)
        wrong[0] += 5000
        content = files.xlsx(files.ageing_rows(DOCS, total=wrong))
        self._assert_refused("totals", content, "Итого", "1298295.08", "1293295.08")
        docs = [*DOCS, files.doc("ИП Петров", "1", "01.10.2026", 10.0)]
        rows = files.ageing_rows(docs)
        place = next(i for i, (_l, cells) in enumerate(rows) if cells[:1] == ["ИП Петров"])
        rows[place][1][2] = 11.0
        self._assert_refused("totals", files.xlsx(rows), "ИП Петров", f"'row': {place + 1}")
        # One customer is wrong, another made wrong by as much: the grand total agrees.
        rows = files.statement_rows(BALANCES)
        rows[8][1][5] += 100
        rows[12][1][5] -= 100
        self._assert_refused("totals", files.xlsx(rows), "Ромашка", "АО Завод")

    def test_cut_off(self):
        """PF-20: a report without its totals is not taken."""
        rows = files.ageing_rows(DOCS)
        self._assert_refused("no_total", files.xlsx(rows[:-6]))
        with self.assertRaises(TableError) as refused:
            read(files.xlsx(rows)[:2000])
        self.assertEqual(refused.exception.code, "damaged")

    def test_shifted_columns(self):
        """PF-20: amounts under the wrong headings are noticed."""
        rows = files.ageing_rows(DOCS)
        moved = [
            (level, [*cells[:2], None, *cells[2:]] if number >= 8 else cells)
            for number, (level, cells) in enumerate(rows)
        ]
        self._assert_refused("shifted", files.xlsx(moved))
        swapped = [
            (level, [*cells[:2], *cells[3:]] if number >= 8 and len(cells) > 8 else cells)
            for number, (level, cells) in enumerate(rows)
        ]
        self._assert_refused("shifted", files.xlsx(swapped))

    def test_text_for_a_number(self):
        """PF-20: a cell that is no amount is named."""
        rows = files.ageing_rows(DOCS)
        rows[10][1][2] = "сорок"
        self._assert_refused("bad_number", files.xlsx(rows), "сорок", "'row': 11", "Задолженность")

    def test_no_header(self):
        """PF-20: a report that was not generated is no report; debts are not wiped."""
        rows = [(0, ["Отчет не сформирован. Нажмите кнопку «Сформировать»."])]
        sheet = open_sheet(files.xlsx(rows))
        self.assertIsNone(read_report(sheet))
        with self.assertRaises(TableError) as refused:
            open_table(sheet)
        self.assertEqual(refused.exception.code, "one_column")

    def test_random_reports_and_random_damage(self):
        """PF-20: whatever amounts, debts are read to the kopeck; one wrong figure never passes."""
        dice = random.Random(7)
        for number in range(25):
            docs = [
                files.doc(f"Фирма {dice.randrange(4)}", f"A-{place}", "01.10.2026",
                          dice.randrange(1, 10**9) / 100, dice.randrange(5),
                          f"Договор {dice.randrange(2)}")
                for place in range(dice.randrange(1, 20))
            ]  # fmt: skip
            docs.sort(key=lambda d: (d.customer, d.contract))
            rows = files.ageing_rows(docs)
            report = read(files.xlsx(rows, levels=bool(number % 2)))
            self.assertEqual(report.total, sum(round(d.amount * 100) for d in docs))
            self.assertEqual(len(report.debts), len(docs))
            cells = [
                (row, column)
                for row, (_level, line) in enumerate(rows) if row >= 8
                for column, cell in enumerate(line) if isinstance(cell, float)
            ]  # fmt: skip
            row, column = dice.choice(cells)
            rows[row][1][column] = round(rows[row][1][column] + 0.01, 2)
            with self.assertRaises(ReportError, msg=f"{number}: {row}, {column}"):
                read(files.xlsx(rows, levels=bool(number % 2)))


@tagged("post_install", "-at_install")
class TestReceivableTable(BaseCase):
    ROWS = (
        ("ООО Вектор", "7701234567", "Н-1", "01.10.2026", "31.10.2026", "1 000,50", "0"),
        ("ИП Сидоров", "", "Н-2", "02.10.2026", "", "200", "50"),
    )

    def _read(self, content):
        sheet = open_sheet(content)
        table, samples = open_table(sheet)
        return read_debts(sheet, guess_mapping(table.headers, samples))

    def test_plain_table(self):
        """PF-20: columns in any order, decimal comma, open = amount less paid."""
        report = self._read(files.table_csv(self.ROWS))
        first, second = report.debts
        self.assertEqual(
            (first.customer, first.tax_id, first.open), ("ООО Вектор", "7701234567", 100050)
        )
        self.assertEqual(first.due_date, dt.date(2026, 10, 31))
        self.assertEqual((second.open, second.amount, second.due_date), (15000, 20000, None))

    def test_headings_in_five_languages(self):
        """PF-20: Russian, Ukrainian, Bulgarian, Hungarian and English headings are guessed."""
        for headers in (
            ["Покупатель", "Документ", "Дата", "Срок оплаты", "Задолженность"],
            ["Покупець", "Рахунок", "Дата", "Термін оплати", "Заборгованість"],
            ["Клиент", "Фактура", "Дата фактура", "Падеж", "Задължение"],
            ["Vevő", "Számlaszám", "Számla kelte", "Esedékesség", "Hátralék"],
            ["Customer", "Invoice", "Date", "Due date", "Open amount"],
        ):
            with self.subTest(headers[0]):
                self.assertEqual(
                    guess_mapping(headers, []),
                    {"customer": 0, "document": 1, "date": 2, "due_date": 3, "open": 4},
                )

    def test_one_bad_cell_refuses_all(self):
        """PF-20: a line left out would look like a paid debt, so nothing is taken."""
        rows = [*self.ROWS, ("ООО Альфа", "", "Н-3", "31.02.2026", "", "1", "")]
        with self.assertRaises(ReportError) as refused:
            self._read(files.table_csv(rows))
        self.assertEqual(refused.exception.code, "bad_cells")
        [place] = refused.exception.places
        self.assertEqual(
            (place["row"], place["found"], place["code"]), (4, "31.02.2026", "bad_date")
        )

    def test_total_line(self):
        """PF-20: the totals of a table are checked and are no debt."""
        total = ("Итого", "", "", "", "", "1200,50", "50")
        self.assertEqual(len(self._read(files.table_csv([*self.ROWS, total])).debts), 2)
        total = ("Итого", "", "", "", "", "1200,51", "50")
        with self.assertRaises(ReportError) as refused:
            self._read(files.table_csv([*self.ROWS, total]))
        self.assertEqual(refused.exception.code, "totals")

    def test_fingerprint(self):
        """PF-20: a layout is known again however its headings are written."""
        self.assertEqual(fingerprint(["Сумма, руб.", "Дата"]), fingerprint(["сумма  руб", "ДАТА"]))
        self.assertNotEqual(fingerprint(["a", "b"]), fingerprint(["b", "a"]))


@tagged("post_install", "-at_install")
class TestReceivableWords(BaseCase):
    def test_similar_names_differ(self):
        """PF-20: the same name in other quotes is the same, a branch is not."""
        self.assertEqual(name_key('ООО "Ромашка"'), name_key("ооо  «РОМАШКА»"))
        different = {
            name_key(name)
            for name in (
                'ООО "Ромашка"',
                'ООО "Ромашка" (Тверь)',
                "ЗАО Ромашка",
                "Ромашка",
                "ООО Ромашки",
            )
        }
        self.assertEqual(len(different), 5)
        self.assertEqual(tax_id_key(" BG 123-456.789 "), "BG123456789")
        self.assertEqual(tax_id_key("нет"), "")

    def test_dates_and_intervals(self):
        """PF-20: the day of a report and ages of debts, in words and figures."""
        for text in ("на 20 ноября 2026 г.", "на 20.11.2026", "Період: 01.11.2026 - 20.11.2026",
                     "станом на 20 листопада 2026", "as of 2026-11-20"):  # fmt: skip
            self.assertEqual(parse_report_date([text]), dt.date(2026, 11, 20), text)
        self.assertEqual(parse_report_date(["за Февраль 2028 г."]), dt.date(2028, 2, 29))
        self.assertIsNone(parse_report_date(["Ведомость", "Отбор: 62.01", "31 февраля 2026"]))
        for text, days in {
            "Не просрочено": (None, 0), "до 30 дней": (1, 30), "от 31 до 60": (31, 60),
            "61-90": (61, 90), "Более 90 дней": (91, None), "Свыше 30": (31, None),
            "over 90 days": (91, None), "Итого": None, "Сумма": None,
        }.items():  # fmt: skip
            self.assertEqual(parse_interval(text), days, text)
        self.assertEqual(parse_document("Договор без даты"), (None, None))
        self.assertEqual(
            parse_document("Счет-фактура УТ-00017 від 3.02.2026"), ("УТ-00017", dt.date(2026, 2, 3))
        )
