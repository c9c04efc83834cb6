from odoo import Command
from odoo.exceptions import AccessError, UserError

from .run_common import RunCommon, chain, end, service, start, task


class TestRecordEnd(RunCommon):
    """What happens to processes when their record, or a manager, ends them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls.make("visa", start(), task("Visa"), end(), chain("Start", "Visa", "End"))

    def test_archived(self):
        """HU-06: archiving the record withdraws the tasks."""
        instance = self.launch(self.process)
        self.partner.action_archive()
        self.assertEqual(instance.state, "cancelled")
        self.assertEqual(instance.task_ids.state, "cancelled")
        self.assertFalse(instance.task_ids.activity_ids)
        self.assertIn("archived", instance.result)

    def test_archived_and_kept(self):
        """HU-06: a process may outlive the archiving of its record."""
        self.process.cancel_on_archive = False
        instance = self.launch(self.process)
        self.partner.active = False
        self.assertEqual(instance.state, "running")

    def test_deleted(self):
        """HU-06: the record can be deleted; what was done stays in the history."""
        instance = self.launch(self.process)
        self.partner.with_user(self.manager).unlink()
        self.assertFalse(self.partner.exists())
        self.assertEqual(instance.state, "cancelled")
        self.assertEqual(instance.name, "Visa: Vector")
        self.assertEqual(instance.log_ids.mapped("event")[-2:], ["cancelled", "ended"])

    def test_free_again(self):
        """HU-23: after a cancellation the process may run on the record again."""
        self.launch(self.process).with_user(self.manager).action_cancel("Wrong customer")
        self.assertTrue(self.launch(self.process))

    def test_cancel_by_hand(self):
        """HU-24: managers and the owner, with a reason; others not."""
        instance = self.launch(self.process)
        with self.assertRaises(AccessError):
            instance.with_user(self.worker).action_cancel("no")
        with self.assertRaisesRegex(UserError, "Say why"):
            instance.with_user(self.manager).action_cancel("")
        self.process.owner_id = self.worker
        instance.with_user(self.worker).action_cancel("Wrong customer")
        self.assertEqual(instance.result, "Cancelled: Wrong customer")
        self.assertEqual(instance.log_ids[-1].user_id, self.worker)

    def test_no_work_on_what_ended(self):
        """HU-24: a page that was open before says so in one sentence."""
        instance = self.launch(self.process)
        row = instance.task_ids
        instance.with_user(self.manager).action_cancel("Wrong customer")
        with self.assertRaisesRegex(UserError, "has ended already"):
            instance._complete_task(row)

    def test_no_work_while_suspended(self):
        """HU-19: suspended: no step; resumed: as before."""
        instance = self.launch(self.process)
        instance.with_user(self.manager).action_suspend("Audit")
        with self.assertRaisesRegex(UserError, "is suspended"):
            instance._complete_task(instance.task_ids)
        instance.with_user(self.manager).action_resume()
        self.do(instance, "Visa")
        self.assertEqual(instance.state, "done")

    def test_task_done_twice(self):
        """HU-24: the second of two clicks learns that the task is done."""
        instance = self.launch(
            self.make("two", start(), task("A"), task("B"), end(), chain("Start", "A", "B", "End"))
        )
        row = instance.task_ids
        self.do(instance, "A")
        with self.assertRaisesRegex(UserError, "already done or was withdrawn"):
            instance.with_user(self.worker)._complete_task(row)
        self.assertEqual(self.open_names(instance), ["B"])

    def test_action_that_archives_its_record(self):
        """HU-06: a process whose own action archives the record goes on to its own end."""
        field = self.env["ir.model.fields"]._get("res.partner", "active")
        value = {"field_id": field.id, "value": "false"}
        self.action("archive", "set", value_ids=[Command.create(value)])
        self.publish(
            self.process,
            start(),
            service("Do", "archive"),
            task("After"),
            end(),
            chain("Start", "Do", "After", "End"),
        )
        instance = self.launch(self.process)
        self.assertFalse(self.partner.active)
        self.assertEqual(instance.state, "running")
        self.do(instance, "After")
        self.assertEqual(instance.state, "done")
