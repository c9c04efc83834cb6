from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user

from odoo.addons.queue_job.tests.common import trap_jobs

from .run_common import RunCommon, chain, end, service, start


class TestBackground(RunCommon):
    """Steps in the background: retries, incidents, repair."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.act, cls.process = cls.make_background()

    def launch_job(self):
        with trap_jobs() as trap:
            instance = self.launch(self.process)
            trap.assert_jobs_count(1)
        return instance, instance.job_ids

    @contextmanager
    def failing(self, error):
        def fail(action, work):
            work.record.ref = "half"
            raise error

        with patch.object(type(self.act), "_run_message", fail):
            yield

    def test_runs_after_the_step(self):
        """HU-24: the start returns at once; the job does the work and the process goes on."""
        instance, job = self.launch_job()
        self.assertEqual(job.state, "waiting")
        self.assertEqual(self.open_names(instance), [])
        job._perform()
        self.assertEqual(job.state, "done")
        self.assertEqual(self.open_names(instance), ["After"])
        self.assertIn("Done it", self.partner.message_ids[0].body)

    def test_run_twice_works_once(self):
        """HU-24: a job that the queue runs twice has one effect."""
        instance, job = self.launch_job()
        job._perform()
        count = len(self.partner.message_ids)
        self.assertIn("Nothing to do", job._perform())
        self.assertEqual(len(self.partner.message_ids), count)
        self.assertEqual(self.open_names(instance), ["After"])

    def test_mail_is_in_the_background(self):
        """HU-24: what leaves the system runs in the background unless said otherwise."""
        self.assertTrue(self.action("m", "mail").is_async)
        self.assertFalse(self.action("s", "set").is_async)

    def test_retries_then_incident(self):
        """HU-24: three tries with growing pauses, then an incident; nothing half done."""
        instance, job = self.launch_job()
        for _number in range(3):
            with self.failing(UserError("server away")), trap_jobs():
                job._perform()
        self.assertEqual(job.tries, 3)
        self.assertEqual(job.state, "incident")
        self.assertEqual(instance.state, "incident")
        self.assertIn("“Post” of Bg failed: server away", instance.error)
        self.assertFalse(self.partner.ref, "the failed tries left nothing")
        self.assertIn(self.manager.partner_id, instance.message_ids.notified_partner_ids)

    def test_pauses_grow(self):
        """HU-24: one, two, four minutes, at most an hour."""
        _instance, job = self.launch_job()
        self.act.max_tries = 9
        pauses = []
        with (
            self.failing(UserError("away")),
            patch.object(type(job), "_enqueue", lambda job, pause=0: pauses.append(pause)),
        ):
            for _number in range(8):
                job._perform()
        self.assertEqual(pauses, [60, 120, 240, 480, 960, 1920, 3600, 3600])

    def test_hopeless_is_not_retried(self):
        """HU-23: who may not do it now may not do it in a minute."""
        instance, job = self.launch_job()
        with self.failing(AccessError("no")):
            job._perform()
        self.assertEqual((job.tries, job.state, instance.state), (1, "incident", "incident"))

    def test_database_conflicts_pass_through(self):
        """HU-24: the queue repeats the whole job after a conflict; no try is counted."""
        _instance, job = self.launch_job()
        with self.failing(SerializationFailure()), self.assertRaises(SerializationFailure):
            job._perform()
        self.assertEqual((job.tries, job.state), (0, "waiting"))

    def make_incident(self):
        instance, job = self.launch_job()
        with self.failing(AccessError("no")):
            job._perform()
        return instance, job

    def test_retry(self):
        """HU-24: the manager removed the cause and retries; the process runs again."""
        instance, job = self.make_incident()
        with trap_jobs() as trap:
            job.with_user(self.manager).action_retry()
            trap.assert_jobs_count(1)
        self.assertEqual((job.state, job.tries, instance.state), ("waiting", 0, "running"))
        self.assertFalse(instance.error)
        job._perform()
        self.assertEqual(self.open_names(instance), ["After"])
        self.assertFalse(job.error, "what is in order says nothing of errors")
        lines = instance.log_ids.filtered(lambda log: log.event == "error")
        self.assertIn("failed: no", lines.comment, "the history keeps it")

    def test_where_it_stands_is_never_empty(self):
        """HU-06: in the background, failed, failed as a whole, and going on: always told."""
        instance, job = self.launch_job()
        self.assertEqual(instance.current_step, "Post (in the background)")
        with self.failing(AccessError("no")):
            job._perform()
        self.assertEqual(instance.current_step, "Post (failed)")
        reader = instance.with_user(self.viewer)
        self.assertEqual(reader.current_step, "Post (failed)")
        job.state = "cancelled"
        self.assertEqual(instance.current_step, "Post", "from the history, without a job")
        with trap_jobs():
            job.state = "incident"
            job.with_user(self.manager).action_retry()
        job._perform()
        self.assertEqual(instance.current_step, f"After ({self.worker.name})")

    def test_skip(self):
        """HU-24: skipped with a reason, which the history keeps."""
        instance, job = self.make_incident()
        with self.assertRaisesRegex(UserError, "Say why"):
            job.with_user(self.manager).action_skip(" ")
        job.with_user(self.manager).action_skip("Told them by phone")
        self.assertEqual((job.state, instance.state), ("skipped", "running"))
        self.assertEqual(job.done_by_id, self.manager)
        self.assertIn("no", job.error, "what was given up stays readable")
        self.assertEqual(self.open_names(instance), ["After"])
        self.assertNotIn("Done it", str(self.partner.message_ids.mapped("body")))
        line = instance.log_ids.filtered(lambda log: log.event == "repaired")
        self.assertEqual((line.comment, line.user_id), ("Told them by phone", self.manager))

    def test_cancel(self):
        """HU-24: cancelled with a reason: the instance ends."""
        instance, job = self.make_incident()
        job.with_user(self.manager).action_cancel("Customer is gone")
        self.assertEqual((job.state, instance.state), ("cancelled", "cancelled"))
        self.assertIn("Customer is gone", instance.result)

    def test_only_managers_repair(self):
        """HU-23: nobody else resolves an incident."""
        _instance, job = self.make_incident()
        for user in (self.viewer, self.worker, self.designer):
            with self.assertRaises(AccessError):
                job.with_user(user).action_retry()

    def test_owner_repairs(self):
        """HU-24: who owns the process is told to repair it, and may, whatever the groups."""
        owner = new_test_user(self.env, "bpm_owner", groups="base.group_user")
        self.process.write(
            {"owner_id": owner.id, "run_as_user_id": self.manager.id, "one_per_record": False}
        )
        for act, state in (("retry", "running"), ("skip", "running"), ("cancel", "cancelled")):
            with self.subTest(act):
                instance, job = self.make_incident()
                self.assertIn(owner.partner_id, instance.message_ids.notified_partner_ids)
                own = job.with_user(owner)
                self.assertTrue(own.can_repair and instance.with_user(owner).can_control)
                with trap_jobs():
                    getattr(own, f"action_{act}")(*(() if act == "retry" else ("By phone",)))
                self.assertEqual(instance.state, state)
        other = new_test_user(self.env, "bpm_other", groups="base.group_user")
        instance, job = self.make_incident()
        self.assertFalse(self.env["bpm.job"].with_user(other).search([("id", "=", job.id)]))
        with self.assertRaises(AccessError):
            job.with_user(other).action_retry()
        instance._add_participants(other)
        self.assertFalse(instance.with_user(other).can_control)
        self.assertFalse(instance.with_user(other).incident_job_ids)

    def test_what_follows_fails(self):
        """HU-24: the service was done; what fails behind it is an incident of its own."""
        self.publish(
            self.process,
            start(),
            service("Post", "post", body="Done it"),
            service("Next", "gone"),
            end(),
            chain("Start", "Post", "Next", "End"),
        )
        instance, job = self.launch_job()
        job._perform()
        self.assertEqual(job.state, "done")
        self.assertIn("Done it", self.partner.message_ids[0].body)
        broken = instance.job_ids - job
        self.assertEqual((broken.element_name, broken.state), ("Next", "incident"))
        self.action("gone", "message", is_async=False)
        with trap_jobs():
            broken.with_user(self.manager).action_retry()
        broken._perform()
        self.assertEqual(instance.state, "done")

    def test_suspended_and_resumed(self):
        """HU-19: nothing runs while suspended; resuming queues it again."""
        instance, job = self.launch_job()
        instance.with_user(self.manager).action_suspend("wait")
        job._perform()
        self.assertEqual(job.state, "waiting")
        with trap_jobs() as trap:
            instance.with_user(self.manager).action_resume()
            trap.assert_jobs_count(1)

    def test_incident_of_a_suspended_process(self):
        """HU-19: neither retried nor skipped until it is resumed; no task appears."""
        instance, job = self.make_incident()
        instance.with_user(self.manager).action_suspend("wait")
        own = job.with_user(self.manager)
        for repair in (own.action_retry, lambda: own.action_skip("By phone")):
            with self.assertRaisesRegex(UserError, "suspended"), self.cr.savepoint():
                repair()
        self.assertEqual((instance.state, job.state), ("suspended", "incident"))
        self.assertEqual(self.open_names(instance), [])
        instance.with_user(self.manager).action_resume()
        self.assertEqual(instance.state, "incident")
        own.action_skip("By phone")
        self.assertEqual((instance.state, self.open_names(instance)), ("running", ["After"]))

    def test_failed_start_is_repeated(self):
        """HU-24: a start by itself that failed as a whole is repeated by retry."""
        self.publish(
            self.process,
            start(),
            '<scriptTask id="Sum" name="Sum"><script>x = len(5)</script></scriptTask>',
            end(),
            chain("Start", "Sum", "End"),
        )
        with freeze_time("2026-03-02 08:00:00"):
            self.process._start_in_background(self.partner, "create", self.worker)
        instance = self.Instance.search([("process_id", "=", self.process.id)])
        self.assertEqual(instance.state, "incident")
        self.assertEqual(instance.job_ids.kind, "start")
        instance.job_ids.with_user(self.manager).action_retry()
        self.assertEqual(instance.job_ids.filtered(lambda j: j.state == "incident").kind, "start")
        with self.assertRaisesRegex(UserError, "cannot be skipped"):
            instance.job_ids.filtered(lambda j: j.state == "incident").with_user(
                self.manager
            ).action_skip("why not")
