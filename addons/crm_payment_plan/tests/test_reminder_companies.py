"""One customer who owes to two companies of ours: each reminds of its own."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderCompanies(ReminderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create(
            {"name": "Second Works", "email": "second@example.com", "phone": "+7 812 300-00-00",
             "currency_id": cls.company.currency_id.id, "reminder_gap_days": 0}
        )  # fmt: skip
        cls.env.user.company_ids |= cls.other
        for company, number in ((cls.company, "40702810000000000001"),
                                (cls.other, "40702810000000000002")):  # fmt: skip
            cls.env["res.partner.bank"].create(
                {"acc_number": number, "partner_id": company.partner_id.id, "sequence": -1}
            )
        env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.other.ids})
        cls.there = env
        accounts = env["account.account"].create(
            [
                {"name": name, "code": f"SEC{place}", "account_type": kind,
                 "company_ids": [Command.set(cls.other.ids)],
                 "reconcile": kind == "asset_receivable"}
                for place, (name, kind) in enumerate(
                    (("Debtors", "asset_receivable"), ("Sales", "income")))
            ]
        )  # fmt: skip
        cls.their_debtors, cls.their_revenue = accounts
        cls.their_sales = env["account.journal"].create(
            {"name": "Sales", "code": "SSAL", "type": "sale", "company_id": cls.other.id,
             "default_account_id": cls.their_revenue.id}
        )  # fmt: skip
        cls.payer.with_company(cls.other).property_account_receivable_id = cls.their_debtors
        cls.Level.search([("company_id", "=", cls.other.id)]).write(
            {"attach_invoices": False, "attach_statement": False}
        )

    def _their_invoice(self, due, amount):
        move = self.there["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": self.other.id,
                "partner_id": self.payer.id,
                "journal_id": self.their_sales.id,
                "invoice_date": NIGHT + timedelta(days=due - 30),
                "invoice_date_due": NIGHT + timedelta(days=due),
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Goods", "price_unit": amount, "tax_ids": [Command.clear()],
                         "account_id": self.their_revenue.id}
                    )
                ],
            }
        )  # fmt: skip
        move.action_post()
        return move

    def test_one_customer_of_two(self):
        """PF-13: two mails, each with its debts, level, requisites and sender."""
        self.assertFalse(self.payer.company_id)
        self.payer.user_id = False
        ours, theirs = self._invoice(-8, 111), self._their_invoice(-2, 222)
        run, their_run = self.Run._get_open(self.company), self.Run._get_open(self.other)
        mine, other = self._of(run), self._of(their_run)
        self.assertEqual(self._documents(mine), {ours.name: 111.0})
        self.assertEqual(self._documents(other), {theirs.name: 222.0})
        self.assertEqual(mine.level_id, self.levels[7])
        self.assertEqual((other.level_id.days, other.level_id.company_id), (1, self.other))
        run._send_chosen()
        self.assertEqual((mine.state, other.state), ("sent", "waiting"))
        self.assertFalse(other.document_ids.filtered("sent_date"), "sent in one marks none there")
        again = self.Run._get_open(self.other)
        self.assertTrue(self._of(again).chosen)
        again._send_chosen()
        mails = self._mails().sorted("id")
        self.assertEqual(len(mails), 2)
        for mail, number, name, foreign in (
            (mails[0], "40702810000000000001", self.company.name, "Second Works"),
            (mails[1], "40702810000000000002", "Second Works", None),
        ):
            self.assertIn(number, mail.body_html)
            self.assertIn(name, mail.subject)
            if foreign:
                self.assertNotIn(foreign, mail.body_html)
        self.assertNotIn("40702810000000000001", mails[1].body_html)
        self.assertIn("+7 812 300-00-00", mails[1].body_html)
        self.assertIn("second@example.com", mails[1].email_from)

    def test_last_reminder_is_the_companys(self):
        """PF-13: days between reminders count in each company by itself."""
        self.company.reminder_gap_days = self.other.reminder_gap_days = 5
        self._invoice(-8, 111)
        self._their_invoice(-2, 222)
        self._remind()
        their = self._of(self.Run._get_open(self.other))
        self.assertFalse(their.hold_reason)
        self.assertFalse(their.last_date)

    def _their_money(self, amount):
        """Money in the second company that no invoice has taken yet."""
        journal = self.there["account.journal"].create(
            {"name": "Payments", "code": "SPAY", "type": "general", "company_id": self.other.id}
        )
        self.there["account.move"].create(
            {
                "move_type": "entry",
                "company_id": self.other.id,
                "journal_id": journal.id,
                "date": NIGHT,
                "line_ids": [
                    Command.create({"account_id": self.their_revenue.id, "debit": amount}),
                    Command.create({"account_id": self.their_debtors.id, "credit": amount,
                                    "partner_id": self.payer.id}),
                ],
            }
        ).action_post()  # fmt: skip

    def _look(self, times=2):
        """What every night does: one company after the other."""
        for _time in range(times):
            self.Run._get_open(self.company)
            self.Run._get_open(self.other)

    def test_one_accountant_of_two(self):
        """PF-13: money of one company asks once, and no list of another says it is assigned."""
        self.accountant.company_ids |= self.other
        (self.company | self.other).reminder_assigner_id = self.accountant
        self._invoice(-8, 111)
        self._their_invoice(-8, 100)
        self._their_money(100)
        messages = self.payer.message_ids
        self._look()
        asked = self.payer.activity_ids
        self.assertEqual(asked.mapped("reminder_company_id"), self.other)
        self.assertEqual(len(asked), 1)
        self.assertEqual(self.payer.message_ids, messages, "nothing is told as done")
        self.other.reminder_assigner_id = self.manager
        self._credit_by_hand(111)
        self._look()
        self.assertEqual(
            {one.reminder_company_id: one.user_id for one in self.payer.activity_ids},
            {self.other: self.accountant, self.company: self.accountant},
            "each company asks for its own money",
        )
        (self._their_moves() - self._their_invoices()).button_draft()
        self._look(1)
        self.assertEqual(
            self.payer.activity_ids.reminder_company_id, self.company, "whoever has it"
        )

    def _their_moves(self):
        return self.there["account.move"].search([("company_id", "=", self.other.id)])

    def _their_invoices(self):
        return self._their_moves().filtered(lambda move: move.move_type == "out_invoice")

    def test_a_call_of_each(self):
        """AL-05, PF-13: each company calls about its own debts; a promise ends the one call."""
        self.manager.company_ids |= self.other
        ours, theirs = self._invoice(-15, 111), self._their_invoice(-15, 222)
        for company in (self.company, self.other):
            self.Run._get_open(company)._send_chosen()
        calls = self.payer.activity_ids.filtered(lambda one: one.call_reason == "payment")
        notes = {one.reminder_company_id: one.note for one in calls}
        self.assertEqual(len(calls), 2)
        self.assertIn(ours.name, notes[self.company])
        self.assertIn(theirs.name, notes[self.other])
        self.assertIn("222", notes[self.other])
        self.assertNotIn("222", notes[self.company])
        self.assertIn("Second Works", calls[-1].summary + calls[0].summary)
        self.assertEqual(calls.user_id, self.manager)
        promise = self.Promise.with_user(self.manager).create(
            {"partner_id": self.payer.id, "amount": 111.0, "date": NIGHT + timedelta(days=3)}
        )
        self.assertEqual(promise.activity_id.reminder_company_id, self.company)
        left = self.payer.activity_ids.filtered(lambda one: one.call_reason == "payment")
        self.assertEqual(left.reminder_company_id, self.other)
