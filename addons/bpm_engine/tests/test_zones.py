from datetime import date, datetime

from odoo import Command
from odoo.tests import freeze_time

from .run_common import RunCommon, catch, chain, choice, end, flow, service, start, task, timer


class TestZones(RunCommon):
    """Days and working hours of the company in running processes (HU-24)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hours = [(8, 12, "morning"), (13, 16, "afternoon")]
        cls.env.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Seven hours, six days",
                "tz": "Europe/Sofia",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": f"{day} {part}",
                            "dayofweek": str(day),
                            "hour_from": begin,
                            "hour_to": finish,
                            "day_period": part,
                        }
                    )
                    for day in range(6)
                    for begin, finish, part in hours
                ],
            }
        )

    def make_wait(self, text, basis=None):
        return self.make(
            "wait",
            start(),
            catch("Pause", text if text.startswith("<") else timer(text, basis)),
            end(),
            chain("Start", "Pause", "End"),
        )

    def due(self, text, basis=None):
        with freeze_time("2026-03-02 08:00:00"):  # Monday, ten o'clock in Sofia
            return self.launch(self.make_wait(text, basis)).next_due

    def test_working_day(self):
        """HU-24: a working day is seven hours here: the same hour of the next day."""
        self.assertEqual(self.due("P1D", "working"), datetime(2026, 3, 3, 8))

    def test_working_week(self):
        """HU-24: a week of six working days is over a week later, at the same hour."""
        self.assertEqual(self.due("P1W", "working"), datetime(2026, 3, 9, 8))

    def test_as_deadlines_of_tasks(self):
        """HU-24: a timer of two working days at a task goes off at its deadline."""
        settings = '<bpm:deadline amount="2" unit="day" basis="working"/>'
        process = self.make(
            "both",
            start(),
            task("Visa", settings=settings),
            f'<boundaryEvent id="Late" attachedToRef="Visa">{timer("P2D", "working")}'
            "</boundaryEvent>",
            end(),
            end("Over"),
            chain("Start", "Visa", "End"),
            chain("Late", "Over"),
        )
        with freeze_time("2026-03-02 08:00:00"):
            instance = self.launch(process)
        self.assertEqual(instance.next_due, instance.task_ids.deadline)

    def test_date(self):
        """HU-24: 24 December begins at midnight in Sofia."""
        moment = "<timerEventDefinition><timeDate>2026-12-24</timeDate></timerEventDefinition>"
        self.assertEqual(self.due(moment), datetime(2026, 12, 23, 22))

    def test_at_night(self):
        """PK-12: at one o'clock at night yesterday is over, in conditions and in actions."""
        day = self.env["ir.model.fields"]._get("res.partner", "ref")
        self.action("day", "set", value_ids=[Command.create(
            {"field_id": day.id, "value": "=today()"}
        )])  # fmt: skip
        activity_type = self.env.ref("mail.mail_activity_data_todo").id
        self.action("plan", "activity", activity_type_id=activity_type)
        process = self.make(
            "night",
            start(),
            choice("Way", "to_no"),
            service("Day", "day"),
            service("Plan", "plan", deadline="=now() + hours(24)"),
            service("Soon", "plan", days="1"),
            end("Yes"),
            end("No"),
            chain("Start", "Way"),
            flow("to_yes", "Way", "Day", "deadline &lt; today()"),
            flow("to_no", "Way", "No"),
            chain("Day", "Plan", "Soon", "Yes"),
        )
        with freeze_time("2026-03-05 23:00:00"):
            instance = self.launch(process, deadline="2026-03-05")
        self.assertEqual(instance.result, "Yes")
        self.assertEqual(self.partner.ref, "2026-03-06")
        days = self.partner.activity_ids.mapped("date_deadline")
        self.assertEqual(set(days), {date(2026, 3, 7)})
