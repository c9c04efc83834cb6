"""Results of reminders are money, whatever else makes a debt leave the lists."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderResult(ReminderCommon):
    def _result(self, day=7):
        self.Reminder._judge_results(self.company, NIGHT + timedelta(days=day))
        reminder = self.Reminder.search([("partner_id", "=", self.payer.id)])
        return reminder.asked_amount, reminder.paid_amount

    def _offset(self, move, account, day, **values):
        """An entry that closes an invoice against an account."""
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal.id,
                "date": NIGHT + timedelta(days=day),
                "line_ids": [
                    Command.create({"account_id": account.id, "debit": move.amount_total}),
                    Command.create({"account_id": self.receivable.id, "partner_id": self.payer.id,
                                    "credit": move.amount_total}),
                ],
                **values,
            }
        )  # fmt: skip
        entry.action_post()
        (entry | move).line_ids.filtered(
            lambda line: line.account_id == self.receivable
        ).reconcile()

    def test_invoiced_is_not_paid(self):
        """PF-13, TN-24: a planned payment that accounting invoices has brought no money."""
        contract = self._contract([(100, -8)])
        payment = contract.payment_ids
        self._remind()
        move = self._invoice(3, 100, post=False)
        move.invoice_line_ids.write(
            {"crm_contract_id": contract.id, "crm_contract_payment_id": payment.id}
        )
        move.action_post()
        self.assertEqual(self._result(), (100, 0))
        self._entry(move, 5)
        self.assertEqual(payment.state, "received")
        self.assertEqual(self._result(8), (100, 100), "entered late, paid in time")

    def test_credit_note_and_write_off(self):
        """PF-13: a debt that we gave up was not paid."""
        credited, lost = self._invoice(-8, 100), self._invoice(-8, 50)
        self._remind()
        note = self._invoice(2, 100, kind="out_refund")
        (note | credited).line_ids.filtered(
            lambda line: line.account_id == self.receivable
        ).reconcile()
        expense = self.env["account.account"].create(
            {"name": "Lost debts", "code": "LOST1", "account_type": "expense",
             "company_ids": [Command.set(self.company.ids)]}
        )  # fmt: skip
        self._offset(lost, expense, 2)
        self.assertEqual({credited.amount_residual, lost.amount_residual}, {0})
        self.assertEqual(self._result(), (150, 0))

    def test_twin_of_a_file(self):
        """PF-20: an invoice that appears for a debt of the file is no payment of it."""
        self._file_debt("F-1", -8, 100)
        self._remind()
        self._invoice(-8, 100)
        self.assertEqual(self._result(), (100, 0))

    def test_money_of_a_file(self):
        """PF-20: payments that the weekly file shows count by their day."""
        item = self._file_debt("F-1", -8, 100)
        self._remind()
        for day, amount in ((3, 60), (9, 40)):
            self.env.cr.execute(
                """INSERT INTO crm_receivable_payment (item_id, company_id, date, amount, inferred)
                   VALUES (%s, %s, %s, %s, TRUE)""",
                (item.id, self.company.id, NIGHT + timedelta(days=day), amount),
            )
        self.assertEqual(self._result(), (100, 60))

    def test_whenever_it_is_judged(self):
        """PF-13: judged a month later, after a pause of the nights, the figure is the same."""
        first, second, before = (self._invoice(-8, 100) for _ in range(3))
        self._remind()
        self._entry(first, 6)
        self._entry(second, 9)
        self._entry(before, -2)
        self.assertEqual(self._result(30), (300, 100))

    def test_draft_money_is_none(self):
        """TN-25: a payment that goes back to draft takes the result back."""
        move = self._invoice(-8, 100)
        self._remind()
        entry = self._entry(move, 3)
        self.assertEqual(self._result(), (100, 100))
        entry.button_draft()
        self.assertEqual(self._result(8), (100, 0))
