"""A report without debts: accepted as "nobody owes" when somebody says so, else refused."""

import datetime as dt

from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged

from odoo.addons.crm_bpm_core.lib.sheet_reader import open_sheet

from ..lib.receivable_empty import read_titles
from ..lib.receivable_report import ReportError, read_report
from . import report_files as files
from .receivable_common import ReceivableCommon
from .test_receivable_import import FIRST, NEXT_WEEK, NOW

#: The report of debts by age, generated for a day on which nobody owed.
EMPTY = files.ageing_rows([], day=NEXT_WEEK)
TITLES = EMPTY[:4]
SETTLED = {'ООО "Ромашка"': (100.0, 50.0, 150.0), "АО Завод": (0.0, 0.0, 0.0)}


def sheet(rows):
    return open_sheet(files.xlsx(rows), pages=True)


@tagged("post_install", "-at_install")
class TestEmptyReports(BaseCase):
    def test_nobody_owes(self):
        """PF-20: headings with a total of nothing, headings alone, balances of zero."""
        for rows in (
            EMPTY,
            EMPTY[:8],
            files.statement_rows(SETTLED),
            files.trial_balance_rows(SETTLED),
        ):
            report = read_report(sheet(rows))
            self.assertEqual((report.debts, report.total), ([], 0))
        self.assertEqual(read_report(sheet(EMPTY)).date, dt.date(2026, 11, 27))

    def test_lines_that_are_missing(self):
        """PF-20: a total that something must stand above is no empty report."""
        rows = files.ageing_rows([], total=[100.0, None, 100.0, None, None, None, None])
        with self.assertRaises(ReportError) as refused:
            read_report(sheet(rows))
        self.assertEqual(refused.exception.code, "totals")
        with self.assertRaises(ReportError) as refused:
            read_report(sheet(files.ageing_rows(FIRST)[:12]))
        self.assertEqual(refused.exception.code, "no_total")

    def test_title_alone(self):
        """PF-20: its title tells what was generated; a figure or no title, and it does not."""
        self.assertIsNone(read_report(sheet(TITLES)))
        report = read_titles(sheet(TITLES))
        self.assertEqual((report.kind, report.date), ("ageing", dt.date(2026, 11, 27)))
        self.assertEqual((report.debts, report.filtered), ([], ""))
        for title, kind in (
            ("Ведомость по взаиморасчетам с контрагентами за Октябрь 2026 г.", "statement"),
            ("Оборотно-сальдовая ведомость по счету 62 за Октябрь 2026 г.", "trial_balance"),
        ):
            self.assertEqual(read_titles(sheet([(0, [title])])).kind, kind)
        for rows in (
            [(0, ["Отчет не сформирован. Нажмите кнопку «Сформировать»."])],
            [(0, ["Задолженность покупателей по срокам долга"])],
            [(0, ["Прайс-лист на 20 ноября 2026 г."])],
            [*TITLES, (0, ["Ромашка", None, 100.0])],
            [*TITLES, (0, ["Ромашка", None, "100,00"])],
            [*TITLES, *[(0, [f"Ромашка {number}"]) for number in range(20)]],
        ):
            self.assertIsNone(read_titles(sheet(rows)), rows[-1])

    def test_part_of_the_customers(self):
        """PF-20: a report of one customer who owes nothing says nothing about the others."""
        filtered = 'Отбор: Контрагент Равно "Ромашка"'
        rows = files.ageing_rows([], day=NEXT_WEEK, filtered=filtered)
        self.assertTrue(read_titles(sheet(rows[:4])).filtered)
        self.assertTrue(read_report(sheet(rows)).filtered)


@tagged("post_install", "-at_install")
class TestNobodyOwes(ReceivableCommon):
    NOW = NOW

    def _check_asked(self, file, count):
        """Nothing is paid before the tick, all is after it."""
        self.assertEqual((file.state, file.row_count), ("preview", 0), file.message)
        self.assertTrue(file.asks_empty)
        self.assertFalse(file.is_partial)
        self.assertEqual(self._counts(file), {"gone": count})
        self.assertIn(f"all {count} open debts", file.problem)
        with self.assertRaises(UserError):
            file.action_apply()
        self.assertEqual(len(self._open()), count)
        file.empty_confirmed = True
        self.assertFalse(file.problem)
        file.action_apply()
        self.assertEqual((file.state, self._open()), ("done", {}))

    def test_confirmed(self):
        """PF-20: a correct report without debts is taken once somebody says that nobody owes."""
        for rows in (EMPTY, EMPTY[:8], TITLES):
            with self.subTest(len(rows)), self.env.cr.savepoint() as point:
                self._apply(FIRST)
                self._check_asked(self._file(files.xlsx(rows)), 4)
                point.rollback()
                self.env.invalidate_all()

    def test_many_debts(self):
        """PF-20: it is asked, not taken for a part of the customers, however many debts vanish."""
        self._apply([files.doc(f"Firm {n}", f"F-{n}", "01.10.2026", 10.0) for n in range(12)])
        self._check_asked(self._file(files.xlsx(EMPTY)), 12)

    def test_part_settles_nothing(self):
        """PF-20: an empty report of some customers needs no tick and settles nothing."""
        self._apply(FIRST)
        rows = files.ageing_rows([], day=NEXT_WEEK, filtered='Отбор: Контрагент Равно "Ромашка"')
        file = self._file(files.xlsx(rows))
        self.assertFalse(file.asks_empty)
        file.action_apply()
        self.assertEqual(len(self._open()), 4)

    def test_another_file_asks_again(self):
        """PF-20: the tick is for one file, and an older file stays refused."""
        self._apply(FIRST)
        file = self._file(files.xlsx(EMPTY))
        file.empty_confirmed = True
        file.action_back()
        file.action_read()
        self.assertFalse(file.empty_confirmed)
        self.assertTrue(file.problem)
        file.empty_confirmed = True
        file.action_apply()
        old = self._file(files.xlsx(files.ageing_rows([], day="23 ноября 2026 г.")))
        self.assertIn("newer file", old.problem)
        self.assertFalse(old.asks_empty)

    def test_plain_table(self):
        """PF-20: known headings without lines are the table; unknown ones are refused."""
        file = self._file(files.table_csv([]))
        self.assertEqual(file.state, "failed")
        self.assertIn("headings only", file.message)
        rows = [("ООО Вектор", "7701234567", "Н-1", "01.10.2026", "31.10.2026", "1000", "0")]
        file = self._file(files.table_csv(rows))
        file.action_confirm_columns()
        file.action_apply()
        self.assertEqual(self._open(), {"Н-1": 1000})
        self._check_asked(self._file(files.table_csv([])), 1)
