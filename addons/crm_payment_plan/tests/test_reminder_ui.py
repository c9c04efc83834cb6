"""The review list in the real web client, from the debts to the mail."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .phone_walk import FIGURE, FORM, RECORD, form, walk
from .reminder_common import NIGHT, ReminderCommon, files


@tagged("post_install", "-at_install")
class TestReminderUi(ReminderCommon, HttpCase):
    def test_review_and_send(self):
        """PF-13, PF-16: a list of this week is looked at, one text edited, and sent."""
        self.payer.name = "Vector Auto"
        other = self._debtor("Orion Parts")
        promised = self._debtor("Promised Ltd")
        for partner in (self.payer, other, promised):
            self._invoice(-5, partner=partner)
        self._promise(5, partner=promised)
        self.start_tour("/odoo/overdue-week", "crm_payment_reminder", login="debts_accountant")
        run = self.Run.search([("scope", "=", "week")])
        self.assertEqual(run.state, "done")
        states = {one.partner_id.name: one.state for one in run.reminder_ids}
        self.assertEqual(
            states, {"Vector Auto": "sent", "Orion Parts": "waiting", "Promised Ltd": "waiting"}
        )
        self.assertEqual(self._mails().subject, "About your invoice, Ivan")

    def test_review(self):
        """PF-13, PF-16: dropped, made anew, a held one ticked, another level, sent behind."""
        self.payer.name = "Vector Auto"
        other, mute = self._debtor("Orion Parts"), self._debtor("Mute Ltd", email=False)
        for partner in (self.payer, other, mute):
            self._invoice(-8, partner=partner)
        self._promise(5, partner=other)
        self.levels[7].copy({"name": "Posted letter", "days": 8, "channel": "letter",
                             "active": True, "for_unrated": False})  # fmt: skip
        run_module = "odoo.addons.crm_payment_plan.models.crm_payment_reminder_run.AT_ONCE"
        with patch(run_module, 1):
            self.start_tour(
                "/odoo/reminders-to-review", "crm_payment_reminder_review",
                login="debts_accountant",
            )  # fmt: skip
        runs = self.Run.search([("scope", "=", "due")], order="id")
        self.assertEqual(runs.mapped("state"), ["cancelled", "sending"])
        reports = type(self.env["ir.actions.report"])
        letter = lambda self, *args, **kwargs: (b"%PDF-1.4 letter", "pdf")  # noqa: E731
        with patch.object(reports, "_render_qweb_pdf", letter):
            runs[1]._send_chosen()
        self.assertEqual((runs[1].state, runs[1].sent_count, runs[1].letter_count), ("done", 3, 1))
        self.assertEqual(self._of(runs[1], mute).channel, "letter")
        self.assertTrue(self._mails(other), "ticked though a promise is open")

    def test_promise_on_the_card(self):
        """PF-13, PF-18: a promise is noted on the customer's card and seen there."""
        for due in (-100, -90, -80):
            self._invoice(due)
        self._run()
        url = f"/odoo/customers-watched/{self.payer.id}"
        self.start_tour(url, "crm_payment_promise", login="bpm_manager")
        promise = self.Promise.search([("partner_id", "=", self.payer.id)])
        self.assertEqual((promise.amount, promise.user_id), (300.0, self.manager))


@tagged("post_install", "-at_install")
class TestReminderPhone(ReminderCommon, HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_button_of_the_week(self):
        """PF-21: on a phone the button stands above the cards of debts, and works."""
        self.payer.name = "Vector Auto"
        self._invoice(-5)
        self.start_tour(
            "/odoo/overdue-week", "crm_payment_reminder_phone", login="debts_accountant"
        )
        self.assertTrue(self._of(self.Run.search([("scope", "=", "week")])))

    def test_widths(self):
        """EC-22, PF-16, PF-20: each screen of debts, reminders, cash and bank shows its records,
        and none scrolls sideways."""
        file, firm = self._fill_screens()
        walk(
            self,
            [
                *[
                    (path, RECORD)
                    for path in (
                        "overdue-week", "debts", "promises-to-pay", "payment-disputes",
                        "payment-reminders", "payment-reminders-sent", "cash-documents",
                        "bank-lines", "debt-files", "debt-firms", "payers",
                    )
                ],
                ("reminder-results", FIGURE),
                ("cash-plan-fact", FIGURE),
                (form(file), f"{FORM}[name=row_ids] .o_kanban_record"),
                (form(firm), FORM),
                (form(self._state()), FORM),
            ],
            login="debts_accountant",
        )  # fmt: skip

    def _fill_screens(self):
        """Something in each screen: an empty one is never too wide.

        :return: a file with its difference, a firm that is nobody's
        """
        long = "A customer with a very long name of many words Limited Liability Company"
        self.payer.name = long
        self._invoice(-5, 123456.78)
        disputed = self._invoice(-6, 9876543.21)
        # Who has promised is not reminded.
        self._promise(5, 100)
        reminded = self._debtor(f"{long} Two", email="two@example.com")
        move = self._invoice(-5, 123456.78, partner=reminded)
        self.Dispute.create({"move_id": disputed.id, "reason": "goods", "user_id": self.manager.id})
        self._remind()
        self._entry(move, 1)
        self.Reminder._judge_results(self.company, NIGHT + timedelta(days=7))
        journal = self.env["account.journal"].create(
            {"name": "Bank of a long name", "code": "PHBNK", "type": "bank",
             "company_id": self.company.id}
        )  # fmt: skip
        self.env["account.bank.statement.line"].create(
            {"journal_id": journal.id, "payment_ref": "Payment by invoice " * 6, "amount": 1234567,
             "date": NIGHT, "partner_id": self.payer.id}
        )  # fmt: skip
        self._run()
        docs = [files.doc(long + " of another town", "0000-471326", "28.10.2026", 9876543.21, 3)]
        self._apply(docs)
        firm = self.Firm.search([("name", "=", docs[0].customer)])
        return self._ageing([docs[0]._replace(amount=1.5)]), firm
