"""All that holds a reminder back counts; a tick overrules the reasons that it saw."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .reminder_common import NIGHT, UnappliedCommon

SEND = "odoo.addons.crm_payment_plan.models.crm_payment_reminder_send"


@tagged("post_install", "-at_install")
class TestReminderReasons(UnappliedCommon):
    def _pause(self):
        self.payer.write(
            {"reminder_pause_until": NIGHT + timedelta(days=9), "reminder_pause_reason": "Moving"}
        )

    def test_nobody_to_send_to(self):
        """PF-13: without an address no soft reason lets a person send a mail to nobody."""
        self.payer.email = False
        cures = {
            "person": lambda: self.payer.write({"is_company": False}),
            "pause": self._pause,
            "promise": lambda: self._promise(5),
            "small": lambda: self.levels[7].write({"min_amount": 5000}),
        }
        for code, cause in cures.items():
            with self.subTest(code):
                cause()
                reminder = self._of(self._review())
                self.assertEqual(reminder.hold_reason, "no_email")
                self.assertIn(code, reminder._get_hold_codes())
                with self.assertRaises(UserError):
                    reminder.with_user(self.accountant).chosen = True

    def test_a_mail_needs_a_recipient(self):
        """PF-13: whatever ticked it, a mail to nobody fails and marks no debt as reminded of."""
        self.payer.email = False
        run = self._review()
        reminder = self._of(run)
        reminder.sudo().write({"hold_codes": False, "chosen": True})
        run._look_again(reminder)
        self.assertEqual((reminder.hold_reason, reminder.chosen), ("no_email", False))
        with self.assertRaisesRegex(UserError, "no address"), self.cr.savepoint():
            reminder._send()
        self.assertFalse(reminder.document_ids.filtered("sent_date"))

    def test_address_lost_at_the_last_moment(self):
        """PF-13: the address is gone between the look and the sending: it is not sent."""
        run = self._review()
        self.payer.email = False
        with mute_logger(SEND):
            self._send(run)
        self.assertEqual((self._of(run).state, self._of(run).hold_reason), ("waiting", "no_email"))
        self.assertFalse(self._mails())

    def test_money_before_other_reasons(self):
        """PF-13: who has paid by bank is not reminded by a tick that did not see the money."""
        self.payer.is_company = False
        run = self._review()
        reminder = self._of(run).with_user(self.accountant)
        self.assertEqual(reminder.hold_reason, "person")
        reminder.chosen = True
        self._bank_line(100)
        self._send(run)
        self.assertEqual((reminder.state, reminder.chosen), ("waiting", False))
        self.assertEqual(reminder.hold_reason, "unapplied")
        self.assertFalse(self._mails())
        for words in ("100", "assign it first", "private person"):
            self.assertIn(words, reminder.hold_text)
        run = self._review()
        self._of(run).with_user(self.accountant).chosen = True
        self._send(run)
        self.assertEqual(self._of(run).state, "sent", "seen and decided")

    def test_money_behind_a_promise(self):
        """PF-13: money that came is told though a promise holds all debts as well."""
        self._promise(5)
        self._bank_line(100)
        run = self._review()
        reminder = self._of(run).with_user(self.accountant)
        self.assertEqual(reminder._get_hold_codes(), ["unapplied", "promise"])
        reminder.chosen = True
        self._send(run)
        self.assertEqual(reminder.state, "sent")
        self.assertIn(self.move.name, self._mails().body_html, "the table is not empty")

    def test_a_part_of_the_money(self):
        """PF-13: less than the debt holds nothing back, and is named beside other reasons."""
        self._pause()
        self._bank_line(30)
        reminder = self._of(self._review())
        self.assertEqual(reminder._get_hold_codes(), ["pause"])
        self.assertRegex(reminder.hold_text, "Moving.*30.*not assigned yet")

    def test_another_reason_overnight(self):
        """PF-13: a tick overrules the reason that was shown, not the one that came after it."""
        self._pause()
        run = self._review()
        self._of(run).with_user(self.accountant).chosen = True
        self.assertTrue(self._of(self._review()).chosen, "the same reason: the tick stays")
        self._bank_line(100)
        reminder = self._of(self._review(1))
        self.assertEqual((reminder.hold_reason, reminder.chosen), ("unapplied", False))

    def test_one_of_two_reasons_is_gone(self):
        """PF-13: fewer reasons than the person saw keep the tick."""
        self._pause()
        line = self._bank_line(100)
        run = self._review()
        self._of(run).with_user(self.accountant).chosen = True
        line.partner_id = False
        reminder = self._of(self._review())
        self.assertEqual((reminder.hold_reason, reminder.chosen), ("pause", True))

    def test_channel_cures_the_address_only(self):
        """PF-13: a call instead of a mail does not lift what else holds it back."""
        self.payer.email = False
        self._pause()
        reminder = self._of(self._review()).with_user(self.accountant)
        reminder.level_id = self.levels[14]
        self.assertEqual((reminder.hold_reason, reminder.chosen), ("pause", False))
        reminder.chosen = True
        reminder.level_id = self.levels[7]
        self.assertEqual((reminder.hold_reason, reminder.chosen), ("no_email", False))

    def test_address_that_came_back(self):
        """PF-13: another recipient lifts what the bounced address held back."""
        self._remind()
        sent = self.Reminder.search([("partner_id", "=", self.payer.id)])
        sent.message_id.notification_ids.write({"notification_status": "bounce"})
        reminder = self._of(self._review(22)).with_user(self.accountant)
        self.assertEqual(reminder.hold_reason, "bounced")
        contact = self.env["res.partner"].create(
            {"name": "Ivan", "parent_id": self.payer.id, "email": "ivan@example.com"}
        )
        reminder.recipient_ids = [Command.set(contact.ids)]
        self.assertEqual((reminder.hold_reason, reminder.chosen), (False, True))
