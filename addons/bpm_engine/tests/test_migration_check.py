"""Many running instances are looked at in the background (HU-19)."""

from unittest.mock import patch

from odoo.tools import mute_logger

from .run_common import chain, end, start, task
from .test_migration import MigrationCommon
from .versions_common import three_steps

MODULE = "odoo.addons.bpm_engine.models.bpm_migration_check"
APART = "odoo.addons.bpm_engine.models.bpm_migration_check_apart"


class TestCheckInBackground(MigrationCommon):
    def setUp(self):
        super().setUp()
        for name, value in (("_AT_ONCE", 3), ("_BATCH", 2)):
            patcher = patch(f"{MODULE}.{name}", value)
            patcher.start()
            self.addCleanup(patcher.stop)

    def publish_asking(self, *body):
        """Publish as a manager does with the button; the check that opens."""
        draft = self.draft(self.process)
        draft.bpmn_xml = self.drawing(self.process, *body)
        action = draft.with_user(self.manager).action_publish()
        return self.env["bpm.migration"].with_user(self.manager).browse(action["res_id"])

    def test_publishing_does_not_wait(self):
        """HU-19: the version is in use at once; verdicts come later, and go on where cut."""
        instances = self.launch_many(self.process, 5)
        with patch.object(type(self.env["bpm.migration"]), "_verdict") as verdict:
            change = self.publish_asking(*three_steps())
            verdict.assert_not_called()
        self.assertEqual(self.process.published_version_id, change.version_id)
        self.assertEqual((change.state, change.count_unchecked), ("checking", 5))
        cron = self.env.ref("bpm_engine.ir_cron_migration")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        self.run_cron(0)
        self.assertEqual((change.state, change.count_checked, change.progress), ("checking", 2, 40))
        self.run_cron()
        self.assertEqual((change.state, change.count_moves), ("checked", 5))
        self.assertEqual(change.line_ids.instance_id, instances.with_user(self.manager))
        self.assertEqual(change.from_version_id, self.old)
        self.assertTrue(change.checked_at)

    def test_a_few_are_checked_at_once(self):
        """HU-19: who has three instances sees their verdicts on the page that opens."""
        self.launch_many(self.process, 3)
        change = self.publish_asking(*three_steps())
        self.assertEqual((change.state, change.count_moves), ("checked", 3))

    def test_only_undecided_ones_are_looked_at_again(self):
        """HU-19: a step of the same name is proposed: the others keep their verdicts."""
        instances = self.launch_many(self.process, 5)
        self.do(instances[0], "Check")
        body = (
            start(),
            task("Check2").replace('name="Check2"', 'name="Check"'),
            task("Pay"),
            end(),
            chain("Start", "Check2", "Pay", "End"),
        )
        change = self.publish_asking(*body)
        asked = []
        verdict = type(change)._verdict

        def note(one, instance):
            asked.append(instance.id)
            return verdict(one, instance)

        with patch.object(type(change), "_verdict", note):
            self.run_cron()
        self.assertEqual(sorted(asked), sorted(instances.ids + instances[1:].ids))
        self.assertEqual((change.state, change.count_moves), ("checked", 5))
        self.assertEqual(change.mapping_ids.count, 4)

    def test_a_decision_is_checked_first(self):
        """HU-19: many are looked at anew before they move, and the person sees it."""
        self.launch_many(self.process, 5)
        body = (start(), task("Sign"), task("Pay"), end(), chain("Start", "Sign", "Pay", "End"))
        change = self.publish_asking(*body)
        self.run_cron()
        self.assertEqual((change.count_mapping, change.mapping_ids.count), (5, 5))
        sign = change.version_id.element_ids.filtered(lambda one: one.element_id == "Sign")
        change.mapping_ids.new_element_id = sign
        change.action_move()
        self.assertEqual(change.state, "checking")
        self.run_cron()
        self.assertEqual((change.state, change.count_moves), ("checked", 5))
        change.action_move()
        self.assertEqual((change.state, change.count_moved), ("done", 5))

    @mute_logger(MODULE)
    def test_one_that_cannot_be_looked_at(self):
        """HU-19: it stays on its version with the reason; the others have their verdicts."""
        instances = self.launch_many(self.process, 5)
        change = self.publish_asking(*three_steps())
        verdict = type(change)._verdict

        def fail(one, instance):
            if instance == instances[1]:
                raise KeyError("unforeseen")
            return verdict(one, instance)

        with patch.object(type(change), "_verdict", fail):
            self.run_cron()
        self.assertEqual((change.count_moves, change.count_blocked), (4, 1))
        self.assertIn("unforeseen", change.line_ids.filtered(lambda x: x.reason).reason)

    def test_rights_lost_meanwhile(self):
        """HU-19, HU-24: a check whose person manages no more ends; the next ones go on."""
        self.launch_many(self.process, 5)
        stopped = self.publish_asking(*three_steps())
        other = self._user("other_manager", "bpm_engine.group_manager")
        action = self.process.with_user(other).action_check_older()
        checked = self.env["bpm.migration"].with_user(other).browse(action["res_id"])
        self.manager.group_ids = self.env.ref("base.group_user")
        self.run_cron()
        self.assertEqual((checked.state, checked.count_moves), ("checked", 5))
        stopped = stopped.with_user(other)
        self.assertEqual((stopped.state, stopped.count_checked), ("checked", 0))
        self.assertIn("does not manage processes any more", stopped.stopped)
        stopped.action_check()
        self.run_cron()
        self.assertEqual((stopped.count_moves, stopped.stopped), (5, False))

    def test_person_is_gone(self):
        """HU-24: nobody is left in whose name it could go on: it ends and says so."""
        self.launch_many(self.process, 5)
        change = self.publish_asking(*three_steps())
        change.sudo().checked_by_id = False
        self.run_cron()
        self.assertEqual(change.state, "checked")
        self.assertIn("no user any more", change.stopped)
        users = type(self.env["res.users"])
        change.sudo().checked_by_id = self.manager
        with patch.object(users, "_bus_send", autospec=True) as send:
            change.sudo().with_context(cron_id=1)._tell_checked()
        who, _kind, told = send.call_args.args
        self.assertEqual((who, told["type"]), (self.manager, "warning"))
        self.assertEqual(told["message"], change.stopped)

    def test_check_that_fails(self):
        """HU-24: whatever stops one check is told there, and stops no other."""
        self.launch_many(self.process, 5)
        first = self.publish_asking(*three_steps())
        second = self.env["bpm.migration"].browse(
            self.process.with_user(self.manager).action_check_older()["res_id"]
        )
        unchecked = type(first)._get_unchecked

        def fail(change, limit):
            if change.id == first.id:
                raise KeyError("lost")
            return unchecked(change, limit)

        with patch.object(type(first), "_get_unchecked", fail), mute_logger(APART):
            self.run_cron()
        self.assertIn("lost", first.stopped)
        self.assertEqual((second.state, second.count_moves), ("checked", 5))
