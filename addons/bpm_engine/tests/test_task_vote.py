from odoo.exceptions import UserError
from odoo.tests import tagged

from .task_common import TaskCommon


@tagged("post_install", "-at_install")
class TestTaskVote(TaskCommon):
    """Approvals by several people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = [cls.worker, cls.other_worker, cls.designer]

    def _vote(self, tasks, person, outcome="approved", comment="Reason"):
        own = tasks.filtered(lambda t: t.user_id == person)
        own.with_user(person).action_complete(outcome, comment)
        return own

    def test_all(self):
        """AT-09: with "all" the last approval decides."""
        tasks = self._approval(*self.people, mode="all")
        self.assertEqual(set(tasks.mapped("state")), {"todo"})
        for person in self.people[:2]:
            self._vote(tasks, person)
            self.assertFalse(self.moves)
        self._vote(tasks, self.people[2])
        self.assertEqual([move[1] for move in self.moves], ["approved"])

    def test_all_refused_by_the_first(self):
        """AT-09: with "all" one refusal is enough; the others are asked no more."""
        tasks = self._approval(*self.people, mode="all")
        self._vote(tasks, self.worker, "refused", "Too dear")
        self.assertEqual(self.moves, [(tasks[0].token, "refused", "Too dear")])
        self.assertEqual(tasks.mapped("state"), ["done", "cancelled", "cancelled"])
        self.assertFalse(self._activities(tasks[1:]))
        with self.assertRaisesRegex(UserError, "Decided without this vote"):
            self._vote(tasks, self.other_worker)

    def test_any(self):
        """AT-09: with "any" one approval is enough, and only all refusals refuse."""
        tasks = self._approval(*self.people, mode="any")
        self._vote(tasks, self.worker, "refused")
        self.assertFalse(self.moves)
        self._vote(tasks, self.other_worker)
        self.assertEqual(self.moves[0][1], "approved")
        self.assertEqual(tasks.mapped("state"), ["done", "done", "cancelled"])

    def test_any_all_refuse(self):
        """AT-09: everybody refuses."""
        tasks = self._approval(*self.people, mode="any")
        for person in self.people:
            self._vote(tasks, person, "refused")
        self.assertEqual(self.moves[0][1], "refused")

    def test_quorum(self):
        """AT-09: two of three approve."""
        tasks = self._approval(*self.people, mode="quorum", quorum=2)
        self._vote(tasks, self.worker)
        self._vote(tasks, self.other_worker, "refused")
        self.assertFalse(self.moves)
        self._vote(tasks, self.designer)
        self.assertEqual(self.moves[0][1], "approved")

    def test_quorum_refused_as_soon_as_certain(self):
        """AT-09: two refusals of three: a quorum of two can no longer be reached."""
        tasks = self._approval(*self.people, mode="quorum", quorum="2")
        self._vote(tasks, self.worker, "refused")
        self.assertFalse(self.moves)
        self._vote(tasks, self.designer, "refused")
        self.assertEqual(self.moves[0][1], "refused")
        self.assertEqual(tasks[1].state, "cancelled")

    def test_quorum_larger_than_people(self):
        """AT-09: a quorum that nobody can reach means all."""
        tasks = self._approval(*self.people[:2], mode="quorum", quorum=5)
        self._vote(tasks, self.worker)
        self.assertFalse(self.moves)
        self._vote(tasks, self.other_worker)
        self.assertEqual(self.moves[0][1], "approved")

    def test_sequential(self):
        """AT-09: one after the other; who is not yet asked cannot vote and has no activity."""
        tasks = self._approval(*self.people, mode="all", order="sequential")
        self.assertEqual(tasks.mapped("state"), ["todo", "waiting", "waiting"])
        self.assertFalse(self._activities(tasks[1]))
        with self.assertRaisesRegex(UserError, "before you"):
            self._vote(tasks, self.other_worker)
        self._vote(tasks, self.worker)
        self.assertEqual(tasks.mapped("state"), ["done", "todo", "waiting"])
        self.assertEqual(self._activities(tasks[1]).user_id, self.other_worker)
        self._vote(tasks, self.other_worker)
        self._vote(tasks, self.designer)
        self.assertEqual(len(self.moves), 1)

    def test_sequential_refusal(self):
        """AT-09: a refusal ends the row; the next is never asked."""
        tasks = self._approval(*self.people, mode="all", order="sequential")
        self._vote(tasks, self.worker, "refused")
        self.assertEqual(tasks.mapped("state"), ["done", "cancelled", "cancelled"])
        self.assertEqual(self.moves[0][1], "refused")

    def test_nobody_votes_twice(self):
        """AT-09: a person named twice has one vote."""
        tasks = self._approval(self.worker, self.worker, self.other_worker, mode="all")
        self.assertEqual(len(tasks), 2)

    def test_group_as_approver(self):
        """AT-09: any member of a group votes for it."""
        tasks = self._task(
            approval={
                "mode": "all",
                "approvers": [
                    {"kind": "group", "group": f"#{self.group.id}"},
                    {"kind": "user", "user": self.designer.login},
                ],
            }
        )
        tasks[0].with_user(self.other_worker).action_complete("approved")
        self.assertEqual(tasks[0].user_id, self.other_worker)
        self._vote(tasks, self.designer)
        self.assertEqual(len(self.moves), 1)

    def test_votes_stay(self):
        """AT-09: who voted what, when and why stays in the history for ever."""
        tasks = self._approval(*self.people, mode="all")
        self._vote(tasks, self.worker, "approved", "Good price")
        self._vote(tasks, self.other_worker, "refused", "No stock")
        lines = self.env["bpm.log"].search(
            [("token", "=", tasks[0].token), ("event", "=", "decided")]
        )
        self.assertEqual(
            [(line.user_id, line.outcome, line.comment) for line in lines],
            [
                (self.worker, "approved", "Good price"),
                (self.other_worker, "refused", "No stock"),
            ],
        )

    def test_own_outcomes(self):
        """AT-09: outcomes drawn by hand: every negative one refuses."""
        tasks = self._task(
            outcomes=[
                {"key": "yes", "label": "Yes", "style": "positive"},
                {"key": "later", "label": "With remarks", "style": "neutral"},
                {"key": "no", "label": "No", "style": "negative"},
            ],
            approval={
                "mode": "all",
                "approvers": [{"kind": "user", "user": p.login} for p in self.people[:2]],
            },
        )
        self._vote(tasks, self.worker, "later")
        self._vote(tasks, self.other_worker, "yes")
        self.assertEqual(self.moves[0][1], "yes")
