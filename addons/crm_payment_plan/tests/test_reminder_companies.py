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
