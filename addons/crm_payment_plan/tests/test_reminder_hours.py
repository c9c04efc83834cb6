"""When reminders leave: nobody is written to about a debt at night or on a holiday."""

from datetime import datetime

from psycopg2.errors import CheckViolation

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .reminder_common import ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderHours(ReminderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.nightly_tz = "Europe/Moscow"
        cls.company.resource_calendar_id.tz = "Europe/Moscow"
        cls.payer.write({"tz": "Europe/Moscow", "country_id": False})

    def _sent_at(self, moment, automatic=True):
        """The mail of a reminder that the night sends, or a person, at a moment (UTC)."""
        self._invoice(-8)
        with freeze_time(moment):
            run = self.Run._get_open(self.company)
            reminder = self._of(run)
            if automatic:
                reminder.level_id.is_automatic = True
                night = self.env["crm.nightly.run"]._create_run(self.company, run.date, "manual")
                stage = night.stage_ids.filtered(lambda one: one.code == "payment_reminder")
                night._stage_payment_reminder(stage)
            else:
                run.with_user(self.accountant).action_send()
            self.assertEqual(reminder.state, "sent")
            delivery = reminder.delivery
        return self._mails(), delivery

    def test_the_night_of_a_saturday(self):
        """PF-13: what the sweep sends on Saturday at 01:00 leaves on Monday at 9:00."""
        mail, delivery = self._sent_at("2026-11-27 22:00:00")
        self.assertEqual(mail.scheduled_date, datetime(2026, 11, 30, 6, 0))
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("Leaves on", delivery)
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(datetime(2026, 11, 30, 6, 1), triggers.mapped("call_at"))

    def test_holiday(self):
        """PF-13: a holiday of the company is no day for reminders either."""
        self.env["resource.calendar.leaves"].create(
            {"name": "Holiday", "calendar_id": self.company.resource_calendar_id.id,
             "company_id": self.company.id, "date_from": "2026-11-29 21:00:00",
             "date_to": "2026-11-30 20:59:59"}
        )  # fmt: skip
        mail, _delivery = self._sent_at("2026-11-27 22:00:00")
        self.assertEqual(mail.scheduled_date, datetime(2026, 12, 1, 6, 0))

    def test_clock_of_the_recipient(self):
        """PF-13: nine in the morning is that of whoever gets the mail, not of the sender."""
        self.payer.tz = "Asia/Vladivostok"
        mail, _delivery = self._sent_at("2026-11-24 22:00:00")
        self.assertEqual(mail.scheduled_date, datetime(2026, 11, 24, 23, 0))

    def test_country_of_the_recipient(self):
        """PF-13: without a zone a country that has only one tells it."""
        self.payer.write({"tz": False, "country_id": self.env.ref("base.jp").id})
        mail, _delivery = self._sent_at("2026-11-24 22:00:00")
        self.assertEqual(mail.scheduled_date, datetime(2026, 11, 25, 0, 0))

    def test_late_in_the_evening(self):
        """PF-13: a person who sends at 22:00 sends for the next morning, and is told so."""
        mail, delivery = self._sent_at("2026-11-24 19:00:00", automatic=False)
        self.assertEqual(mail.scheduled_date, datetime(2026, 11, 25, 6, 0))
        self.assertIn("Leaves on", delivery)

    def test_by_day(self):
        """PF-13: within the hours a mail does not wait; at 18:00 they are over."""
        mail, delivery = self._sent_at("2026-11-24 14:59:00", automatic=False)
        self.assertFalse(mail.scheduled_date)
        self.assertNotIn("Leaves on", delivery)

    def test_hours_are_the_companys(self):
        """PF-13: the hours are a setting; senseless ones are refused in words."""
        self.company.write({"reminder_hour_first": 10.5, "reminder_hour_last": 17})
        mail, _delivery = self._sent_at("2026-11-24 14:00:00", automatic=False)
        self.assertEqual(mail.scheduled_date, datetime(2026, 11, 25, 7, 30))
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.company.write({"reminder_hour_first": 18})
            self.env.flush_all()
