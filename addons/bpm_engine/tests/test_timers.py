from datetime import datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .run_common import RunCommon, catch, chain, choice, end, flow, service, start, task, timer

REPAIR = "odoo.addons.bpm_engine.models.bpm_instance_repair"


class TestTimers(RunCommon):
    """Processes that wait for a moment."""

    def fire(self, moment):
        self.run_timers(moment)

    def make_wait(self, duration="PT2H", basis=None, *more, **values):
        return self.make(
            "wait",
            start(),
            catch("Pause", timer(duration, basis)),
            *(more or (task("Call"),)),
            end(),
            chain("Start", "Pause", "Call", "End"),
            **values,
        )

    def test_duration(self):
        """HU-10: two hours later, not before, the next task is there."""
        with freeze_time("2026-03-02 08:00:00"):
            instance = self.launch(self.make_wait())
        self.assertEqual(instance.next_due, datetime(2026, 3, 2, 10))
        self.assertEqual(instance.wait_ids.kind, "timer")
        self.fire("2026-03-02 09:59:00")
        self.assertEqual(self.open_names(instance), [])
        self.fire("2026-03-02 10:00:00")
        self.assertEqual(self.open_names(instance), ["Call"])
        self.assertFalse(instance.next_due)
        self.assertFalse(instance.wait_ids)

    def test_cron_is_called_in_time(self):
        """HU-10: the timers' cron is asked for the moment, once."""
        cron = self.env.ref("bpm_engine.ir_cron_timers")
        with freeze_time("2026-03-02 08:00:20"):
            process = self.make_wait()
            self.launch(process)
            self.launch(process, self.partner.copy())
        planned = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(planned.mapped("call_at"), [datetime(2026, 3, 2, 10, 1)])

    def test_working_time(self):
        """HU-24: four working hours from Friday 15:00 end on Monday 11:00 (8-12, 13-17)."""
        calendar = self.env.company.resource_calendar_id
        calendar.tz = "UTC"
        with freeze_time("2026-03-06 15:00:00"):
            instance = self.launch(self.make_wait("PT4H", "working"))
        self.assertEqual(instance.next_due, datetime(2026, 3, 9, 10))

    def test_boundary_timer_withdraws_the_task(self):
        """HU-24: nobody decided within a day: the task is withdrawn, another comes."""
        process = self.make(
            "late",
            start(),
            task("Visa"),
            f'<boundaryEvent id="Late" name="Late" attachedToRef="Visa">{timer("P1D")}'
            "</boundaryEvent>",
            task("Remind"),
            end(),
            end("Over"),
            chain("Start", "Visa", "End"),
            chain("Late", "Remind", "Over"),
        )
        with freeze_time("2026-03-02 08:00:00"):
            instance = self.launch(process)
        visa = instance.task_ids
        self.fire("2026-03-03 08:00:00")
        self.assertEqual(visa.state, "cancelled")
        self.assertEqual(self.open_names(instance), ["Remind"])

    def test_suspended_waits(self):
        """HU-19: a suspended process is not moved by time; resumed it goes on."""
        with freeze_time("2026-03-02 08:00:00"):
            instance = self.launch(self.make_wait())
        instance.with_user(self.manager).action_suspend("Holiday")
        self.fire("2026-03-02 12:00:00")
        self.assertEqual(self.open_names(instance), [])
        instance.with_user(self.manager).action_resume()
        self.fire("2026-03-02 12:05:00")
        self.assertEqual(self.open_names(instance), ["Call"])

    def test_one_failure_does_not_stop_others(self):
        """HU-24: a service behind a timer fails: incident there, the others go on."""
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        value = {"field_id": field.id, "value": "=amount / n"}
        self.action("mark", "set", value_ids=[Command.create(value)])
        process = self.make_wait(
            "PT2H", None, service("Call", "mark"), task("After"), one_per_record=False
        )
        version = process.published_version_id
        self.assertTrue(version)
        with freeze_time("2026-03-02 08:00:00"):
            broken = self.launch(process, amount=1, n=0)
            sound = self.launch(process, amount=1, n=2)
        self.fire("2026-03-02 10:00:00")
        self.assertEqual(sound.state, "done")
        self.assertEqual(broken.state, "incident")
        self.assertEqual(broken.job_ids.state, "incident")
        self.assertEqual(broken.job_ids.element_name, "Call")
        self.assertFalse(broken.wait_ids, "the timer itself has fired")

    def make_bad_condition(self):
        """One hour, then a way that cannot be calculated until the record has a colour."""
        process = self.make(
            "cond",
            start(),
            catch("Pause", timer("PT1H")),
            choice("Way", "to_no"),
            end("Yes"),
            end("No"),
            chain("Start", "Pause", "Way"),
            flow("to_yes", "Way", "Yes", "10 / record.color &gt; 1"),
            flow("to_no", "Way", "No"),
        )
        with freeze_time("2026-03-02 08:00:00"):
            instance = self.launch(process)
        self.fire("2026-03-02 09:00:00")
        self.assertEqual((instance.state, instance.job_ids.kind), ("incident", "timer"))
        return instance

    def test_condition_behind_a_timer_fails(self):
        """HU-24: no service to skip: the whole step is an incident, and repeated by retry."""
        instance = self.make_bad_condition()
        with freeze_time("2026-03-02 09:10:00"):
            instance.job_ids.with_user(self.manager).action_retry()
        self.assertEqual(instance.state, "incident", "the cause is still there")
        self.assertEqual(instance.job_ids.filtered(lambda j: j.state == "incident").kind, "timer")

    def test_suspended_is_not_repaired(self):
        """HU-19, HU-24: retry moves nothing while it is suspended; resumed it is to be repaired."""
        instance = self.make_bad_condition()
        job, before = instance.job_ids, instance.sudo().engine_state
        instance.with_user(self.manager).action_suspend("Holiday")
        self.partner.color = 5
        with freeze_time("2026-03-02 09:10:00"):
            with self.assertRaisesRegex(UserError, "suspended"):
                job.with_user(self.manager).action_retry()
            self.assertEqual((instance.state, job.state), ("suspended", "incident"))
            self.assertEqual(instance.sudo().engine_state, before)
            instance.with_user(self.manager).action_resume()
            self.assertEqual((instance.state, instance.suspended_at), ("incident", False))
            job.with_user(self.manager).action_retry()
        self.assertEqual((job.state, instance.state), ("done", "done"))

    def test_what_fails_while_suspended(self):
        """HU-19: an incident noted meanwhile leaves it suspended; resuming shows it."""
        with freeze_time("2026-03-02 08:00:00"):
            instance = self.launch(self.make_wait())
        instance.with_user(self.manager).action_suspend("Holiday")
        with mute_logger(REPAIR):
            instance._fail_step(UserError("away"), "timer")
        self.assertEqual((instance.state, instance.error), ("suspended", "away"))
        instance.with_user(self.manager).action_resume()
        self.assertEqual(instance.state, "incident")

    def test_deleted_record(self):
        """HU-06: a record that went past the ORM cancels the process at its next moment."""
        with freeze_time("2026-03-02 08:00:00"):
            instance = self.launch(self.make_wait())
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.partner.id])
        self.fire("2026-03-02 10:00:00")
        self.assertEqual(instance.state, "cancelled")
