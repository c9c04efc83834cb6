from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged

from .run_common import RunCommon, chain, end, service, start, task


@tagged("post_install", "-at_install")
class TestRunParallel(TransactionCase):
    """Two people at once, on real connections; commits, and cleans up behind itself."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            case = type("Maker", (RunCommon,), {"env": env, "Instance": env["bpm.instance"]})
            case.manager = env.ref("base.user_admin")
            process = case.make(
                f"parallel{self.env['bpm.process'].search_count([])}",
                start(),
                '<parallelGateway id="Fork"/>',
                task("A"),
                task("B"),
                '<parallelGateway id="Join"/>',
                end(),
                chain("Start", "Fork", "A", "Join", "End"),
                chain("Fork", "B", "Join"),
            )
            self.process_id = process.id
            partner = env["res.partner"].create({"name": "Parallel"})
            self.partner_id = partner.id
            self.instance_id = process._start(partner).id
        self.addCleanup(self._clean)

    def _clean(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            process = env["bpm.process"].browse(self.process_id)
            process.instance_ids.with_context(bpm_purge=True).unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            # Published versions are not deleted by the ORM.
            cr.execute("DELETE FROM bpm_process WHERE id = %s", [self.process_id])

    def connect(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, SUPERUSER_ID, {})

    def do(self, env, name):
        instance = env["bpm.instance"].browse(self.instance_id)
        row = instance.task_ids.filtered(lambda t: t.name == name)
        instance._complete_task(row)
        env.flush_all()

    def check(self, state, open_names):
        env = self.connect()
        instance = env["bpm.instance"].browse(self.instance_id)
        self.assertEqual(instance.state, state)
        rows = instance.task_ids.filtered(lambda t: t.state == "todo")
        self.assertEqual(sorted(rows.mapped("name")), open_names)
        return instance

    def test_two_tasks_at_once(self):
        """HU-24: two people end both branches at once; the second is repeated, none is lost."""
        first, second = self.connect(), self.connect()
        second["bpm.instance"].browse(self.instance_id).task_ids.mapped("state")  # its snapshot
        self.do(first, "A")
        first.cr.commit()
        tries = []

        def late():
            tries.append(1)
            self.do(second, "B")

        with patch("odoo.service.model.time.sleep"):
            retrying(late, second)
        second.cr.commit()
        self.assertEqual(len(tries), 2)
        instance = self.check("done", [])
        ends = instance.log_ids.filtered(lambda one: one.element == "End" and one.event == "left")
        self.assertEqual(len(ends), 1)

    def test_same_task_twice(self):
        """HU-24: two clicks on the same task at once: one works, the other is told."""
        first, second = self.connect(), self.connect()
        second["bpm.instance"].browse(self.instance_id).task_ids.mapped("state")
        self.do(first, "A")
        first.cr.commit()
        with patch("odoo.service.model.time.sleep"), self.assertRaisesRegex(UserError, "already"):
            retrying(lambda: self.do(second, "A"), second)
        second.cr.rollback()
        self.check("running", ["B"])

    def test_conflict_is_not_wrapped(self):
        """HU-24: the conflict reaches the request as it is, so that it is repeated."""
        first, second = self.connect(), self.connect()
        second["bpm.instance"].browse(self.instance_id).task_ids.mapped("state")
        self.do(first, "A")
        first.cr.commit()
        with self.assertRaises(SerializationFailure):
            self.do(second, "B")
        second.cr.rollback()

    def test_start_twice_at_once(self):
        """HU-23: two people start it on the same record at once: one instance."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["bpm.instance"].browse(self.instance_id)._cancel("again")
        first, second = self.connect(), self.connect()
        for env in (first, second):
            env["bpm.instance"].browse(self.instance_id).mapped("state")
        partner = first["res.partner"].browse(self.partner_id)
        first["bpm.process"].browse(self.process_id)._start(partner)
        first.cr.commit()

        def late():
            process = second["bpm.process"].browse(self.process_id)
            process._start(second["res.partner"].browse(self.partner_id))

        with patch("odoo.service.model.time.sleep"), self.assertRaisesRegex(UserError, "already"):
            retrying(late, second)
        second.cr.rollback()

    def test_crash_in_the_middle(self):
        """HU-24: a server that dies in the middle of a step leaves nothing of it."""
        env = self.connect()
        self.do(env, "A")
        env.cr.rollback()  # what the database does when the connection breaks
        self.check("running", ["A", "B"])
        env = self.connect()
        self.do(env, "A")
        self.do(env, "B")
        env.cr.commit()
        self.check("done", [])


class TestCrash(RunCommon):
    def test_exception_leaves_nothing(self):
        """HU-24: a failing service undoes the whole step: task open, no half effects."""
        self.action("fine", "message")
        self.action("broken", "message")
        process = self.make(
            "crash",
            start(),
            task("Visa"),
            service("One", "fine", body="half"),
            service("Two", "broken"),
            end(),
            chain("Start", "Visa", "One", "Two", "End"),
        )
        instance = self.launch(process)
        state = instance.sudo().engine_state
        lines = len(instance.log_ids)
        kind = type(self.env["bpm.action"])
        run = kind._run_message

        def crash(action, work):
            if work.action.key == "broken":
                raise ZeroDivisionError("boom")
            return run(action, work)

        with patch.object(kind, "_run_message", crash):
            with self.assertRaisesRegex(UserError, "“Two” of Crash failed: boom"):
                with self.cr.savepoint():
                    self.do(instance, "Visa", comment="x")
        self.env.invalidate_all()
        self.assertEqual(instance.task_ids.state, "todo")
        self.assertEqual(instance.sudo().engine_state, state)
        self.assertEqual(len(instance.log_ids), lines)
        self.assertNotIn("half", str(self.partner.message_ids.mapped("body")))
        self.do(instance, "Visa")
        self.assertEqual(instance.state, "done")
