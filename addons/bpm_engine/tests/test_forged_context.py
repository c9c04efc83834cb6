from odoo.exceptions import UserError
from odoo.service.model import call_kw

from odoo.addons.queue_job.tests.common import trap_jobs

from ..lib.own_context import INTERNAL, get_own, is_internal, own
from .run_common import RunCommon, chain, end, service, start, task


class TestForgedContext(RunCommon):
    """HU-23: keys of the context that lift a check are believed from our own code only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls.make("visa", start(), task("Visa"), end(), chain("Start", "Visa", "End"))
        cls.worker.group_ids += cls.env.ref("base.group_partner_manager")

    def _rpc(self, records, method, *args, **context):
        """As a client calls it, which chooses the context."""
        model = self.env[records._name].with_user(self.worker)
        return call_kw(model, method, [records.ids, *args], {"context": context})

    def test_values(self):
        """What JSON can carry, or what equals it, is nobody's word."""
        for forged in (True, 1, "INTERNAL", [None, 5], (object(), 5), 5):
            env = self.env(context={"key": forged})
            self.assertFalse(is_internal(env, "key"))
            self.assertEqual(get_own(env, "key", 0), 0)
        self.assertTrue(is_internal(self.env(context={"key": INTERNAL}), "key"))
        self.assertEqual(get_own(self.env(context={"key": own(5)}), "key", 0), 5)

    def test_task_stays_in_the_schedule(self):
        """HU-23: the activity of a task is neither dropped, nor done without the task."""
        instance = self.launch(self.process)
        activity = instance.task_ids.activity_ids
        other = activity.create({
            "res_model_id": activity.res_model_id.id, "res_id": activity.res_id,
            "user_id": self.worker.id,
        })  # fmt: skip
        forged = {"bpm_task_sync": True}
        for method, args in (
            ("unlink", ()),
            ("write", ({"active": False},)),
            ("write", ({"bpm_task_id": False},)),
            ("write", ({"user_id": False},)),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._rpc(activity, method, *args, **forged)
        for context in ({}, forged):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._rpc(other, "write", {"bpm_task_id": instance.task_ids.id}, **context)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._rpc(self.partner, "activity_schedule", default_bpm_task_id=instance.task_ids.id)
        self.assertEqual(instance.task_ids.activity_ids, activity)

    def test_start_is_not_suppressed(self):
        """HU-14, HU-23: who changes a record cannot keep the process from starting."""
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        self.env["bpm.process.trigger"].create(
            {"process_id": self.process.id, "kind": "change", "field_ids": field.ids}
        )
        self._rpc(self.partner, "write", {"ref": "A1"}, bpm_start_depth=1000)
        self.env.cr.flush()
        started = self.Instance.search([("process_id", "=", self.process.id)])
        self.assertEqual(started.res_id, self.partner.id)

    def test_process_ends_with_its_record(self):
        """HU-06, HU-23: who archives the record cannot keep its process running."""
        instance = self.launch(self.process)
        self._rpc(self.partner, "write", {"active": False}, bpm_acting_id=instance.id)
        self.assertEqual(instance.state, "cancelled")

    def test_service_is_not_parked(self):
        """HU-24, HU-23: who does the task before cannot make an incident of the service."""
        self.action("post", "message", is_async=True)
        process = self.make(
            "posting", start(), task("Visa"), service("Post", "post", body="Done it"), end(),
            chain("Start", "Visa", "Post", "End"),
        )  # fmt: skip
        instance = self.launch(process)
        instance.task_ids.user_id = self.worker
        with trap_jobs() as trap:
            self._rpc(instance.task_ids, "action_complete", bpm_parked_errors={"Post": "No"})
            trap.assert_jobs_count(1)
        self.assertEqual((instance.state, instance.job_ids.state), ("running", "waiting"))
