from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import freeze_time, tagged

from .task_common import TaskCommon

TWICE = "nobody votes twice"


@tagged("post_install", "-at_install")
class TestTaskOneVote(TaskCommon):
    """Approvals by several people are given by several people, whatever way votes go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls._user("third_worker")

    def _groups(self, **approval):
        """Votes of two groups; the worker belongs to both."""
        other = self.env["res.groups"].create(
            {"name": "Buyers", "user_ids": [(6, 0, (self.worker | self.third).ids)]}
        )
        approvers = [{"kind": "group", "group": f"#{one.id}"} for one in (self.group, other)]
        return self._task(approval={"mode": "all", **approval, "approvers": approvers})

    def test_two_groups(self):
        """AT-09: a member of both approving groups votes for one of them only."""
        first, second = self._groups()
        first.with_user(self.worker).action_claim()
        for act in ("action_claim", "action_complete"):
            with self.subTest(act), self.assertRaisesRegex(UserError, TWICE):
                args = ("approved",) if act == "action_complete" else ()
                getattr(second.with_user(self.worker), act)(*args)
        first.with_user(self.worker).action_complete("approved")
        with self.assertRaisesRegex(UserError, TWICE):
            second.with_user(self.worker).action_complete("approved")
        self.assertFalse(self.moves)
        second.with_user(self.third).action_complete("approved")
        self.assertEqual([move[1] for move in self.moves], ["approved"])

    def test_both_at_once(self):
        """AT-09: nor does one take or give both in a single call."""
        votes = self._groups()
        with self.assertRaisesRegex(UserError, TWICE), self.cr.savepoint():
            votes.with_user(self.worker).action_claim()
        with self.assertRaisesRegex(UserError, TWICE), self.cr.savepoint():
            votes.with_user(self.manager).action_complete("approved")
        self.env.invalidate_all()
        self.assertEqual(votes.mapped("state"), ["todo", "todo"])
        self.assertFalse(votes.user_id)

    def test_not_offered(self):
        """AT-09: a vote one may not give is neither offered nor counted, only passed on."""
        first, second = self._groups()
        first.with_user(self.worker).action_claim()
        self.env.invalidate_all()
        own = self.env["bpm.task"].with_user(self.worker)
        mine = own.browse(second.id)
        self.assertFalse(mine.can_claim or mine.can_complete)
        self.assertTrue(mine.can_delegate)
        domain = [("id", "in", (first | second).ids)]
        self.assertFalse(own.search([*domain, ("can_claim", "=", True)]))
        self.assertFalse(own.search(own._get_to_take_domain() & Domain(domain)))
        self.assertTrue(own.browse(first.id).can_complete)
        other = own.with_user(self.third)
        self.assertEqual(other.search([*domain, ("can_claim", "=", True)]).ids, second.ids)

    def test_delegated(self):
        """AT-09: a vote is not passed on to somebody who votes or has voted."""
        votes = self._approval(self.worker, self.other_worker, mode="all")
        with self.assertRaisesRegex(UserError, f"Other Worker has a vote.*{TWICE}"):
            votes[0].with_user(self.worker).action_delegate(self.other_worker.id)
        votes[1].with_user(self.other_worker).action_complete("approved")
        with self.assertRaisesRegex(UserError, TWICE):
            votes[0].with_user(self.worker).action_delegate(self.other_worker.id)
        votes[0].with_user(self.worker).action_delegate(self.third.id)
        votes[0].with_user(self.third).action_complete("approved")
        self.assertEqual(len(self.moves), 1)

    def test_manager(self):
        """AT-09: who manages processes does one vote of a matter, and not a second."""
        votes = self._approval(self.worker, self.other_worker, mode="all")
        votes[0].with_user(self.manager).action_complete("approved")
        with self.assertRaisesRegex(UserError, TWICE):
            votes[1].with_user(self.manager).action_complete("approved")
        self.assertEqual(votes[1].state, "todo")

    def test_activity(self):
        """AT-09: nor by marking the activity done."""
        element = self._element(
            outcomes=[{"key": "ok", "label": "Seen", "style": "positive"}],
            approval={
                "mode": "all",
                "approvers": [
                    {"kind": "user", "user": self.worker.login},
                    {"kind": "user", "user": self.other_worker.login},
                ],
            },
        )
        votes = self._task(element=element)
        votes[0].with_user(self.worker).action_complete("ok")
        # As it may stand in a database of before.
        votes[1].user_id = self.worker
        activity = self._activities(votes[1]).with_user(self.worker)
        with self.assertRaisesRegex(UserError, TWICE):
            activity.action_done()

    def test_stand_in_who_votes(self):
        """AT-09: whose substitute votes, too, is replaced by the owner; all two are asked."""
        self._absent(self.other_worker, self.worker)
        with freeze_time("2026-03-05 10:00:00"):
            votes = self._approval(self.worker, self.other_worker, mode="all")
        self.assertEqual(votes.mapped("user_id"), self.worker | self.manager)
        self.assertEqual(votes[1].original_user_id, self.other_worker)
        self.assertIn("has another vote", votes[1].why)
        self.assertIn(self.manager.name, votes[1].why)
        with freeze_time("2026-03-11 06:00:00"):
            self.env["bpm.substitution"]._cron_give_back()
        self.assertEqual(votes[1].user_id, self.other_worker)

    def test_quorum_does_not_shrink(self):
        """AT-09: two of two stay two, although one is away or drawn twice."""
        self._absent(self.other_worker, self.worker)
        with freeze_time("2026-03-05 10:00:00"):
            votes = self._approval(self.worker, self.other_worker, mode="quorum", quorum=2)
        self.assertEqual(votes.mapped("user_id"), self.worker | self.manager)
        votes[0].with_user(self.worker).action_complete("approved")
        self.assertFalse(self.moves)
        votes = self._approval(self.worker, self.worker, mode="quorum", quorum=2)
        self.assertEqual(votes.mapped("user_id"), self.worker | self.manager)

    def test_quorum_of_those_left(self):
        """AT-09: nobody else is troubled while enough people are left, or one is enough."""
        self._absent(self.other_worker, self.worker)
        people = (self.worker, self.other_worker, self.third)
        with freeze_time("2026-03-05 10:00:00"):
            votes = self._approval(*people, mode="quorum", quorum=2)
            self.assertEqual(votes.mapped("user_id"), self.worker | self.third)
            votes = self._approval(*people[:2], mode="any")
            self.assertEqual(votes.mapped("user_id"), self.worker)

    def test_owner_votes_as_well(self):
        """AT-09: where the owner votes already, another manager of processes is asked."""
        second = self._user("second_manager", "bpm_engine.group_manager")
        self._absent(self.worker, self.manager)
        with freeze_time("2026-03-05 10:00:00"):
            votes = self._approval(self.manager, self.worker, mode="all")
        self.assertEqual(len(votes), 2)
        self.assertEqual(len(votes.user_id), 2)
        self.assertTrue(votes[1].user_id.has_group("bpm_engine.group_manager"))
        self.assertTrue(second.active)

    def test_handed_over(self):
        """AT-09, HU-23: open votes handed over to a substitute who votes go to the owner."""
        votes = self._approval(self.worker, self.other_worker, mode="all")
        plain = self._task_of(self.other_worker)
        with freeze_time("2026-03-05 10:00:00"):
            absence = self._absent(self.other_worker, self.worker)
            absence.with_user(self.other_worker).action_hand_over()
            self.assertEqual(plain.user_id, self.worker)
            self.assertEqual(votes.mapped("user_id"), self.worker | self.manager)
            absence.with_user(self.other_worker).action_end()
        self.assertEqual(votes[1].user_id, self.other_worker)

    def test_substitute_does_not_vote_for_both(self):
        """AT-09: who stands in may do the absent person's task, but not a second vote."""
        votes = self._approval(self.worker, self.other_worker, mode="all")
        with freeze_time("2026-03-05 10:00:00"):
            self._absent(self.other_worker, self.worker)
            votes[0].with_user(self.worker).action_complete("approved")
            with self.assertRaisesRegex(UserError, TWICE):
                votes[1].with_user(self.worker).action_complete("approved")
        self.assertFalse(self.moves)

    def test_escalated(self):
        """AT-09, HU-24: an overdue vote is not passed on to one who votes: he is told."""
        with freeze_time("2026-03-06 15:00:00"):
            votes = self._task(
                approval={
                    "mode": "all",
                    "approvers": [
                        {"kind": "user", "user": self.worker.login},
                        {"kind": "user", "user": self.other_worker.login},
                    ],
                },
                escalation={"kind": "user", "user": self.worker.login, "action": "reassign"},
            )
        votes[1]._escalate()
        self.assertEqual(votes[1].user_id, self.other_worker)
        lines = self.env["bpm.log"].search(
            [("token", "=", votes[1].token), ("event", "=", "escalated")]
        )
        self.assertIn("Told", lines.comment)
