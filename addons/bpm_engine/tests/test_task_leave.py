from odoo.tests import tagged

from .task_common import TaskCommon


@tagged("post_install", "-at_install")
class TestTaskLeave(TaskCommon):
    """HU-23: no process waits for somebody who has left the company."""

    def _is_with(self, task, user):
        self.assertEqual(task.user_id, user)
        self.assertEqual(self._activities(task).mapped("user_id"), user)

    def test_task_of_a_person(self):
        """HU-23: who is archived leaves the task to the process owner, and it is said why."""
        task, other = self._task_of(self.worker), self._task_of(self.other_worker)
        self.worker.action_archive()
        self._is_with(task, self.manager)
        self.assertIn("no longer works here", task.why)
        self._is_with(other, self.other_worker)

    def test_substitute_stays(self):
        """HU-23: who stood in when the person left goes on doing so."""
        task = self._task_of(self.worker)
        self.env["bpm.substitution"].create(
            {
                "user_id": self.worker.id,
                "substitute_id": self.designer.id,
                "date_from": "2020-01-01",
                "date_to": "2099-01-01",
            }
        )
        self.worker.active = False
        self._is_with(task, self.designer)

    def test_taken_from_a_group(self):
        """HU-23: what was taken from a group is free again; without members the owner has it."""
        rule = {"kind": "group", "group": f"#{self.group.id}"}
        task = self._task(assignment=rule)
        task.with_user(self.worker).action_claim()
        self.worker.action_archive()
        self.assertEqual((task.user_id, task.group_id), (self.env["res.users"], self.group))
        task.with_user(self.other_worker).action_claim()
        self.other_worker.action_archive()
        self._is_with(task, self.manager)
        self.assertFalse(task.group_id)

    def test_votes(self):
        """AT-09: votes, also those whose turn is yet to come, go to others; nobody gets two."""
        votes = self._approval(self.other_worker, self.worker, mode="all", order="sequential")
        self.assertEqual(set(votes.mapped("state")), {"todo", "waiting"})
        votes[1].user_id.action_archive()
        self.assertEqual(votes[1].user_id, self.manager)
        votes[0].user_id.action_archive()
        self.assertNotEqual(votes[0].user_id, self.manager)
        self.assertTrue(votes[0].user_id.active)

    def test_deleted(self):
        """HU-23: the same when a person is deleted."""
        gone = self._user("gone")
        task = self._task_of(gone)
        task.instance_id.sudo().log_ids.unlink()
        gone.unlink()
        self._is_with(task, self.manager)
