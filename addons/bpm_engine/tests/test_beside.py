"""What fails in one branch refuses nobody in the others, and is done once (HU-24)."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user

from odoo.addons.queue_job.tests.common import trap_jobs

from .run_common import RunCommon, catch, chain, choice, end, flow, service, start, task, timer

#: Cannot be calculated until the record has a colour.
COLOURED = "10 / record.color &gt; 1"
BEGUN, DUE = "2026-03-02 08:00:00", "2026-03-02 09:00:00"


class TestBeside(RunCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,base.group_partner_manager"
        cls.owner = new_test_user(cls.env, "bpm_answers", groups=groups)
        cls.action("post", "message", is_async=True, max_tries=1)
        cls.action("note", "message", is_async=False)

    def make_fork(self, *steps, roots="", more=()):
        """One branch of tasks, one of these steps before a way that cannot be calculated."""
        ids = [step.split('id="')[1].split('"')[0] for step in steps]
        return self.make(
            "fork",
            start(),
            '<parallelGateway id="Fork"/>',
            task("A"),
            task("B"),
            *steps,
            choice("Way", "no"),
            task("Yes"),
            '<parallelGateway id="Join"/>',
            end(),
            chain("Start", "Fork", "A", "B", "Join", "End"),
            chain("Fork", *ids, "Way"),
            flow("yes", "Way", "Yes", COLOURED),
            '<exclusiveGateway id="Merge"/>',
            flow("no", "Way", "Merge"),
            chain("Yes", "Merge", "Join"),
            *more,
            roots=roots,
            owner_id=self.owner.id,
        )

    def begin(self, *steps, **more):
        with freeze_time(BEGUN), trap_jobs():
            return self.launch(self.make_fork(*steps, **more))

    def do_at(self, instance, name, moment=DUE):
        with freeze_time(moment):
            self.do(instance, name)

    def posted(self, text):
        return [m for m in self.partner.message_ids if text in (m.body or "")]

    def check_stopped(self, instance, kind, steps):
        """One incident, told once, and the token stands where it failed."""
        self.assertEqual((instance.state, instance.job_ids[0].kind), ("incident", kind))
        broken = instance.job_ids.filtered(lambda job: job.state == "incident")
        self.assertEqual(len(broken), 1)
        errors = instance.log_ids.filtered(lambda line: line.event == "error")
        self.assertEqual(len(errors), 1)
        told = [m for m in instance.message_ids if self.owner.partner_id in m.notified_partner_ids]
        self.assertEqual(len(told), 1)
        self.assertEqual(self.open_names(instance), steps)
        return broken

    def repair(self, instance, job):
        """Retried once its cause is removed; the process comes to its end."""
        self.partner.color = 5
        with freeze_time("2026-03-02 09:30:00"):
            job.with_user(self.manager).action_retry()
            self.assertEqual((instance.state, self.open_names(instance)), ("running", ["Yes"]))
            self.do(instance, "Yes")
        self.assertEqual(instance.state, "done")

    def test_after_the_incident_of_a_timer(self):
        """HU-24: open tasks of the other branch are done; the timer waits for its repair."""
        instance = self.begin(catch("Pause", timer("PT1H")))
        self.run_timers(DUE)
        self.do_at(instance, "A")
        self.do_at(instance, "B")
        self.repair(instance, self.check_stopped(instance, "timer", []))

    def test_quicker_than_the_clock(self):
        """HU-24: a timer that is due already is for the cron, which stops at what fails."""
        instance = self.begin(catch("Pause", timer("PT1H")))
        self.do_at(instance, "A", "2026-03-02 09:00:30")
        self.assertEqual((instance.state, self.open_names(instance)), ("running", ["B"]))
        self.assertEqual(str(instance.next_due), DUE)
        cron = self.env.ref("bpm_engine.ir_cron_timers")
        planned = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(DUE, [str(at) for at in planned.mapped("call_at")], "as soon as it can")
        self.run_timers("2026-03-02 09:01:00")
        self.do_at(instance, "B", "2026-03-02 09:01:10")
        self.repair(instance, self.check_stopped(instance, "timer", []))

    def test_a_sound_timer_is_fired_by_the_clock(self):
        """HU-10: what a person leaves to the clock goes on with it, once."""
        self.partner.color = 5
        instance = self.begin(catch("Pause", timer("PT1H")))
        self.do_at(instance, "A", "2026-03-02 09:00:30")
        self.run_timers("2026-03-02 09:01:00")
        self.assertEqual(self.open_names(instance), ["B", "Yes"])
        fired = instance.log_ids.filtered(lambda line: line.event == "fired")
        self.assertEqual(len(fired), 1)

    def test_way_behind_a_background_step(self):
        """HU-24: the step stays done and is done once, whatever fails behind it."""
        instance = self.begin(service("Post", "post", body="Sent"))
        job = instance.job_ids
        job._perform()
        self.assertEqual((job.state, len(self.posted("Sent"))), ("done", 1))
        self.do_at(instance, "A")
        self.do_at(instance, "B")
        broken = self.check_stopped(instance, "continue", [])
        self.repair(instance, broken)
        self.assertEqual(len(self.posted("Sent")), 1)

    def test_skipped_before_what_fails(self):
        """HU-24: skipping a step is not refused for what comes behind it."""
        instance = self.begin(service("Post", "missing", is_async=True))
        broken = instance.job_ids
        broken._perform()
        broken.with_user(self.manager).action_skip("By phone")
        self.assertEqual((broken.state, instance.state), ("skipped", "incident"))
        self.do_at(instance, "A")
        self.do_at(instance, "B")
        self.repair(instance, instance.job_ids - broken)

    def test_step_that_was_undone_is_done_once(self):
        """HU-24: what ran before the failure and was undone with it waits for the repair."""
        instance = self.begin(
            service("Post", "post", body="Sent"), service("Note", "note", body="Noted")
        )
        instance.job_ids._perform()
        self.assertFalse(self.posted("Noted"))
        with trap_jobs() as trap:
            self.do_at(instance, "A")
            self.do_at(instance, "B")
            trap.assert_jobs_count(0)
        self.assertFalse(self.posted("Noted"))
        self.repair(instance, self.check_stopped(instance, "continue", []))
        self.assertEqual([len(self.posted(text)) for text in ("Sent", "Noted")], [1, 1])

    def test_background_step_of_another_branch(self):
        """HU-24: a sound step in the background is done beside the incident, at the first try."""
        instance = self.begin(
            catch("Pause", timer("PT1H")),
            more=(
                service("Post", "post", body="Sent"),
                chain("Fork", "Post"),
                chain("Post", "Join"),
            ),
        )
        self.run_timers(DUE)
        job = instance.job_ids.filtered(lambda one: one.kind == "service")
        with freeze_time("2026-03-02 09:05:00"):
            job._perform()
        self.assertEqual((job.state, len(self.posted("Sent"))), ("done", 1))
        self.assertEqual(instance.state, "incident")
        self.do_at(instance, "A")
        self.do_at(instance, "B")
        broken = instance.job_ids.filtered(lambda one: one.state == "incident")
        self.repair(instance, broken)

    def test_message_of_another_branch(self):
        """PK-03: who sends a message from outside is not refused for the other branch either."""
        message = '<messageEventDefinition messageRef="M"/>'
        instance = self.begin(
            catch("Pause", timer("PT1H")),
            roots='<message id="M" name="paid"/>',
            more=(
                catch("Paid", message),
                task("Ship"),
                chain("Fork", "Paid", "Ship", "Join"),
            ),
        )
        self.run_timers(DUE)
        with freeze_time("2026-03-02 09:05:00"):
            api = self.env["bpm.process"].with_user(self.worker)
            taken = api.send_message("paid", "res.partner", self.partner.id)
        self.assertEqual(taken["delivered"], instance.ids)
        self.check_stopped(instance, "timer", ["A", "Ship"])

    def test_timer_that_cannot_be_calculated(self):
        """HU-24: a moment of the record that makes no sense is an incident of the timer."""
        moment = "<timerEventDefinition><timeDate>record.ref</timeDate></timerEventDefinition>"
        instance = self.begin(catch("Pause", moment))
        self.assertFalse(instance.next_due)
        self.partner.ref = "soon"
        self.do_at(instance, "A")
        self.do_at(instance, "B")
        job = self.check_stopped(instance, "timer", [])
        self.assertIn("gives no date", job.error)
        self.partner.ref = "2026-03-02T10:00:00+00:00"
        with freeze_time(DUE):
            job.with_user(self.manager).action_retry()
        self.assertEqual(
            (instance.state, str(instance.next_due)), ("running", "2026-03-02 10:00:00")
        )
        self.partner.color = 5
        self.run_timers("2026-03-02 10:00:00")
        self.assertEqual(self.open_names(instance), ["Yes"])

    def test_moment_that_becomes_known(self):
        """HU-10: a step of another branch still looks for a moment that was not known."""
        moment = "<timerEventDefinition><timeDate>record.ref</timeDate></timerEventDefinition>"
        instance = self.begin(catch("Pause", moment))
        self.partner.ref = "2026-03-02T10:00:00+00:00"
        self.do_at(instance, "A")
        self.assertEqual(str(instance.next_due), "2026-03-02 10:00:00")

    def test_what_follows_the_own_task_refuses(self):
        """HU-24: who does the task in front of what fails is told so, and nothing is kept."""
        process = self.make(
            "own",
            start(),
            task("A"),
            choice("Way", "no"),
            task("Yes"),
            end(),
            chain("Start", "A", "Way"),
            flow("yes", "Way", "Yes", COLOURED),
            flow("no", "Way", "End"),
            chain("Yes", "End"),
        )
        instance = self.launch(process)
        with self.assertRaisesRegex(UserError, "Way"), self.cr.savepoint():
            self.do(instance, "A")
        self.env.invalidate_all()
        self.assertEqual((instance.state, self.open_names(instance)), ("running", ["A"]))
