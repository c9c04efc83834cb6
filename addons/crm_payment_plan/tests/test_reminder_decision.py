"""A decision of a person holds for the level it was made at; a higher level asks again."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .reminder_common import ReminderCommon
from .test_reminder_automatic import AutomaticCommon


@tagged("post_install", "-at_install")
class TestDecisionAtNight(AutomaticCommon):
    """Levels that send by themselves, and a person who looked before the night."""

    def _mine(self, day):
        return self._of(self._review(day)).with_user(self.accountant)

    def test_unticked_until_the_next_level(self):
        """PF-13: “I shall call him” stops one level, not all that follow."""
        self._invoice(0)
        reminder = self._mine(1)
        reminder.chosen = False
        self.assertFalse(self._night(1) + self._night(2))
        self.assertIn("until the next level", reminder.hold_text)
        sent = self._night(7)
        self.assertEqual((sent, sent.level_id), (reminder.sudo(), self.levels[7]))

    def test_level_and_text_until_the_next_level(self):
        """PF-13: what was typed for the polite letter does not go out with the second one."""
        self._invoice(0)
        reminder = self._mine(7)
        reminder.level_id = self.levels[1]
        reminder.subject = "Only for the polite letter"
        self.assertFalse(self._night(7) + self._night(8))
        self.assertEqual(reminder.level_id, self.levels[1])
        self.levels[14].write({"channel": "mail", "template_id": self.levels[7].template_id.id})
        sent = self._night(14)
        self.assertEqual(sent.level_id, self.levels[14])
        self.assertNotIn("Only for", self._mails().subject)

    def test_recipients_stay(self):
        """PF-13: whoever chose the director is not asked at each level: he gets the next, too."""
        self._invoice(0)
        director = self.env["res.partner"].create(
            {"name": "Director", "parent_id": self.payer.id, "email": "director@example.com"}
        )
        self._mine(1).recipient_ids = [Command.set(director.ids)]
        self.assertFalse(self._night(1))
        self.assertEqual(self._night(7).recipient_ids, director)
        self.assertEqual(self._mails().recipient_ids, director)

    def test_the_claim_is_not_lowered(self):
        """PF-13: a claim that a person chose is not replaced by a lower level of later days."""
        self._invoice(0)
        reminder = self._mine(8)
        reminder.level_id = self.levels[30]
        self.assertFalse(self._night(14))
        self.assertEqual(reminder.level_id, self.levels[30])


@tagged("post_install", "-at_install")
class TestDecisionInLists(ReminderCommon):
    """Lists that people send, and “Remind” on a card."""

    def test_left_out_of_the_next_list(self):
        """PF-13: who was unticked is not ticked by the list of tomorrow, but by the next level."""
        other = self._debtor("Second")
        self._invoice(-8), self._invoice(-8, partner=other)
        run = self._review()
        self._of(run).with_user(self.accountant).chosen = False
        self._send(run)
        self.assertEqual(self._of(run, other).state, "sent")
        again = self._of(self._review(1))
        self.assertEqual((again.chosen, again.hold_reason), (False, False))
        self.assertIn("Unticked by a person", again.hold_text)
        self.assertTrue(self._of(self._review(6)).chosen, "the turn of the next level")

    def test_other_debts_ask_again(self):
        """PF-13: an untick is none of a new debt, once what it was about is paid."""
        self._leave_out_and_replace()

    def test_other_debts_in_the_open_list(self):
        """PF-13: the same where the list was looked at before the debt was paid."""
        self._leave_out_and_replace(look=True)

    def _leave_out_and_replace(self, look=False):
        other = self._debtor("Second")
        old, _sent = self._invoice(-16), self._invoice(-16, partner=other)
        run = self._review()
        self._of(run).with_user(self.accountant).chosen = False
        self._send(run)
        if look:
            self.assertFalse(self._of(self._review(1)).chosen)
        self._entry(old, 1)
        self._invoice(0)
        again = self._of(self._review(1))
        self.assertEqual((again.level_id, again.chosen), (self.levels[1], True))

    def test_a_lower_level_is_left(self):
        """PF-13: the dear debt is paid, a small one is left: its next level asks again."""
        old = self._invoice(-15)
        self._invoice(-1)
        reminder = self._of(self._review())
        reminder.with_user(self.accountant).chosen = False
        self._entry(old, 1)
        self.assertEqual(self._of(self._review(1)), reminder)
        self.assertEqual((reminder.level_id, reminder.chosen), (self.levels[1], False))
        self.assertTrue(self._of(self._review(6)).chosen)

    def test_dropped_list_decides_nothing(self):
        """PF-13: what was unticked in a list that was dropped is ticked in the next one."""
        self._invoice(-8)
        run = self._review()
        self._of(run).with_user(self.accountant).chosen = False
        run.with_user(self.accountant).action_cancel()
        self.assertTrue(self._of(self._review(1)).chosen)

    def _from_the_card(self):
        return self._of(self._review(scope="partners", partners=self.payer)).with_user(
            self.accountant
        )

    def test_a_higher_level_is_sent(self):
        """PF-13, PF-22: reminded of today, claimed today: a person may; the same level not."""
        move = self._invoice(-8)
        self.assertEqual(self._remind(), self.payer)
        reminder = self._from_the_card()
        self.assertEqual((reminder.hold_reason, reminder.chosen), ("sent", False))
        reminder.level_id = self.levels[7]
        self.assertEqual(reminder.hold_reason, "sent")
        with self.assertRaisesRegex(UserError, "higher level"):
            reminder.chosen = True
        reminder.level_id = self.levels[30]
        self.assertEqual((reminder.hold_reason, reminder.chosen), (False, True))
        self._send(reminder.run_id)
        self.assertEqual(reminder.state, "sent", reminder.error)
        self.assertEqual(reminder.document_ids.filtered("sent_date").level_id, self.levels[30])
        claim = self._mails().filtered(lambda mail: "Claim" in mail.subject)
        self.assertIn(move.name, claim.body_html)
        self.assertFalse(self._of(self._review(30)), "claimed already")

    def test_level_and_tick_at_once(self):
        """PF-13: a form saves level and tick together; a lower level stays unticked."""
        self._invoice(-8)
        self._remind()
        reminder = self._from_the_card()
        reminder.write({"level_id": self.levels[1].id, "chosen": True})
        self.assertEqual((reminder.hold_reason, reminder.chosen), ("sent", False))
        reminder.write({"level_id": self.levels[30].id, "chosen": True})
        self.assertEqual((reminder.hold_reason, reminder.chosen), (False, True))

    def test_two_people_claim(self):
        """PF-13: what went out after a person looked is not sent once more at his level."""
        self._invoice(-8)
        first, second = self._from_the_card(), self._from_the_card()
        second.level_id = self.levels[30]
        self._send(first.run_id)
        self._send(second.run_id)
        self.assertEqual((first.state, second.state), ("sent", "waiting"))
        self.assertEqual(second.hold_reason, "sent")
        self.assertEqual(len(self._mails()), 1)
