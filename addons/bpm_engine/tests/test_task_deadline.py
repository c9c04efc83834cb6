from datetime import datetime
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .task_common import TaskCommon

APART = "odoo.addons.bpm_engine.models.bpm_task_apart"


@tagged("post_install", "-at_install")
class TestTaskDeadline(TaskCommon):
    """Until when, in working time; reminders before and escalation after."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "9 to 5",
                "tz": "UTC",
                "company_id": cls.env.company.id,
                "attendance_ids": [(5, 0, 0)]
                + [
                    (
                        0,
                        0,
                        {"name": str(day), "dayofweek": str(day), "hour_from": 9, "hour_to": 17},
                    )
                    for day in range(5)
                ],
            }
        )
        cls.env.company.resource_calendar_id = cls.calendar
        cls.cron = cls.env["bpm.task"]

    def _deadline(self, moment="2026-03-06 15:00:00", **deadline):
        with freeze_time(moment):
            return self._task_of(self.worker, deadline=deadline)

    def _sweep(self, moment):
        # A commit would end the test's transaction.
        commit = patch.object(type(self.env["ir.cron"]), "_commit_progress")
        with freeze_time(moment), commit:
            self.cron._cron_deadlines()
        self.env.invalidate_all()

    def _notices(self, user, since=0):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", user.partner_id.ids), ("id", ">", since)]
        )

    def test_working_hours_over_the_weekend(self):
        """HU-24: four working hours from Friday 15:00 end on Monday at 11:00."""
        task = self._deadline(amount=4, unit="hour")
        self.assertEqual(task.deadline, datetime(2026, 3, 9, 11))
        self.assertEqual(self._activities(task).date_deadline, fields.Date.to_date("2026-03-09"))

    def test_working_days(self):
        """HU-24: one working day is a day's hours of the calendar."""
        task = self._deadline(amount=1, unit="day", basis="working")
        self.assertEqual(task.deadline, datetime(2026, 3, 9, 15))

    def test_holiday(self):
        """HU-24: the company's days off do not count."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": "2026-03-09 00:00:00",
                "date_to": "2026-03-09 23:59:59",
            }
        )
        task = self._deadline(amount=4, unit="hour")
        self.assertEqual(task.deadline, datetime(2026, 3, 10, 11))

    def test_calendar_time(self):
        """HU-24: calendar time runs on through nights and weekends."""
        task = self._deadline(amount=2, unit="day", basis="calendar")
        self.assertEqual(task.deadline, datetime(2026, 3, 8, 15))

    def test_date_of_the_record(self):
        """HU-24: a date on the record means the end of that day."""
        self.env["ir.model.fields"].create(
            {
                "name": "x_due",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "date",
                "field_description": "Due",
            }
        )
        self.partner["x_due"] = "2026-03-20"
        task = self._deadline(path="x_due")
        self.assertEqual(task.deadline, datetime(2026, 3, 20, 23, 59, 59))

    def test_nonsense(self):
        """HU-24: a deadline that says nothing is none, and stops no process."""
        self.assertFalse(self._deadline(amount="soon").deadline)
        self.assertFalse(self._deadline(path="no_such_field").deadline)
        self.assertFalse(self._deadline().deadline)

    def test_due(self):
        """HU-24: lists are grouped by overdue, today and later."""
        soon = self._deadline(amount=1, unit="hour")
        later = self._deadline(amount=3, unit="day")
        none = self._deadline()
        tasks = soon | later | none
        with freeze_time("2026-03-06 15:30:00"):
            model = self.env["bpm.task"].with_user(self.worker)
            domain = [("id", "in", tasks.ids)]
            groups = dict(model._read_group(domain, ["due"], ["__count"]))
            self.assertEqual(groups, {"2_today": 1, "3_later": 2})
            self.assertEqual(model.search([*domain, ("due", "=", "2_today")]), soon)
            self.assertEqual(soon.due, "2_today")
        with freeze_time("2026-03-06 16:30:00"):
            soon.invalidate_recordset()
            self.assertTrue(soon.is_overdue)
            self.assertEqual(model.search([*domain, ("due", "in", ["1_overdue"])]), soon)

    def test_reminder_once(self):
        """HU-10, HU-24: one message before the deadline, not two."""
        task = self._deadline(amount=4, unit="hour", remind=2)
        last = self._notices(self.worker)[:1].id
        self._sweep("2026-03-09 08:30:00")
        self.assertFalse(self._notices(self.worker, last))
        for moment in ("2026-03-09 09:30:00", "2026-03-09 09:35:00"):
            self._sweep(moment)
        notice = self._notices(self.worker, last)
        self.assertEqual(len(notice), 1)
        self.assertIn("Due soon", notice.subject)
        self.assertIn("Vector", notice.body)
        self.assertTrue(task.reminded_at)

    def test_reminder_in_working_time(self):
        """HU-24: three working hours before Monday 10:00 are Friday 15:00, not Monday 7:00."""
        task = self._deadline("2026-03-06 16:00:00", amount=2, unit="hour", remind=3)
        self.assertEqual(task.deadline, datetime(2026, 3, 9, 10))
        self.assertEqual(task.remind_at, datetime(2026, 3, 6, 15))
        task = self._deadline("2026-03-06 16:00:00", amount=2, unit="day", remind=3,
                              basis="calendar")  # fmt: skip
        self.assertEqual(task.remind_at, datetime(2026, 3, 8, 13))

    def test_no_reminder_of_done_tasks(self):
        """HU-24: what is done needs no reminder."""
        task = self._deadline(amount=4, unit="hour", remind=2)
        task.with_user(self.worker).action_complete()
        last = self._notices(self.worker)[:1].id
        self._sweep("2026-03-09 10:30:00")
        self.assertFalse(self._notices(self.worker, last))

    def _escalating(self, **escalation):
        with freeze_time("2026-03-06 15:00:00"):
            return self._task_of(
                self.worker, deadline={"amount": 4, "unit": "hour"}, escalation=escalation
            )

    def test_escalation_tells(self):
        """HU-24: after the deadline somebody is told, once; the holder keeps the task."""
        task = self._escalating(kind="user", user=self.designer.login, action="notify")
        for moment in ("2026-03-09 10:59:00", "2026-03-09 11:01:00", "2026-03-09 11:06:00"):
            self._sweep(moment)
        notice = self._notices(self.designer)
        self.assertEqual(len(notice), 1)
        self.assertIn("Overdue", notice.subject)
        self.assertIn("Worker", notice.body)
        self.assertEqual(task.user_id, self.worker)
        line = self.env["bpm.log"].search([("token", "=", task.token)])
        self.assertEqual(line.event, "escalated")

    def test_escalation_takes_over(self):
        """HU-24: after the deadline another person has the task and its activity."""
        task = self._escalating(kind="user", user=self.designer.login, action="reassign")
        self._sweep("2026-03-09 11:01:00")
        self.assertEqual(task.user_id, self.designer)
        self.assertEqual(task.original_user_id, self.worker)
        self.assertEqual(self._activities(task).user_id, self.designer)
        self.assertIn("Overdue", task.why)

    def test_escalation_to_a_group(self):
        """HU-24: or a group, whose members may take it."""
        task = self._escalating(kind="group", group=f"#{self.group.id}", action="reassign")
        self._sweep("2026-03-09 11:01:00")
        self.assertFalse(task.user_id)
        self.assertEqual(task.group_id, self.group)

    def test_one_that_fails_stops_no_other(self):
        """HU-24: a rule that fails for one of three: two are told of; the next sweep goes on."""
        rule = {"kind": "user", "user": self.designer.login, "action": "notify"}
        bad, *sound = (self._escalating(**rule) for _number in range(3))
        find = type(self.cron)._find_holder

        def find_some(tasks, instance, element, *args, **kwargs):
            if element == bad.element_id:
                raise ValueError("broken path")
            return find(tasks, instance, element, *args, **kwargs)

        with patch.object(type(self.cron), "_find_holder", find_some), mute_logger(APART):
            self._sweep("2026-03-09 11:01:00")
        self.assertEqual(len(self._notices(self.designer)), 2)
        self.assertTrue(all(task.escalated_at for task in (bad, *sound)), "not tried each time")
        late = self._escalating(**rule)
        self._sweep("2026-03-09 11:06:00")
        self.assertEqual(len(self._notices(self.designer)), 3)
        self.assertTrue(late.escalated_at)

    def test_name_that_fails_stops_no_other(self):
        """HU-24: a record without a name that can be told: its holder hears of the others."""
        other = self._instance(self.env["res.partner"].create({"name": "Sound"}))
        with freeze_time("2026-03-06 15:00:00"):
            due = {"amount": 4, "unit": "hour", "remind": 2}
            bad = self._task_of(self.worker, deadline=due)
            sound = self._task_of(self.worker, instance=other, deadline=due)
        compute = type(self.partner)._compute_display_name

        asked = []

        def compute_some(partners):
            asked.append(partners.ids)
            if self.partner in partners:
                raise ValueError("broken name")
            compute(partners)

        last = self._notices(self.worker)[:1].id
        self.env.invalidate_all()
        with (
            patch.object(type(self.partner), "_compute_display_name", compute_some),
            mute_logger(APART),
        ):
            self._sweep("2026-03-09 09:30:00")
            notice = self._notices(self.worker, last)
        self.assertEqual(len(notice), 1)
        self.assertIn("Sound", notice.body)
        self.assertTrue([ids for ids in asked if self.partner.id in ids])
        self.assertTrue(bad.reminded_at and sound.reminded_at)

    def test_no_escalation_drawn(self):
        """HU-24: without escalation an overdue task only shows."""
        task = self._deadline(amount=4, unit="hour")
        self._sweep("2026-03-09 12:00:00")
        self.assertFalse(task.escalated_at)

    def test_suspended_process(self):
        """HU-24: while a process is suspended its clock stands still."""
        task = self._escalating(kind="user", user=self.designer.login, action="notify")
        self.instance.sudo().state = "suspended"
        self._sweep("2026-03-09 12:00:00")
        self.assertFalse(task.escalated_at)
