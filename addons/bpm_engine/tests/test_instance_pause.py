"""Suspending stops the clock of people's tasks; timers are moments and stay."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .run_common import RunCommon, chain, end, start, task

WORKING = '<bpm:deadline amount="4" unit="hour" remind="2"/>'
CALENDAR = '<bpm:deadline amount="2" unit="day" basis="calendar" remind="6"/>'
OF_THE_RECORD = '<bpm:deadline path="x_due"/>'
#: A Friday.
STARTED = "2026-03-06 10:00:00"


@tagged("post_install", "-at_install")
class TestInstancePause(RunCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "9 to 5",
                "tz": "UTC",
                "company_id": cls.env.company.id,
                "attendance_ids": [(5, 0, 0)]
                + [
                    (0, 0, {"name": day, "dayofweek": day, "hour_from": 9, "hour_to": 17})
                    for day in "01234"
                ],
            }
        )
        cls.worker.tz = "UTC"

    def begin(self, key, settings=""):
        user = f'<bpm:assignment kind="user" user="{self.worker.login}"/>'
        steps = (task("Visa", settings=user + settings), end(), chain("Start", "Visa", "End"))
        process = self.make(key, start(), *steps)
        with freeze_time(STARTED):
            return self.launch(process)

    def pause(self, instances, since, until):
        for moment, act in ((since, "action_suspend"), (until, "action_resume")):
            with freeze_time(moment):
                getattr(instances.with_user(self.manager), act)()
                self.env.flush_all()
        self.env.invalidate_all()

    def sweep(self, moment):
        # A commit would end the test's transaction.
        commit = patch.object(type(self.env["ir.cron"]), "_commit_progress")
        with freeze_time(moment), commit:
            self.env["bpm.task"]._cron_deadlines()
        self.env.invalidate_all()

    def test_working_time(self):
        """HU-24: one working hour was left on Friday, and is left when it goes on."""
        instance = self.begin("working", WORKING)
        work = instance.task_ids
        self.assertEqual(work.deadline, datetime(2026, 3, 6, 14))
        self.assertEqual(work.remind_at, datetime(2026, 3, 6, 12))
        # Friday 13:00 to Tuesday 13:00: four hours of Friday, eight of Monday, four of Tuesday.
        self.pause(instance, "2026-03-06 13:00:00", "2026-03-10 13:00:00")
        self.assertEqual(work.deadline, datetime(2026, 3, 10, 14))
        self.assertEqual(work.activity_ids.date_deadline, date(2026, 3, 10))
        self.assertFalse(instance.suspended_at)

    def test_over_a_weekend(self):
        """HU-24: a pause of days off takes no working time away, and gives none back."""
        instance = self.begin("weekend", '<bpm:deadline amount="8" unit="hour"/>')
        self.assertEqual(instance.task_ids.deadline, datetime(2026, 3, 9, 10))
        self.pause(instance, "2026-03-06 18:00:00", "2026-03-09 08:00:00")
        self.assertEqual(instance.task_ids.deadline, datetime(2026, 3, 9, 10))

    def test_calendar_time(self):
        """HU-24: by the clock it moves by as much as the pause took; the reminder, too."""
        instance = self.begin("calendar", CALENDAR)
        self.pause(instance, "2026-03-07 00:00:00", "2026-03-11 06:30:00")
        self.assertEqual(instance.task_ids.deadline, datetime(2026, 3, 12, 16, 30))
        self.assertEqual(instance.task_ids.remind_at, datetime(2026, 3, 12, 10, 30))
        self.assertEqual(instance.task_ids.activity_ids.date_deadline, date(2026, 3, 12))

    def test_twice(self):
        """HU-24: each pause counts once."""
        instance = self.begin("twice", CALENDAR)
        self.pause(instance, "2026-03-06 11:00:00", "2026-03-06 12:00:00")
        self.pause(instance, "2026-03-06 13:00:00", "2026-03-06 15:00:00")
        self.assertEqual(instance.task_ids.deadline, datetime(2026, 3, 8, 13))
        with freeze_time("2026-03-06 18:00:00"):
            instance.with_user(self.manager).action_resume()
        self.assertEqual(instance.task_ids.deadline, datetime(2026, 3, 8, 13))

    def test_date_of_the_record(self):
        """HU-24: a day that the record names is that day, whatever stood still."""
        self.env["ir.model.fields"].create(
            {
                "name": "x_due",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "date",
                "field_description": "Due",
            }
        )
        self.partner["x_due"] = "2026-03-20"
        instance = self.begin("path", OF_THE_RECORD)
        self.pause(instance, "2026-03-07 00:00:00", "2026-03-11 00:00:00")
        self.assertEqual(instance.task_ids.deadline, datetime(2026, 3, 20, 23, 59, 59))

    def test_without_deadline(self):
        """HU-24: its activity comes up as many days after the pause as after its beginning."""
        instance = self.begin("free")
        activity = instance.task_ids.activity_ids
        self.assertEqual(activity.date_deadline, date(2026, 3, 11))
        self.pause(instance, "2026-03-06 11:00:00", "2026-03-16 11:00:00")
        self.assertEqual(activity.date_deadline, date(2026, 3, 19))
        work = instance.task_ids
        self.assertEqual(work.calendar_at.date(), date(2026, 3, 19))
        week = [("calendar_at", ">=", "2026-03-30"), ("calendar_at", "<", "2026-04-06")]
        self.assertIn(work, self.env["bpm.task"].search(week), "it is looked at, not left out")

    def test_no_new_day_meanwhile(self):
        """HU-24: nobody sets a day that the pause would move again; afterwards as before."""
        instance = self.begin("day", CALENDAR)
        activity = instance.task_ids.activity_ids.with_user(self.worker)
        instance.with_user(self.manager).action_suspend()
        with self.assertRaisesRegex(UserError, "is suspended"), self.cr.savepoint():
            activity.date_deadline = "2026-03-20"
        instance.with_user(self.manager).action_resume()
        activity.date_deadline = "2026-03-20"
        self.assertEqual(instance.task_ids.deadline, datetime(2026, 3, 20, 10))

    def test_nothing_escalates_on_resuming(self):
        """HU-24: what was in time when it was suspended is in time when it goes on."""
        to_whom = f'<bpm:escalation kind="user" user="{self.designer.login}" action="notify"/>'
        instance = self.begin("told", WORKING + to_whom)
        self.pause(instance, "2026-03-06 11:00:00", "2026-03-16 11:00:00")
        work = instance.task_ids
        self.sweep("2026-03-16 11:01:00")
        self.assertFalse(work.escalated_at)
        self.assertFalse(work.reminded_at)
        self.sweep("2026-03-16 14:01:00")
        self.assertTrue(work.reminded_at)
        self.assertTrue(work.escalated_at)

    def test_many_at_once(self):
        """HU-24: resumed together: queries do not grow with their number, but for activities."""
        process = self.make(
            "many", start(), task("Visa", settings=WORKING), end(), chain("Start", "Visa", "End")
        )
        partners = self.env["res.partner"].create([{"name": f"P{i}"} for i in range(24)])
        with freeze_time(STARTED):
            instances = process.sudo()._start(partners, starter=self.worker)
            instances.action_suspend()
            self.env.flush_all()
        few, many = instances[:4], instances[4:]
        counts = []
        for group in (few, many):
            self.env.invalidate_all()
            tasks = group._get_waiting_tasks()
            before = self.env.cr.sql_log_count
            tasks._move_by_pause(datetime(2026, 3, 6, 11), datetime(2026, 3, 9, 11))
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)
