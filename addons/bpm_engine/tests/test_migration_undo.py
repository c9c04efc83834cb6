"""A big move is taken back in the background (HU-19)."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .test_migration import MigrationCommon
from .versions_common import three_steps

MODULES = "odoo.addons.bpm_engine.models"


class TestUndoInBackground(MigrationCommon):
    def setUp(self):
        super().setUp()
        self.instances = self.launch_many(self.process, 5)
        self.before = self.states(self.instances)
        self.new = self.publish(self.process, *three_steps())
        self.change = self.move()
        for module, name, value in (
            ("bpm_migration_undo", "_AT_ONCE", 3),
            ("bpm_migration_move", "_BATCH", 2),
        ):
            patcher = patch(f"{MODULES}.{module}.{name}", value)
            patcher.start()
            self.addCleanup(patcher.stop)

    def count(self):
        change = self.change
        return change.state, change.count_undone, change.count_undoing

    def test_goes_on_where_it_was_cut(self):
        """HU-19: who takes back many waits for nothing; what went on meanwhile stays."""
        with patch.object(type(self.change.line_ids), "_take_back") as take_back:
            self.change.action_undo()
            take_back.assert_not_called()
        self.assertEqual(self.count(), ("undoing", 0, 5))
        cron = self.env.ref("bpm_engine.ir_cron_migration")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        with self.assertRaisesRegex(UserError, "Taking back"):
            self.change.action_undo()
        self.run_cron(0)
        self.assertEqual(self.count(), ("undoing", 2, 3))
        self.assertEqual(self.change.progress, 40)
        self.through(self.instances[3], "Check")
        self.run_cron()
        self.assertEqual(self.count(), ("done", 4, 0))
        back = self.instances - self.instances[3]
        self.assertEqual((back.version_id, self.instances[3].version_id), (self.old, self.new))
        self.assertEqual(self.states(back), {one.id: self.before[one.id] for one in back})
        line = self.change.line_ids.filtered(lambda one: one.state == "moved")
        self.assertIn("Work went on", line.reason)
        self.assertEqual(back[0].log_ids[-1].event, "migrated")
        self.assertEqual(back[0].log_ids[-1].user_id, self.manager)

    def test_all_taken_back(self):
        """HU-19: with nothing left it is over, and the move can be checked anew."""
        self.change.action_undo()
        self.run_cron()
        self.assertEqual(self.count(), ("undone", 5, 0))
        self.assertEqual(self.states(self.instances), self.before)

    def test_one_that_cannot_be_read(self):
        """HU-24: it stays, the reason is told, the others are taken back."""
        self.change.action_undo()
        take_back, bad = type(self.change.line_ids)._take_back, self.instances[1].id

        def fail(line):
            if line.instance_id.id == bad:
                raise KeyError("lost")
            return take_back(line)

        with (
            patch.object(type(self.change.line_ids), "_take_back", fail),
            mute_logger(f"{MODULES}.bpm_migration_move"),
        ):
            self.run_cron()
        self.assertEqual(self.count(), ("done", 4, 0))
        line = self.change.line_ids.filtered(lambda one: one.state == "moved")
        self.assertEqual(line.instance_id.id, bad)
        self.assertIn("lost", line.reason)

    def test_who_has_taken_back(self):
        """HU-06: the history names who took it back, not who moved it."""
        other = self._user("other_manager", "bpm_engine.group_manager")
        self.change.with_user(other).action_undo()
        self.run_cron()
        events = self.instances[0].log_ids.filtered(lambda line: line.event == "migrated")
        self.assertEqual(events.mapped("user_id"), self.manager | other)

    def test_told_when_over(self):
        """HU-19: whoever took many back is told what became of it, wherever he is by then."""
        self.change.action_undo()
        self.through(self.instances[0], "Check")
        self.run_cron()
        users = type(self.env["res.users"])
        with patch.object(users, "_bus_send", autospec=True) as send:
            self.change.sudo().with_context(cron_id=1)._tell_undone()
        who, _kind, told = send.call_args.args
        self.assertEqual((who, told["type"]), (self.manager, "warning"))
        self.assertIn("4 running instances were taken back, 1 stay", told["message"])
