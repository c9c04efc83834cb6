"""Levels that send by themselves, night after night, with nobody pressing a button."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .reminder_common import NIGHT, ReminderCommon

SEND = "odoo.addons.crm_payment_plan.models.crm_payment_reminder_send"


class AutomaticCommon(ReminderCommon):
    """Every level sends by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for level in cls.levels.values():
            level.is_automatic = True

    def _night(self, day):
        """The stage of the night; the reminders that went out in it."""
        before = self.Reminder.search([("state", "=", "sent")])
        night = NIGHT + timedelta(days=day)
        run = self.env["crm.nightly.run"]._create_run(self.company, night, "manual")
        stage = run.stage_ids.filtered(lambda one: one.code == "payment_reminder")
        with freeze_time(night + timedelta(hours=1)):
            run._stage_payment_reminder(stage)
        return self.Reminder.search([("state", "=", "sent")]) - before


@tagged("post_install", "-at_install")
class TestReminderAutomatic(AutomaticCommon):
    def _count_open(self):
        return self.Run.search_count(
            [("company_id", "=", self.company.id), ("scope", "=", "due"),
             ("state", "in", ("review", "sending"))]
        )  # fmt: skip

    def test_every_level_in_its_turn(self):
        """PF-13, PK-12: 1, 7, 14, 30 days overdue: four reminders, and one open list."""
        self._invoice(0)
        sent = {day: self._night(day).level_id.days for day in (1, 2, 7, 8, 14, 30, 31)}
        self.assertEqual(sent, {1: 1, 2: 0, 7: 7, 8: 0, 14: 14, 30: 30, 31: 0})
        self.assertEqual(self._count_open(), 1)
        self.assertEqual(len(self._mails()), 3, "the call is a task")
        done = self.Run.search([("state", "=", "done")])
        self.assertEqual(done.mapped("sent_count"), [1, 1, 1, 1])
        self.assertTrue(all(done.mapped("date_sent")))

    def test_failed_mail_is_tried_again(self):
        """PF-13: a mail that failed in the night is tried in the next one."""
        self._invoice(-8)

        def fail(reminder):
            raise UserError("The mail server refused")  # pylint: disable=translation-required

        with patch.object(type(self.Reminder), "_send_mail", fail), mute_logger(SEND):
            self.assertFalse(self._night(0))
        failed = self.Reminder.search([("state", "=", "failed")])
        self.assertEqual((failed.partner_id, failed.run_id.state), (self.payer, "done"))
        self.assertEqual(self._night(1).partner_id, self.payer)

    def test_a_night_that_was_killed(self):
        """PK-12: what a killed night left in the open list leaves it with the next look."""
        self._invoice(-1)
        with patch.object(type(self.Run), "_file_away", lambda run: run.browse()):
            self.assertTrue(self._night(0))
        run = self._review(0)
        self.assertFalse(run.reminder_ids)
        self.assertEqual(self._night(6).level_id, self.levels[7])


@tagged("post_install", "-at_install")
class TestWithoutAddress(AutomaticCommon):
    """Nobody looks at a list that the night sends: who is not reminded is told to a person."""

    def setUp(self):
        super().setUp()
        self.payer.email = False
        self._invoice(0)

    def _asked(self):
        kind = self.env.ref("crm_payment_plan.mail_activity_type_address")
        return self.payer.activity_ids.filtered(lambda one: one.activity_type_id == kind)

    def test_asked_once_a_level(self):
        """PF-13: no e-mail: the responsible is asked once, and at the next level again."""
        self.assertFalse(self._night(1) + self._night(2))
        asked = self._asked()
        self.assertEqual((len(asked), asked.user_id), (1, self.manager))
        self.assertIn("give a contact the role", asked.note)
        self.assertIn("100", asked.note)
        asked.action_done()
        self.assertFalse(self._night(3))
        self.assertFalse(self._asked(), "he was asked at this level")
        self._night(7)
        self.assertEqual(len(self._asked()), 1)

    def test_done_by_itself(self):
        """PF-13: with an address the activity is done and the mail leaves in the same night."""
        self._night(1)
        self.assertTrue(self._asked())
        self.payer.email = "found@example.com"
        self.assertEqual(self._night(2).partner_id, self.payer)
        self.assertFalse(self._asked())

    def test_mail_that_came_back(self):
        """PF-13: an address that bounced at the last level is asked for at the next one."""
        self.payer.email = "old@example.com"
        sent = self._night(1)
        sent.message_id.notification_ids.write({"notification_status": "bounce"})
        self.payer.activity_ids.unlink()
        self.assertFalse(self._night(7))
        self.assertIn("old@example.com", self._asked().note)

    def test_only_what_lacks_nothing_else(self):
        """PF-13: neither held back for another reason, nor in a list that people send."""
        self._promise(30)
        self._night(1)
        self.assertFalse(self._asked())
        self.Promise.search([("partner_id", "=", self.payer.id)]).action_withdraw()
        self.levels[1].is_automatic = False
        self._night(2)
        self.assertFalse(self._asked())

    def test_nobody_to_ask(self):
        """PF-13: without a salesperson and an accountant the sweep tells of it."""
        self.payer.user_id = False
        Company = type(self.company)
        self.patch(Company, "_get_payment_assigner", lambda company: self.env["res.users"])
        self._night(1)
        issue = self.env["crm.nightly.run.issue"].search([("partner_id", "=", self.payer.id)])
        self.assertIn("nobody who could do it", issue.message)
