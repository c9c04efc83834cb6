"""What holds a reminder back, and what a person may overrule."""

from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderHold(ReminderCommon):
    def setUp(self):
        super().setUp()
        self.move = self._invoice(-8, 100)

    def _hold(self, day=0):
        reminder = self._of(self._review(day))
        self.assertEqual(reminder.chosen, not reminder.hold_reason)
        return reminder.hold_reason

    def test_nothing(self):
        self.assertFalse(self._hold())
        self.assertFalse(self._of(self._review()).hold_text)

    def test_open_promise(self):
        """PF-13: while a promise is open its debts wait; the day after it they do not."""
        self._promise(5)
        self.assertEqual(self._hold(), "promise")
        self.assertIn("until", self._of(self._review()).hold_text)
        self.assertEqual(self._hold(6), "promise")
        self.assertFalse(self._hold(7))

    def test_promise_covers_the_oldest(self):
        """PF-13: a promise of a part holds the oldest debts up to its amount."""
        new = self._invoice(-3, 40)
        self._promise(5, 100)
        reminder = self._of(self._review())
        self.assertFalse(reminder.hold_reason)
        self.assertEqual(self._documents(reminder), {new.name: 40.0})

    def test_promise_of_a_document(self):
        new = self._invoice(-3, 40)
        self._promise(5, 40, move_id=new.id)
        self.assertEqual(self._documents(self._of(self._review())), {self.move.name: 100.0})

    def test_withdrawn_promise(self):
        promise = self._promise(5)
        promise.action_withdraw()
        self.assertFalse(self._hold())

    def test_overruled_promise(self):
        """PF-13: a person may remind nevertheless; the debts stand in the table then."""
        self._promise(5)
        run = self._review()
        self._of(run).with_user(self.accountant).chosen = True
        self._send(run)
        self.assertEqual(self._of(run).state, "sent")
        self.assertIn(self.move.name, self._mails().body_html)
        self.assertTrue(self._of(run).document_ids.sent_date)

    def test_do_not_disturb(self):
        """PF-13: nothing is sent until the day that was agreed, with a reason."""
        with self.assertRaises(ValidationError):
            self.payer.reminder_pause_until = NIGHT
        self.payer.write(
            {"reminder_pause_until": NIGHT + timedelta(days=3), "reminder_pause_reason": "Fire"}
        )
        self.assertEqual(self._hold(), "pause")
        self.assertIn("Fire", self._of(self._review()).hold_text)
        self.assertEqual(self._hold(3), "pause")
        self.assertFalse(self._hold(4))

    def _credit(self, amount, kind="entry"):
        if kind == "out_refund":
            return self._invoice(-1, amount, kind=kind)
        return self._credit_by_hand(amount)

    def test_money_not_assigned(self):
        """PF-13: who has paid is not reminded because nobody has assigned his money."""
        self._credit(60)
        reminder = self._of(self._review())
        self.assertFalse(reminder.hold_reason)
        self.assertEqual(reminder.unapplied_amount, 60.0)
        self.assertIn("60", reminder.hold_text)
        self.assertIn("not assigned yet", reminder._get_documents_html())
        self._credit(40, "out_refund")
        self.assertEqual(self._hold(), "unapplied")
        self.assertIn("assign it first", self._of(self._review()).hold_text)

    def test_money_of_a_draft_invoice(self):
        """TN-25: money on an invoice that went back to draft is not assigned either."""
        other = self._invoice(-20, 100)
        self._entry(other, -1)
        self.assertFalse(self._hold())
        other.button_draft()
        self.assertEqual(self._hold(), "unapplied")

    def test_below_the_least_amount(self):
        self.levels[7].min_amount = 100.01
        self.assertEqual(self._hold(), "small")
        self.levels[7].min_amount = 100
        self.assertFalse(self._hold())

    def test_no_address(self):
        """PF-13: without an address a person gives one, or chooses a call or a letter."""
        self.payer.email = False
        run = self._review()
        reminder = self._of(run).with_user(self.accountant)
        self.assertEqual(reminder.hold_reason, "no_email")
        self.assertIn("role", reminder.hold_text)
        with self.assertRaises(UserError):
            reminder.chosen = True
        reminder.level_id = self.levels[14]
        self.assertFalse(reminder.hold_reason)
        self.assertTrue(reminder.chosen)
        self._send(run)
        self.assertEqual(reminder.state, "sent")
        self.assertTrue(reminder.activity_id)

    def test_address_chosen_by_hand(self):
        self.payer.email = False
        run = self._review()
        contact = self.env["res.partner"].create(
            {"name": "Ivan", "parent_id": self.payer.id, "email": "ivan@example.com"}
        )
        self._of(run).with_user(self.accountant).recipient_ids = contact
        self._send(run)
        self.assertEqual(self._mails().recipient_ids, contact)

    def test_mail_that_came_back(self):
        """PF-13: a bounce is seen in the next list; a new address cures it."""
        self._remind()
        reminder = self.Reminder.search([("partner_id", "=", self.payer.id)])
        notification = reminder.message_id.notification_ids
        notification.write({"notification_status": "bounce"})
        self.assertEqual(reminder.delivery, "Came back")
        self.assertEqual(self._hold(22), "bounced")
        self.assertIn("office@payer.example.com", self._of(self._review(22)).hold_text)
        self.payer.email = "new@payer.example.com"
        self.assertFalse(self._hold(22))

    def test_reminded_lately(self):
        """PF-13: some days between reminders, unless a debt has come to a later level."""
        self.company.reminder_gap_days = 5
        self._remind()
        self._invoice(-6, 20)
        self.assertEqual(self._hold(1), "recent")
        self._invoice(-29, 20)
        self.assertFalse(self._hold(1))
        self.assertFalse(self._hold(5))

    def test_blocked_by_accounting(self):
        self.move.action_toggle_block_payment()
        self.assertEqual(self._hold(), "blocked")

    def test_contact_who_wants_no_mails(self):
        """PF-13: a contact opts out; another one of the customer is written to, or nobody."""
        role = self.env.ref("crm_payment_plan.contact_role_payments")
        olga, petr = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": self.payer.id, "email": f"{name}@example.com",
                 "contact_role_ids": [Command.link(role.id)]}
                for name in ("olga", "petr")
            ]
        )  # fmt: skip
        olga.reminder_optout = True
        self.assertEqual(self._of(self._review()).recipient_ids, petr)
        (petr | self.payer).reminder_optout = True
        self.assertEqual(self._hold(), "no_email")

    def test_by_hand_only(self):
        """PF-13: an important customer is reminded only if a person decides so."""
        self.payer.reminder_mode = "by_hand"
        self.levels[7].is_automatic = True
        self.assertEqual(self._hold(), "by_hand")
        run = self._review()
        self._of(run).with_user(self.accountant).chosen = True
        self._send(run)
        self.assertEqual(self._of(run).state, "sent")

    def test_by_hand_from_the_card(self):
        """PF-13: who asks for a reminder of this customer has decided."""
        self.payer.reminder_mode = "by_hand"
        self.assertFalse(self._of(self._review(scope="partners", partners=self.payer)).hold_reason)

    def test_never(self):
        """PF-13: a debt with the lawyers is reminded of by nobody; the reason is told."""
        with self.assertRaises(ValidationError):
            self.payer.reminder_mode = "stop"
        self.payer.write({"reminder_mode": "stop", "reminder_mode_reason": "Lawsuit 12/26"})
        for scope in ("due", "partners"):
            reminder = self._of(self._review(scope=scope, partners=self.payer))
            self.assertEqual(reminder.hold_reason, "stop")
            self.assertIn("Lawsuit 12/26", reminder.hold_text)
            with self.assertRaises(UserError):
                reminder.with_user(self.accountant).chosen = True

    def test_private_person(self):
        """PF-13: natural persons are not reminded by themselves unless the company says so."""
        self.payer.is_company = False
        self.assertEqual(self._hold(), "person")
        self.assertIn("private person", self._of(self._review()).hold_text)
        self.company.reminder_persons = True
        self.assertFalse(self._hold())

    def test_sender_is_told_of_a_bounce(self):
        """PF-13: a mail that came back is an activity of its sender, at once and once."""
        self._remind()
        reminder = self.Reminder.search([("partner_id", "=", self.payer.id)])
        notification = reminder.message_id.notification_ids
        before = self.payer.activity_ids
        notification.write({"notification_status": "bounce"})
        activity = self.payer.activity_ids - before
        self.assertEqual((len(activity), activity.user_id), (1, self.manager))
        self.assertIn("office@payer.example.com", activity.note)
        notification.write({"notification_status": "bounce"})
        self.Reminder._tell_undelivered()
        self.assertEqual(self.payer.activity_ids - before, activity)

    def test_night_tells_of_failures(self):
        """PF-13: a mail that could not be sent is told in the night; one under way is not."""
        self._remind()
        reminder = self.Reminder.search([("partner_id", "=", self.payer.id)])
        notification = reminder.message_id.notification_ids
        before = self.payer.activity_ids
        self.Reminder._tell_undelivered()
        notification.write({"notification_status": "exception"})
        self.assertEqual(self.payer.activity_ids, before, "the outbox may try again")
        self.Reminder._tell_undelivered()
        self.assertEqual(len(self.payer.activity_ids - before), 1)

    def test_other_company(self):
        """PF-13: neither customers of another company nor our own firms are reminded."""
        company = self.env["res.company"].create({"name": "Other Company"})
        self.payer.company_id = False
        ours = self._debtor("Ours")
        self._invoice(-8, partner=ours)
        company.partner_id = ours
        run = self._review()
        self.assertEqual(self._of(run, ours).hold_reason, "company")
        self.assertFalse(self.Run._get_open(company).reminder_ids, "each company its own debts")
        with self.assertRaises(UserError):
            self._of(run, ours).with_user(self.accountant).chosen = True
