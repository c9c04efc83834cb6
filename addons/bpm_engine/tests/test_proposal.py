"""Proposals: anybody proposes, discusses and votes; the owner decides; the effect is measured."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .versions_common import VersionsCommon, three_steps, two_steps


class TestProposal(VersionsCommon):
    def setUp(self):
        super().setUp()
        self.process = self.make("visa", *two_steps())
        self.version = self.process.published_version_id
        self.owner = self._user("owner")
        self.process.owner_id = self.owner
        self.anybody = new_test_user(self.env, "bpm_anybody", groups="base.group_user")

    def propose(self, source=None, user=None, **values):
        """As from the dialog: its defaults and what the person typed."""
        source = (source or self.process).with_user(user or self.anybody)
        context = source.action_propose()["context"]
        model = self.env["bpm.proposal"].with_user(user or self.anybody)
        return model.with_context(**context).create({"name": "Sign by phone", **values})

    def test_anybody_proposes(self):
        """HU-18: an employee without any process right proposes; the owner follows it."""
        proposal = self.propose()
        self.assertEqual((proposal.state, proposal.author_id), ("open", self.anybody))
        self.assertEqual(proposal.version_id, self.version)
        self.assertIn(self.owner.partner_id, proposal.message_partner_ids)
        self.assertEqual(self.process.proposal_count, 1)

    def test_pinned_where_it_was_noticed(self):
        """HU-18: from a task, an instance or an element it knows where."""
        instance = self.launch(self.process)
        of_task = self.propose(instance.task_ids, user=self.worker)
        self.assertEqual((of_task.element, of_task.element_name), ("Check", "Check"))
        self.assertEqual(of_task.instance_id, instance)
        of_instance = self.propose(instance, user=self.worker)
        self.assertEqual((of_instance.instance_id, of_instance.element), (instance, False))
        context = self.version.action_propose("Pay")["context"]
        of_element = self.env["bpm.proposal"].with_context(**context).create({"name": "x"})
        self.assertEqual(of_element.element_name, "Pay")
        self.assertEqual(of_element.marks["marks"], [{"element": "Pay", "state": "about"}])

    def test_one_vote_each(self):
        """HU-21: one click votes, the same click takes back, the other changes; one each."""
        proposal = self.propose()
        mine = proposal.with_user(self.worker)
        mine.action_vote_for()
        self.assertEqual((mine.my_vote, mine.score), (1, 1))
        mine.action_vote_against()
        self.assertEqual((mine.my_vote, mine.score), (-1, -1))
        proposal.with_user(self.other_worker).action_vote_for()
        self.assertEqual((proposal.votes_for, proposal.votes_against, proposal.score), (1, 1, 0))
        mine.action_vote_against()
        self.assertEqual((mine.my_vote, proposal.score), (0, 1))
        with self.assertRaises(AccessError):
            self.env["bpm.proposal.vote"].with_user(self.worker).create(
                {"proposal_id": proposal.id, "user_id": self.designer.id, "value": 1}
            )

    def test_discussion(self):
        """HU-21: anybody discusses below it."""
        proposal = self.propose()
        proposal.with_user(self.other_worker).message_post(body="Good, but the law?")
        self.assertIn("the law", proposal.message_ids[0].body)

    def test_accept_hangs_on_a_draft(self):
        """HU-18, HU-21: accepted, it hangs on the draft; published, it is in effect."""
        proposal = self.propose()
        proposal.with_user(self.owner).action_accept()
        draft = self.process.draft_version_id
        self.assertEqual((proposal.state, proposal.implemented_version_id), ("accepted", draft))
        self.assertIn(self.anybody.partner_id, proposal.message_ids[0].notified_partner_ids)
        with self.assertRaisesRegex(UserError, "votes are closed"):
            proposal.with_user(self.worker).action_vote_for()
        self.publish(self.process, *three_steps())
        self.assertEqual(proposal.state, "done")
        self.assertIn("In effect", proposal.message_ids[0].body)
        self.assertIn(self.anybody.partner_id, proposal.message_ids[0].notified_partner_ids)

    def test_accepted_survives_a_discarded_draft(self):
        """HU-18: the draft thrown away, it waits and hangs on the next one."""
        proposal = self.propose()
        proposal.with_user(self.owner).action_accept()
        self.process.draft_version_id.with_user(self.designer).action_discard_draft()
        proposal.invalidate_recordset()
        self.assertFalse(proposal.implemented_version_id)
        self.version.with_user(self.designer).action_new_draft()
        self.assertEqual(proposal.implemented_version_id, self.process.draft_version_id)

    def test_declined_with_reason(self):
        """HU-21: declining needs a reason, and the author reads it."""
        proposal = self.propose()
        mine = proposal.with_user(self.owner)
        with self.assertRaisesRegex(UserError, "Say why"):
            mine.decline(" ")
        wizard = (
            self.env["bpm.proposal.decline"]
            .with_user(self.owner)
            .create({"proposal_id": proposal.id, "reason": "The law forbids it"})
        )
        wizard.action_decline()
        self.assertEqual((proposal.state, proposal.decline_reason), ("declined", wizard.reason))
        self.assertIn("The law forbids it", proposal.message_ids[0].body)
        mine.action_reopen()
        self.assertEqual((proposal.state, proposal.decline_reason), ("open", False))

    def test_who_decides(self):
        """HU-23: owner and managers decide; nobody else by button or by writing."""
        proposal = self.propose()
        for user in (self.worker, self.designer, self.anybody):
            with self.assertRaisesRegex(AccessError, "owner of the process decides"):
                proposal.with_user(user).action_accept()
            with self.assertRaises(AccessError):
                proposal.with_user(user).decline("no")
            with self.assertRaises(AccessError):
                proposal.with_user(user).write({"state": "accepted"})
        with self.assertRaises(AccessError):
            proposal.with_user(self.worker).write({"name": "Mine now"})
        proposal.with_user(self.anybody).write({"name": "Sign by phone or mail"})
        proposal.with_user(self.manager).action_accept()
        with self.assertRaises(AccessError):
            proposal.with_user(self.anybody).write({"name": "Changed after"})

    def test_in_own_name_only(self):
        """HU-18: nobody proposes in another's name or as accepted."""
        proposal = self.propose(author_id=self.owner.id, state="done")
        self.assertEqual((proposal.author_id, proposal.state), (self.anybody, "open"))

    # Effect

    def ended(self, version, started, hours, overdue=False, state="done"):
        instance = self.env["bpm.instance"].create(
            {
                "name": "x",
                "process_id": self.process.id,
                "version_id": version.id,
                "company_id": self.env.company.id,
                "state": state,
                "date_start": started,
                "date_end": started + timedelta(hours=hours) if state != "running" else False,
            }
        )
        instance._log("left", element="Check", duration=hours * 1800.0, overdue=overdue, at=started)
        return instance

    def test_effect(self):
        """HU-19: median, overdue and loss share before and after, with sizes of the samples."""
        proposal = self.propose(element="Check")
        proposal.with_user(self.owner).action_accept()
        new = self.publish(self.process, *three_steps())
        since = fields.Datetime.now() - timedelta(days=10)
        new.sudo().published_at = since
        for number in range(20):
            self.ended(self.version, since - timedelta(days=5), 10 + number % 3, number < 10)
            self.ended(new, since + timedelta(days=1), 4, number < 2)
        self.ended(new, since + timedelta(days=1), 1, state="cancelled")
        self.ended(self.version, since - timedelta(days=40), 500)
        self.ended(new, since - timedelta(days=1), 900)
        proposal.invalidate_recordset()
        before, after = proposal.effect["before"], proposal.effect["after"]
        self.assertEqual((before["ended"], after["ended"]), (20, 21))
        self.assertEqual((before["median_hours"], after["median_hours"]), (11.0, 4.0))
        self.assertEqual(before["overdue_share"], 0.5)
        self.assertAlmostEqual(after["overdue_share"], 2 / 21)
        self.assertAlmostEqual(after["loss_share"], 1 / 21)
        self.assertEqual(after["step_median_hours"], 2.0)
        self.assertFalse(proposal.effect["is_small"])
        self.assertNotIn("Small samples", proposal.effect_html)

    def test_effect_of_little_is_marked(self):
        """HU-19: few instances prove nothing, and it is said; running ones are named."""
        proposal = self.propose()
        proposal.with_user(self.owner).action_accept()
        new = self.publish(self.process, *three_steps())
        self.ended(new, fields.Datetime.now(), 1, state="running")
        proposal.invalidate_recordset()
        self.assertTrue(proposal.effect["is_small"])
        self.assertIn("Small samples", proposal.effect_html)
        self.assertIn("take long are still missing", proposal.effect_html)
        self.assertIsNone(proposal.effect["before"]["median_hours"])
