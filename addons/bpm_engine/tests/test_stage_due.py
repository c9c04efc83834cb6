from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.stage_common import StageCommon

MONDAY = datetime(2026, 11, 23, 8, 0)


@tagged("post_install", "-at_install")
class TestStageDue(StageCommon):
    """TN-30, HU-24: of steps people are reminded in time, and leaders learn of late ones."""

    def setUp(self):
        super().setUp()
        self.env.company.resource_calendar_id.tz = "UTC"
        self.team = self.env["res.partner"].create({"name": "Team", "user_id": self.head.id})

    def _begin(self, **values):
        """A customer at the first stage, whose step is due at noon."""
        values = {"deadline_number": 4, "deadline_unit": "hours", "remind_hours": 2} | values
        step = self._step(self.s_qualify, "Call", **values)
        self._publish()
        with freeze_time(MONDAY):
            self.cr._now = MONDAY
            customer = self._customer()
        return step, customer

    def _run(self, hours):
        """Notifications of a run of the job so many hours after the beginning."""
        messages = self.env["mail.message"]
        known = messages.search([]).ids
        self._sweep(hours)
        return messages.search([("id", "not in", known)])

    def _sweep(self, hours, **values):
        commit = patch.object(type(self.env["ir.cron"]), "_commit_progress")
        with freeze_time(MONDAY + timedelta(hours=hours)), commit:
            self.env["bpm.stage.case.step"]._cron_due(**values)

    def test_reminded_once(self):
        """TN-30: two hours before the deadline the person is reminded, once."""
        _step, customer = self._begin()
        row = self._steps(customer)
        self.assertEqual(row.deadline, MONDAY + timedelta(hours=4))
        self.assertFalse(self._run(1.9))
        told = self._run(2.1)
        self.assertEqual(told.notified_partner_ids, self.seller.partner_id)
        self.assertEqual(told.subject, "Due soon: Call (Vector)")
        self.assertIn(f"/odoo/res.partner/{customer.id}", told.body)
        self.assertFalse(self._run(2.2))

    def test_reminder_in_working_time(self):
        """TN-30: four working hours before Monday 10:00 are Friday afternoon."""
        step, _customer = self._begin(remind_hours=4)
        due, friday = datetime(2026, 11, 30, 10), datetime(2026, 11, 27, 15)
        given = datetime(2026, 11, 26, 8)
        timing = step._prepare_reminder(self.env.company, due, self.seller, given)
        self.assertEqual(timing["remind_at"], friday)
        timing = step._prepare_reminder(self.env.company, due, self.seller, friday)
        self.assertFalse(timing["remind_at"], "it was given when the reminder was due")

    def test_reminder_in_calendar_time(self):
        """TN-30: a deadline in calendar days is reminded of by the clock."""
        _step, customer = self._begin(remind_hours=4, deadline_number=6, deadline_unit="calendar")
        self.assertEqual(self._steps(customer).remind_at, datetime(2026, 11, 29, 4))

    def test_postponed_in_the_schedule(self):
        """TN-10, TN-30: another day in Odoo's schedule is another deadline of the step."""
        _step, customer = self._begin(tell_late=True)
        row = self._steps(customer)
        self._sweep(2.1)
        self._sweep(4.1)
        self.assertTrue(row.reminded_at and row.late_told_at)
        with freeze_time(MONDAY + timedelta(hours=5)):
            customer.activity_ids.with_user(self.seller).date_deadline = "2026-11-25"
        self.assertEqual(row.deadline, datetime(2026, 11, 25, 12))
        self.assertEqual(row.remind_at, datetime(2026, 11, 25, 10))
        self.assertEqual((row.reminded_at, row.late_told_at), (False, False))
        bar = self.env["bpm.stage.case"].get_bar("res.partner", customer.id)
        self.assertEqual(bar["steps"][0]["deadline"], "2026-11-25 12:00:00")
        note = customer.message_ids[0]
        self.assertEqual(note.author_id, self.seller.partner_id)
        self.assertIn("“Call” is due on 11/25/2026 instead of 11/23/2026", note.body)
        told = self._run(50.1)
        self.assertEqual(told.subject, "Due soon: Call (Vector)")
        self.assertEqual(self._run(52.1).subject, "Overdue: Call (Vector)")

    def test_visa_is_postponed_by_its_holder(self):
        """AT-09: how long a visa may take is no affair of whoever waits for it."""
        self._begin(kind="approval", assign_kind="user", assign_user_id=self.head.id)
        visa = self.env["bpm.stage.case.step"].search([("kind", "=", "approval")], limit=1)
        with self.assertRaises(AccessError), self.cr.savepoint():
            visa.activity_ids.with_user(self.seller).date_deadline = "2026-11-25"
        visa.activity_ids.with_user(self.head).date_deadline = "2026-11-25"
        self.assertEqual(visa.deadline, datetime(2026, 11, 25, 12))

    def test_done_is_not_reminded(self):
        """TN-30: what is done needs no reminder."""
        _step, customer = self._begin()
        self._steps(customer).with_user(self.seller).action_done()
        self.assertFalse(self._run(3))

    def test_no_reminder_of_what_is_due_at_once(self):
        """TN-30: a step with less time than the reminder's is not reminded of at once."""
        _step, customer = self._begin(deadline_number=1)
        self.assertFalse(self._steps(customer).remind_at)
        self.assertFalse(self._run(0.5))

    def test_leader_is_told(self):
        """HU-24: when the deadline has passed, the leader gets one message."""
        self.regulation.owner_id = self.head
        self._begin(tell_late=True, remind_hours=0)
        self.assertFalse(self._run(3.9))
        told = self._run(4.1)
        self.assertEqual(told.notified_partner_ids, self.head.partner_id)
        self.assertEqual(told.subject, "Overdue: Call (Vector)")
        self.assertIn(self.seller.name, told.body)
        self.assertFalse(self._run(5))

    def test_leader_is_told_only_if_wished(self):
        """HU-24: without the switch nobody is told."""
        self._begin(remind_hours=0)
        self.assertFalse(self._run(5))

    def test_one_message_for_many(self):
        """TN-30: several steps of a person come in one message."""
        self._step(self.s_qualify, "Letter", deadline_number=4, deadline_unit="hours",
                   remind_hours=2)  # fmt: skip
        self._begin()
        told = self._run(3)
        self.assertEqual(len(told), 1)
        self.assertEqual(told.subject, "Due soon: Letter (Vector), Call (Vector)")

    def test_batches(self):
        """TN-30: more than a batch is taken by the next ones."""
        self._step(self.s_qualify, "Letter", deadline_number=4, deadline_unit="hours",
                   remind_hours=2)  # fmt: skip
        _step, customer = self._begin()
        self._sweep(3, limit=1)
        self.assertEqual(len(self._steps(customer).filtered("reminded_at")), 1)
        self._sweep(3, limit=1)
        self.assertEqual(len(self._steps(customer).filtered("reminded_at")), 2)

    def test_holders_working_time(self):
        """TN-10: the deadline counts the working hours of the person who has the step."""
        afternoons = self.env["resource.calendar"].create({
            "name": "Afternoons", "tz": "UTC", "company_id": self.env.company.id,
            "attendance_ids": [Command.clear()] + [
                Command.create({"name": str(day), "dayofweek": str(day), "hour_from": 13,
                                "hour_to": 18, "day_period": "afternoon"})
                for day in range(5)
            ],
        })  # fmt: skip
        self.env["resource.resource"].create(
            {"name": "Seller", "user_id": self.seller.id, "calendar_id": afternoons.id}
        )
        _step, customer = self._begin()
        self.assertEqual(self._steps(customer).deadline, MONDAY.replace(hour=17))
