"""Background steps that the queue gave up or lost come back, or become incidents (HU-24)."""

from contextlib import contextmanager
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import mute_logger

from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.jobrunner.runner import Database

from ..models.bpm_job_run import MAX_KILLED
from .run_common import RunCommon

QUEUE = "odoo.addons.queue_job.controllers.main"
WATCH = "odoo.addons.bpm_engine.models.bpm_job_watch"
REPAIR = "odoo.addons.bpm_engine.models.bpm_instance_repair"


class TestJobWatch(RunCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.act, cls.process = cls.make_background(one_per_record=False)

    def launch_job(self):
        instance = self.launch(self.process)
        return instance, instance.job_ids

    def queued(self, job):
        return self.env["queue.job"].search([("uuid", "=", job.queue_uuid)])

    @contextmanager
    def failing(self, error):
        def fail(_action, _work):
            raise error

        with patch.object(type(self.act), "_run_message", fail):
            yield

    @mute_logger(QUEUE)
    def run_queue(self, job, error):
        """The queue runs the step, which meets an error that the queue does not repeat."""
        with self.failing(error), patch.object(Job, "in_temporary_env") as apart:
            apart.return_value.__enter__.return_value = self.env
            # Not by assertRaises, which takes back what the queue notes.
            try:
                RunJobController._runjob(self.env, Job.load(self.env, job.queue_uuid))
            except type(error) as raised:
                self.assertEqual(raised, error)
            else:
                self.fail("the queue hears of it")

    def look_after(self):
        with self.enter_registry_test_mode():
            self.env.ref("bpm_engine.ir_cron_jobs").method_direct_trigger()
        self.env.invalidate_all()

    def test_cut_connection_counts_as_a_try(self):
        """HU-24: what no conflict is, is tried again after a pause, and then done."""
        instance, job = self.launch_job()
        first = self.queued(job)
        self.run_queue(job, OperationalError("server closed the connection"))
        self.assertEqual((first.state, job.state, job.tries), ("failed", "waiting", 1))
        self.assertIn("“Post” was broken off: server closed", job.error)
        again = self.queued(job)
        self.assertEqual(again.state, "pending")
        self.assertTrue(again.eta)
        job._perform()
        self.assertEqual((job.state, self.open_names(instance)), ("done", ["After"]))

    def test_after_the_last_try_an_incident(self):
        """HU-24: three times broken off: an incident that a manager retries."""
        instance, job = self.launch_job()
        for _number in range(3):
            self.run_queue(job, OperationalError("server closed the connection"))
        self.assertEqual((job.state, instance.state), ("incident", "incident"))
        self.assertIn(self.manager.partner_id, instance.message_ids.notified_partner_ids)
        job.with_user(self.manager).action_retry()
        job._perform()
        self.assertEqual((instance.state, self.open_names(instance)), ("running", ["After"]))

    @mute_logger(WATCH)
    def test_the_hook_fails_too(self):
        """HU-24: nothing can be noted just then: the cron finds the failed step and goes on."""
        instance, job = self.launch_job()
        with patch.object(type(job), "_try_later", side_effect=OperationalError("away")):
            self.run_queue(job, OperationalError("server closed the connection"))
        self.assertEqual((self.queued(job).state, job.tries), ("failed", 0))
        self.look_after()
        self.assertEqual((self.queued(job).state, job.tries), ("pending", 1))
        job._perform()
        self.assertEqual(self.open_names(instance), ["After"])

    def test_its_server_is_killed_each_time(self):
        """HU-24: begun anew a few times by the queue, then it counts as a try, and is told."""
        _instance, job = self.launch_job()
        for retry, state, tries in ((MAX_KILLED, "pending", 0), (MAX_KILLED + 1, "pending", 1)):
            row = self.queued(job)
            row.write({"state": "started", "retry": retry, "date_enqueued": "2026-03-02 08:00:00"})
            self.env.flush_all()
            self.env.cr.execute(Database._query_requeue_dead_jobs(None))
            self.env.invalidate_all()
            self.look_after()
            self.assertEqual((self.queued(job).state, job.tries), (state, tries))
        self.assertEqual(row.state, "failed")
        self.assertIn("the server stopped each time", job.error)

    def test_taken_out_of_the_queue(self):
        """HU-24: cancelled, deleted or called done in the queue's list: queued again, once."""
        rows = [self.launch_job() for _number in range(3)]
        self.queued(rows[0][1]).button_cancelled()
        self.queued(rows[1][1]).unlink()
        self.queued(rows[2][1]).button_done()
        self.env.flush_all()
        for _number in range(2):
            self.look_after()
        for instance, job in rows:
            key = self.queued(job).identity_key
            domain = [("identity_key", "=", key), ("state", "=", "pending")]
            self.assertEqual(self.env["queue.job"].search_count(domain), 1)
            self.assertEqual(job.tries, 0, "a loss is no failure")
            job._perform()
            self.assertEqual(self.open_names(instance), ["After"])

    def test_what_is_in_order_is_left_alone(self):
        """HU-24: queued steps keep their place; a suspended process waits to be resumed."""
        _instance, held = self.launch_job()
        stopped, job = self.launch_job()
        uuid = held.queue_uuid
        stopped.with_user(self.manager).action_suspend("Holiday")
        self.queued(job).unlink()
        self.look_after()
        self.assertEqual((held.queue_uuid, held.tries), (uuid, 0))
        self.assertFalse(self.queued(job))
        stopped.with_user(self.manager).action_resume()
        self.assertEqual(self.queued(job).state, "pending")

    @mute_logger(WATCH)
    def test_one_that_cannot_come_back_hinders_nobody(self):
        """HU-24: the steps after it are queued all the same."""
        rows = [self.launch_job()[1] for _number in range(2)]
        for job in rows:
            self.queued(job).unlink()
        bring_back = type(job)._bring_back

        def fail_first(job):
            if job.id == rows[0].id:
                raise ValueError("broken row")
            bring_back(job)

        with patch.object(type(job), "_bring_back", fail_first):
            self.look_after()
        self.assertFalse(self.queued(rows[0]))
        self.assertEqual(self.queued(rows[1]).state, "pending")

    def test_conflicts_of_the_orm_are_repeated(self):
        """HU-24: the queue knows conflicts of the database only; others are said to it."""
        _instance, job = self.launch_job()
        with self.failing(ConcurrencyError("busy")), self.assertRaises(RetryableJobError):
            job._perform()
        self.assertEqual((job.tries, job.state), (0, "waiting"))

    @mute_logger(REPAIR)
    def test_owner_cannot_be_told(self):
        """HU-24: a message that fails does not undo the incident it tells of."""
        instance, job = self.launch_job()
        job.action_id.max_tries = 1
        with (
            self.failing(UserError("no")),
            patch.object(type(instance), "message_post", side_effect=ValueError("mail")),
        ):
            job._perform()
        self.assertEqual((job.state, instance.state), ("incident", "incident"))
        self.assertIn("failed: no", instance.error)
