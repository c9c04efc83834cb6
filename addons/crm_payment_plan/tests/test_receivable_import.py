"""The weekly file of debts: read, compared, applied once, and remembered."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_bpm_core.models import crm_file_import
from odoo.addons.crm_payment_plan.models import crm_receivable_import

from . import report_files as files
from .receivable_common import ReceivableCommon

CAMOMILE = 'ООО "Ромашка"'
BRANCH = 'ООО "Ромашка" (Тверь)'
VECTOR = "ЗАО «Вектор-М»"
FIRST = [
    files.doc(CAMOMILE, "R-1", "28.10.2026", 446143.86, 0),
    files.doc(CAMOMILE, "R-2", "21.09.2026", 84926.70, 3),
    files.doc(VECTOR, "V-1", "20.09.2026", 240064.34, 3),
    files.doc(BRANCH, "T-1", "14.09.2026", 494144.49, 4),
]
NEXT_WEEK = "27 ноября 2026 г."
#: After the last file of the tests.
NOW = "2026-12-07 09:00:00"


@tagged("post_install", "-at_install")
class TestReceivableImport(ReceivableCommon):
    NOW = NOW

    def test_difference_before_anything_changes(self):
        """PF-20: reading shows the difference; only applying makes debts."""
        file = self._ageing(FIRST)
        self.assertEqual(file.state, "preview")
        self.assertEqual(file.date, date(2026, 11, 20))
        self.assertEqual(file.source_id.kind, "ageing")
        self.assertEqual(self._counts(file), {"new": 4})
        self.assertEqual(file.total_amount, 1265279.39)
        self.assertEqual(self._open(), {})
        file.action_apply()
        self.assertEqual(file.applied_user_id, self.accountant)
        self.assertEqual(
            self._open(), {"R-1": 446143.86, "R-2": 84926.70, "V-1": 240064.34, "T-1": 494144.49}
        )

    def test_next_week(self):
        """PF-20: new, grown, paid in part, gone and unchanged debts are told apart."""
        self._apply(FIRST)
        file = self._ageing(
            [
                FIRST[0],
                FIRST[1]._replace(amount=100000.0),
                FIRST[2]._replace(amount=40064.34),
                files.doc(VECTOR, "V-2", "25.11.2026", 10.0, 0),
            ],
            NEXT_WEEK,
        )
        self.assertEqual(
            self._counts(file), {"new": 1, "grown": 1, "partial": 1, "gone": 1, "unchanged": 1}
        )
        self.assertEqual(
            (file.grown_amount, file.partial_amount, file.gone_amount),
            (15073.30, -200000.0, -494144.49),
        )
        for change, count in self._counts(file).items():
            action = file.with_context(change=change).action_view_rows()
            self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), count)
        file.action_apply()
        self.assertEqual(
            self._open(), {"R-1": 446143.86, "R-2": 100000.0, "V-1": 40064.34, "V-2": 10.0}
        )
        gone = self.Item.search([("number", "=", "T-1")])
        self.assertEqual((gone.state, gone.settled_date), ("settled", date(2026, 11, 27)))
        [payment] = gone.payment_ids
        self.assertEqual((payment.amount, payment.date), (494144.49, date(2026, 11, 27)))
        self.assertTrue(payment.inferred)
        self.assertEqual(self.Item.search([("number", "=", "V-1")]).payment_ids.amount, 200000.0)
        self.assertEqual(sorted(file.row_ids.mapped("change")), ["gone", "grown", "new", "partial"])

    def test_same_file_twice(self):
        """PF-20, PF-23: the same file again changes nothing, and says so."""
        self._apply(FIRST)
        before = self.Item.search([]).read()
        again = self._ageing(FIRST)
        self.assertIn("already", again.warning)
        self.assertEqual(self._counts(again), {"unchanged": 4})
        again.action_apply()
        after = self.Item.search([]).read()
        for row in [*before, *after]:
            row.pop("last_import_id")
        self.assertEqual(after, before)
        self.assertFalse(self.env["crm.receivable.payment"].search([]))
        with self.assertRaises(UserError):
            again.action_apply()

    def test_other_form_of_the_same_report(self):
        """PF-20: next week as .xls or web page: the same source, the same debts."""
        self._apply(FIRST)
        rows = files.ageing_rows(FIRST, day=NEXT_WEEK)
        for content in (files.xls(rows), files.page(rows), files.xlsx(rows, levels=False)):
            file = self._file(content)
            self.assertEqual(self._counts(file), {"unchanged": 4})

    def test_older_file_is_refused(self):
        """PF-20: an older file would bring old debts back."""
        old = self._ageing(FIRST[:1], "13 ноября 2026 г.")
        self._apply(FIRST)
        self.env.invalidate_all()
        self.assertIn("newer file", old.problem)
        with self.assertRaises(UserError):
            old.action_apply()
        self.assertEqual(len(self._open()), 4)

    def test_part_of_the_customers(self):
        """PF-20: a file of some customers pays nobody's debt off."""
        self._apply(FIRST)
        rows = files.ageing_rows(FIRST[:2], NEXT_WEEK, filtered="Отбор: Контрагент Равно Ромашка")
        file = self._file(files.xlsx(rows))
        self.assertTrue(file.is_partial)
        self.assertIn("some customers", file.warning)
        file.action_apply()
        self.assertEqual(len(self._open()), 4)
        self.assertFalse(file.row_ids)

    def test_half_of_the_debts_missing(self):
        """PF-20: when most debts are gone the file is taken for a part, until told otherwise."""
        docs = [files.doc(VECTOR, f"V-{n}", "01.10.2026", 10.0 + n, 2) for n in range(12)]
        self._apply(docs)
        file = self._ageing(docs[:4], NEXT_WEEK)
        self.assertTrue(file.is_partial)
        file.is_partial = False
        file.action_apply()
        self.assertEqual(len(self._open()), 4)

    def test_debt_comes_back(self):
        """PF-20: a debt taken for paid that is open again was not paid; history keeps both."""
        self._apply(FIRST)
        self._apply(FIRST[:3], NEXT_WEEK)
        third = self._apply(FIRST, "4 декабря 2026 г.")
        item = self.Item.search([("number", "=", "T-1")])
        self.assertEqual((item.state, item.open_amount), ("open", 494144.49))
        self.assertFalse(item.settled_date)
        self.assertEqual(item.payment_ids.reversed_import_id, third)

    def test_comes_back_in_part(self):
        """PF-20: what stays paid of a debt that comes back, stays; the rest was no payment."""
        self._apply(FIRST)
        self._apply(FIRST[:3], NEXT_WEEK)
        third = self._apply([*FIRST[:3], FIRST[3]._replace(amount=94144.49)], "4 декабря 2026 г.")
        item = self.Item.search([("number", "=", "T-1")])
        self.assertEqual((item.open_amount, item.amount), (94144.49, 494144.49))
        [undone] = item.payment_ids.filtered("reversed_import_id")
        [left] = item.payment_ids - undone
        self.assertEqual((undone.amount, undone.reversed_import_id), (494144.49, third))
        self.assertEqual((left.amount, left.date, left.inferred), (400000.0, undone.date, True))

    def test_open_debt_grows_back(self):
        """PF-20: payments of an open debt that grows back are undone, the newest first."""
        amounts = (494144.49, 394144.49, 194144.49, 344144.49)
        days = ("6 ноября 2026 г.", "13 ноября 2026 г.", "20 ноября 2026 г.", NEXT_WEEK)
        for amount, day in zip(amounts, days, strict=True):
            self._apply([FIRST[3]._replace(amount=amount)], day)
        item = self.Item.search([("number", "=", "T-1")])
        payments = item.payment_ids.filtered(lambda one: not one.reversed_import_id)
        self.assertEqual(
            payments.sorted("date").mapped(lambda one: (one.date, one.amount)),
            [(date(2026, 11, 13), 100000.0), (date(2026, 11, 20), 50000.0)],
        )
        self.assertAlmostEqual(sum(payments.mapped("amount")) + item.open_amount, item.amount, 2)
        self._apply([FIRST[3]._replace(amount=600000.0)], "4 декабря 2026 г.")
        self.assertFalse(item.payment_ids.filtered(lambda one: not one.reversed_import_id))
        self.assertEqual((item.open_amount, item.amount), (600000.0, 600000.0))

    def test_day_ahead(self):
        """PF-20: a report of the whole month pays nothing in days to come, nor blocks the next."""
        file = self._ageing(FIRST, "31 декабря 2026 г.")
        self.assertEqual(file.date, date(2026, 12, 7))
        self.assertIn("still to come", file.warning)
        file.action_apply()
        again = self._ageing(FIRST[:3], "7 декабря 2026 г.")
        self.assertFalse(again.problem)
        again.action_apply()
        gone = self.Item.search([("number", "=", "T-1")])
        self.assertEqual((gone.settled_date, gone.payment_ids.date), (date(2026, 12, 7),) * 2)

    def test_bad_files(self):
        """PF-20: one clear message each; nothing is taken, nothing wiped."""
        self._apply(FIRST)
        rows = files.ageing_rows(FIRST, NEXT_WEEK)
        wrong = files.ageing_rows(FIRST, NEXT_WEEK, total=[1.0, None, None, None, None, None, None])
        empty = [(0, ["Отчет не сформирован. Нажмите кнопку «Сформировать»."])]
        for content, text in (
            (files.xlsx(wrong), "Totals do not add up"),
            (files.xlsx(rows[:-4]), "The line of totals is missing"),
            (files.xlsx(empty), "No header was found"),
            (files.xlsx(rows)[:3000], "damaged"),
            (b"%PDF-1.7", "PDF"),
            (b"\x00\x01", "not a table"),
        ):
            with self.subTest(text):
                file = self._file(content)
                self.assertEqual(file.state, "failed")
                self.assertIn(text, file.message)
                self.assertFalse(file.row_ids)
        self.assertEqual(len(self._open()), 4)
        file = self._file(files.xlsx(wrong))
        self.assertIn("row 19, Итого, Задолженность", file.message.replace("\u00a0", " "))
        file.action_back()
        self.assertEqual(file.state, "draft")

    def test_two_companies(self):
        """PF-20: the same document in two companies is two debts."""
        self._apply(FIRST)
        other = self.env["res.company"].create({"name": "Second"})
        self.accountant.company_ids = [(4, other.id)]
        file = self._ageing(FIRST[:1], company_id=other.id)
        self.assertEqual(file.source_id.company_id, other)
        file.action_apply()
        self.assertEqual(len(self.Item.search([("number", "=", "R-1")])), 2)
        self.assertEqual(len(self._open()), 4)

    def test_balances_leave_documents_alone(self):
        """PF-20: a trial balance is another source; it neither pays nor doubles documents."""
        self._apply(FIRST)
        rows = files.trial_balance_rows({CAMOMILE: (0.0, 531070.56, 0.0)})
        file = self._file(files.xlsx(rows))
        self.assertIn("rates no payers", file.warning)
        self.assertEqual(self._counts(file), {"new": 1})
        file.action_apply()
        self.assertEqual(self.Item.search_count([("state", "=", "open")]), 5)
        self.assertEqual(
            self.Item.search([("source_id", "=", file.source_id.id)]).due_source, "missing"
        )

    def test_history_is_kept(self):
        """PF-20: applied files cannot be deleted; others leave nothing behind."""
        applied = self._apply(FIRST)
        with self.assertRaises(UserError):
            applied.unlink()
        file = self._ageing([files.doc("Новая фирма", "N-1", "01.11.2026", 1.0)], NEXT_WEEK)
        self.assertTrue(self.Firm.search([("name", "=", "Новая фирма")]))
        file.unlink()
        self.assertFalse(self.Firm.search([("name", "=", "Новая фирма")]))
        self.assertTrue(self.Firm.search([("name", "=", CAMOMILE)]))

    def test_long_file_in_the_background(self):
        """PF-20: a long file is read and applied by the scheduler."""
        with (
            patch.object(crm_receivable_import, "BACKGROUND_SIZE", 100),
            patch.object(crm_file_import, "BACKGROUND_SIZE", 100),
        ):
            file = self._ageing(FIRST)
            self.assertEqual((file.state, file.step), ("queued", "read"))
            self._work()
            self.assertEqual(file.state, "preview")
            file.action_apply()
            self.assertEqual((file.state, file.step), ("queued", "apply"))
            self._work()
        self.assertEqual(file.state, "done")
        self.assertEqual(len(self._open()), 4)

    def _work(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_payment_plan.ir_cron_receivable_import").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestReceivableTable(ReceivableCommon):
    NOW = NOW

    ROWS = (
        ("ООО Вектор", "7701234567", "Н-1", "01.10.2026", "31.10.2026", "1000,50", "0"),
        ("ИП Сидоров", "", "Н-2", "02.10.2026", "", "200", "50"),
    )

    def test_columns_are_asked_once(self):
        """PF-20: unknown headings are asked for once and learned."""
        file = self._file(files.table_csv(self.ROWS))
        self.assertEqual(file.state, "columns")
        self.assertFalse(file.problem)
        targets = dict(file.column_ids.mapped(lambda c: (c.header, c.target)))
        self.assertEqual(targets["ИНН"], "tax_id")
        file.action_confirm_columns()
        self.assertEqual(file.state, "preview")
        self.assertEqual(file.no_due_count, 1)
        file.action_apply()
        self.assertEqual(self._open(), {"Н-1": 1000.50, "Н-2": 150.0})
        again = self._file(files.table_csv(self.ROWS[:1]))
        self.assertEqual(again.state, "preview")
        self.assertEqual(self._counts(again), {"unchanged": 1, "gone": 1})

    def test_columns_that_lack(self):
        """PF-20: what is missing or doubled is said before going on."""
        file = self._file(files.table_csv([("a", "1"), ("b", "2")], headers=("Кто", "Сколько")))
        self.assertIn("Say which column is", file.problem)
        with self.assertRaises(UserError):
            file.action_confirm_columns()
        file.column_ids.target = "document"
        self.assertIn("Two columns are", file.problem)

    def test_renamed_columns_continue_the_source(self):
        """PF-20: new headings of the same program do not double its debts."""
        file = self._file(files.table_csv(self.ROWS))
        file.action_confirm_columns()
        file.action_apply()
        headers = ("Фирма", "ИНН", "Документ", "Дата", "Оплатить до", "Сумма", "Оплачено")
        renamed = self._file(files.table_csv(self.ROWS, headers=headers))
        self.assertEqual(renamed.state, "columns")
        self.assertEqual(renamed.source_id, file.source_id)
        renamed.action_confirm_columns()
        self.assertEqual(self._counts(renamed), {"unchanged": 2})

    def test_currencies(self):
        """PF-20: amounts of another currency keep it; an unknown one is refused."""
        headers = ("Контрагент", "Документ", "Срок оплаты", "Долг", "Валюта")
        rows = [("A", "1", "01.11.2026", "100", "EUR"), ("A", "2", "01.11.2026", "50", "")]
        currency = self.env.ref("base.EUR")
        currency.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", currency.id)]).unlink()
        file = self._file(files.table_csv(rows, headers=headers))
        file.action_confirm_columns()
        self.assertEqual(file.state, "failed", "100 EUR are not 100 of our money")
        self.assertIn("no exchange rate", file.message)
        self.assertIn("EUR", file.message)
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "company_id": self.company.id, "name": "2026-01-01",
             "inverse_company_rate": 1.5}
        )  # fmt: skip
        file.action_back()
        file.action_read()
        self.assertEqual(file.total_amount, 200.0)
        file.action_apply()
        euro = self.Item.search([("number", "=", "1")])
        self.assertEqual(euro.currency_id, self.env.ref("base.EUR"))
        bad = self._file(files.table_csv([("A", "3", "01.11.2026", "1", "EURO")], headers=headers))
        self.assertEqual(bad.state, "failed")
        self.assertIn("EURO", bad.message)

    def test_source_in_a_currency_without_rate(self):
        """PF-20: nor are amounts without currency of a source that has one without a rate."""
        file = self._file(files.table_csv(self.ROWS))
        file.action_confirm_columns()
        file.action_apply()
        kenya = self.env.ref("base.KES")
        self.env["res.currency.rate"].search([("currency_id", "=", kenya.id)]).unlink()
        file.source_id.currency_id = kenya
        again = self._file(files.table_csv(self.ROWS))
        self.assertEqual(again.state, "failed")
        self.assertIn("KES", again.message)


