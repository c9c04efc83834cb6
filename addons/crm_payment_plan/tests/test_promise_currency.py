"""Promises in another currency than the company's: kept by what was promised, not by rates."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestPromiseCurrency(ReminderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.env["res.currency"].with_context(active_test=False).search(
            [("id", "!=", cls.company.currency_id.id), ("name", "in", ("EUR", "USD"))], limit=1
        )  # fmt: skip
        cls.foreign.active = True
        # What one of it costs: dearer on the day of the promise than when it is paid.
        for day, price in ((-400, 90), (0, 95), (3, 80)):
            cls.env["res.currency.rate"].create(
                {"currency_id": cls.foreign.id, "name": NIGHT + timedelta(days=day),
                 "rate": 1 / price, "company_id": cls.company.id}
            )  # fmt: skip

    def _receive(self, balance, amount=None, day=4, move=None):
        """Money in company currency, worth an amount of the foreign one; on an invoice or not."""
        currency = self.foreign if amount else self.company.currency_id
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal.id,
                "date": NIGHT + timedelta(days=day),
                "line_ids": [
                    Command.create({"account_id": self.bank.id, "balance": balance,
                                    "currency_id": currency.id,
                                    "amount_currency": amount or balance}),
                    Command.create({"account_id": self.receivable.id, "balance": -balance,
                                    "currency_id": currency.id, "partner_id": self.payer.id,
                                    "amount_currency": -(amount or balance)}),
                ],
            }
        )  # fmt: skip
        entry.action_post()
        if move:
            (move | entry).line_ids.filtered(
                lambda line: line.account_id == self.receivable
            ).reconcile()

    def _foreign_invoice(self, amount=1000):
        move = self._invoice(-8, amount, post=False)
        move.currency_id = self.foreign
        move.invoice_line_ids.price_unit = amount
        move.action_post()
        return move

    def _judged(self, promise, day=12):
        self.Promise._judge_company(self.company, NIGHT + timedelta(days=day))
        return promise.state, round(promise.amount_received)

    def _promised(self, amount=1000, **values):
        return self._promise(5, amount, currency_id=self.foreign.id, **values)

    def test_of_a_document(self):
        """PF-17: 1000 promised for an invoice and paid in full is kept, whatever the rates."""
        move = self._foreign_invoice()
        promise = self._promised(move_id=move.id)
        self.assertEqual(promise.amount_company, 95_000)
        self._receive(80_000, 1000, move=move)
        self.assertEqual(self._judged(promise), ("kept", 95_000))

    def test_of_the_customer(self):
        """PF-17: the same for a promise that names no document, and a part is a part."""
        promise = self._promised()
        self._receive(48_000, 600)
        self.assertEqual(self._judged(promise, 3)[0], "open")
        self.assertEqual(self._judged(promise), ("partly", 57_000))
        self._receive(32_000, 400, day=5)
        self.assertEqual(self._judged(promise), ("kept", 95_000))

    def test_paid_in_our_currency(self):
        """PF-17: converted at the rate of the day, and a bank's fee breaks no promise."""
        promise = self._promised()
        self._receive(79_000)
        self.assertEqual(self._judged(promise)[0], "kept")
        other = self._debtor("Other")
        less = self._promised(partner=other)
        self.payer = other
        self._receive(77_000)
        self.assertEqual(self._judged(less)[0], "partly")

    def test_own_currency_is_exact(self):
        """PF-17: where nothing is converted not even a little may lack."""
        promise = self._promise(5, 1000)
        self._receive(990)
        self.assertEqual(self._judged(promise), ("partly", 990))

    def test_rest_holds_reminders(self):
        """PF-13: what is still promised is reckoned at the promise's rate."""
        move = self._foreign_invoice()
        promise = self._promised()
        self._receive(80_000, 1000, move=move)
        self._invoice(-8, 50)
        self.assertEqual(self._judged(promise, 4)[0], "kept")
        self.assertFalse(self._of(self._review(4)).hold_reason)

    def test_judged_without_lists(self):
        """PF-17: the night judges promises also where it prepares no reminders."""
        promise = self._promise(-5, made=-9)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_payment_promise SET state = 'open'")
        promise.invalidate_recordset()
        self.company.reminder_nightly = False
        night = self.env["crm.nightly.run"]._create_run(self.company, NIGHT, "manual")
        stage = night.stage_ids.filtered(lambda one: one.code == "payment_result")
        night._stage_payment_result(stage)
        self.assertEqual((promise.state, stage.created), ("broken", 1))
