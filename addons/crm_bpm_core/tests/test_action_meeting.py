"""Calls at given hours, planned by a process."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time

from odoo.addons.bpm_engine.tests.run_common import RunCommon, chain, end, service, start, task


@freeze_time("2026-03-03 08:00:00")
class TestActionMeeting(RunCommon):
    def plan(self, model="res.partner", record=None, **parameters):
        call = self.env.ref("mail.mail_activity_data_call")
        self.action("call_at", "activity", activity_type_id=call.id)
        self.worker.tz = "Europe/Sofia"
        given = {"summary": "Call them", "user": self.worker.id, "days": "1", **parameters}
        process = self.make(
            "calls",
            start(),
            service("Call", "call_at", **given),
            task("After"),
            end(),
            chain("Start", "Call", "After", "End"),
            model=model,
        )
        self.launch(process, record)
        return (record or self.partner).activity_ids.filtered(
            lambda one: one.summary == "Call them"
        )

    def test_in_the_calendar(self):
        """HU-10: an activity with an hour stands in the calendar of who has it, once."""
        activity = self.plan(time="14:30", minutes="45")
        event = activity.calendar_event_id
        self.assertEqual(
            (str(event.start), str(event.stop)), ("2026-03-04 12:30:00", "2026-03-04 13:15:00")
        )
        self.assertEqual((event.user_id, event.name), (self.worker, "Call them"))
        self.assertEqual(event.partner_ids, self.worker.partner_id, "nobody is invited")
        self.assertEqual((event.res_model, event.res_id), ("res.partner", self.partner.id))
        self.assertEqual(len(activity), 1)
        self.assertEqual(str(activity.date_deadline), "2026-03-04")

    def test_without_an_hour(self):
        """HU-10: a day alone makes no entry."""
        self.assertFalse(self.plan().calendar_event_id)

    def test_no_time_of_day(self):
        """HU-10: what is no time of day is refused in one sentence; nothing is planned."""
        with self.assertRaisesRegex(UserError, "no time of day"), self.cr.savepoint():
            self.plan(time="half past two")
        self.assertFalse(self.partner.activity_ids)