@tagged("post_install", "-at_install")
class TestReceivableDueDates(ReceivableCommon):
    """PF-16, PF-20: a due date that the file lacks is inferred where it can be, else flagged."""

    NOW = NOW

    def _due(self, number="V-1"):
        item = self.Item.search([("number", "=", number)])
        return item.due_date, item.due_source

    def test_age_of_the_debt(self):
        """PF-20: not overdue: not known; then the latest day that agrees with its age."""
        docs = [files.doc(VECTOR, "V-1", "20.10.2026", 10.0, 0)]
        file = self._apply(docs)
        self.assertEqual(file.no_due_count, 1)
        self.assertEqual(self._due(), (False, "missing"))
        self._apply([docs[0]._replace(interval=1)], NEXT_WEEK)
        self.assertEqual(self._due(), (date(2026, 11, 26), "interval"))
        self._apply([docs[0]._replace(interval=2)], "5 декабря 2026 г.")
        self.assertEqual(self._due(), (date(2026, 11, 26), "interval"))

    def test_days_to_pay(self):
        """PF-20: days to pay give the date, unless the report says otherwise."""
        self._apply([files.doc(VECTOR, "V-0", "20.10.2026", 1.0, 0)], "1 ноября 2026 г.")
        self.env["crm.receivable.source"].search([]).payment_days = 30
        self._apply(
            [
                files.doc(VECTOR, "V-1", "20.10.2026", 10.0, 1),
                files.doc(VECTOR, "V-2", "20.10.2026", 10.0, 3),
            ]
        )
        self.assertEqual(self._due("V-1"), (date(2026, 11, 19), "term"))
        self.assertEqual(self._due("V-2"), (date(2026, 11, 4), "interval"))
