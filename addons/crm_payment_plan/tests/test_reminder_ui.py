"""The review list in the real web client, from the debts to the mail."""

from odoo.tests import HttpCase, tagged

from .reminder_common import ReminderCommon


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

    def test_promise_on_the_card(self):
        """PF-13, PF-18: a promise is noted on the customer's card and seen there."""
        for due in (-100, -90, -80):
            self._invoice(due)
        self._run()
        url = f"/odoo/customers-watched/{self.payer.id}"
        self.start_tour(url, "crm_payment_promise", login="bpm_manager")
        promise = self.Promise.search([("partner_id", "=", self.payer.id)])
        self.assertEqual((promise.amount, promise.user_id), (300.0, self.manager))
