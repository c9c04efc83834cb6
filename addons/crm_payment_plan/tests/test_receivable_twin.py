"""A debt that is both an invoice and a line of the weekly file counts once, everywhere."""

from datetime import timedelta

from odoo.tests import tagged

from . import report_files as files
from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestReceivableTwin(ReminderCommon):
    def _world(self):
        """100 in both by number, 70 in both by day and amount, 30 in the file only."""
        invoice = self._invoice(-8, 100)
        invoice.ref = "00БП-000123"
        self._file_debt("00БП000123", -8, 100)
        self._invoice(-9, 70)
        self._file_debt("other number", -9, 70)
        self._file_debt("F-7", -10, 30)
        self.Item._find_twins(self.company)
        return invoice

    def _sums(self):
        """What list, forecast, digest and rating say is owed."""
        self.env.invalidate_all()
        mine = [("partner_id", "=", self.payer.id), ("company_id", "=", self.company.id)]
        rows = self.env["crm.receivable"].search(mine)
        forecast = self.env["crm.cash.forecast"].with_company(self.company).search(mine)
        self._run()
        digest = self.env["crm.debt.digest"]._get_debtors(self.company, NIGHT)
        return (
            sum(rows.mapped("open_amount")),
            sum(forecast.mapped("amount_company")),
            float(sum(row["amount"] for row in digest if row["partner_id"] == self.payer.id)),
            self._state().overdue_amount,
        )

    def test_once_everywhere(self):
        """PF-20, PF-28: list, forecast, digest and class of the payer count a debt once."""
        self._world()
        self.assertEqual(self._sums(), (200.0,) * 4)
        self.assertEqual(self._state().debt_count, 3)

    def _two_true_debts(self, numbers):
        """Two debts of a file of one day and amount, the invoice is that with number 123."""
        for number in numbers:
            self._file_debt(number, -8, 100)
        invoice = self._invoice(-8, 100, post=False)
        invoice.ref = "123"
        invoice.action_post()
        return invoice

    def test_the_number_takes_its_invoice(self):
        """PF-20: an invoice that a number joins is no twin of another debt of that amount."""
        for numbers in (("77", "123"), ("123", "77")):
            with self.subTest(numbers), self.cr.savepoint() as saved:
                invoice = self._two_true_debts(numbers)
                self.assertEqual(self._sums(), (200.0,) * 4)
                twins = {one.number: one.twin_move_id for one in self.Item.search(
                    [("partner_id", "=", self.payer.id)])}  # fmt: skip
                self.assertEqual(twins["123"], invoice)
                self.assertFalse(twins["77"])
                documents = self._documents(self._of(self._review()))
                self.assertEqual(documents, {"Sale 77": 100.0, invoice.name: 100.0})
                saved.rollback()
                self.env.invalidate_all()

    def test_the_amount_takes_the_rest(self):
        """PF-20: of two invoices of one amount, the number takes its own, the amount the other."""
        other = self._invoice(-8, 100)
        self._two_true_debts(("77", "123"))
        self.assertEqual(self.Item.search([("number", "=", "77")]).twin_move_id, other)
        self.assertEqual(self._sums(), (200.0,) * 4)

    def test_draft_again(self):
        """PF-20: of an invoice that is draft again, the file counts."""
        invoice = self._world()
        invoice.button_draft()
        rows = self.env["crm.receivable"].search([("partner_id", "=", self.payer.id)])
        self.assertEqual(sum(rows.mapped("open_amount")), 200)
        self.assertNotIn(invoice, rows.move_id)
        invoice.action_post()
        rows = self.env["crm.receivable"].search([("partner_id", "=", self.payer.id)])
        self.assertEqual(sum(rows.mapped("open_amount")), 200)
        self.assertIn(invoice, rows.move_id)

    def test_one_source_only(self):
        """PF-20: who has chosen one source sees all of it, whatever is in the other."""
        self._world()
        rule = self.env["crm.payer.rule"].create({"company_id": self.company.id, "origin": "file"})
        self.assertEqual(self._sums(), (200.0,) * 4)
        rows = self.env["crm.receivable"].search([("partner_id", "=", self.payer.id)])
        self.assertEqual(set(rows.mapped("origin")), {"file"})
        rule.origin = "odoo"
        self.assertEqual(self._sums(), (170.0,) * 4)

    def test_posting_and_files(self):
        """PF-20: twins are found as an invoice is posted, a firm assigned and a file applied."""
        self._file_debt("N-1", -8, 100)
        self._invoice(-8, 100)
        self.assertTrue(self.Item.search([("number", "=", "N-1")]).twin_move_id)
        self._apply([files.doc("Unknown", "R-5", "24.10.2026", 55.0, 2)])
        item = self.Item.search([("number", "=", "R-5")])
        other = self._debtor("Somebody")
        move = self._invoice(0, 55, partner=other)
        self.assertEqual(str(move.invoice_date), "2026-10-24")
        self.assertFalse(item.twin_move_id)
        item.firm_id.partner_id = other
        self.assertEqual(item.twin_move_id, move)

    def test_at_night(self):
        """PF-20, PK-12: a number that is typed later is seen by the night."""
        item = self._file_debt("X-9", -8, 100, date=-37)
        move = self._invoice(-8, 101)
        self.assertFalse(item.twin_move_id)
        move.ref = "X-9"
        night = self.env["crm.nightly.run"]._create_run(self.company, NIGHT, "manual")
        stage = night.stage_ids.filtered(lambda one: one.code == "payer_discipline")
        night._stage_payer_discipline(stage)
        self.assertEqual(item.twin_move_id, move)
        self.assertEqual(move.invoice_date, NIGHT - timedelta(days=38))
