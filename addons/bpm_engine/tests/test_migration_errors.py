"""Errors that no check foresaw, while instances follow a new version."""

from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.bpm_engine.engine import migration
from odoo.addons.bpm_engine.models.bpm_migration_move import BpmMigrationLine

from .test_migration import MigrationCommon
from .versions_common import three_steps

LOGGER = "odoo.addons.bpm_engine.models.bpm_migration_move"


class TestUnexpected(MigrationCommon):
    def setUp(self):
        super().setUp()
        self.broken, self.sound = self.launch_many(self.process, 2)

    def test_verdict(self):
        """HU-19: an instance that cannot be read is told; publishing is not hindered."""
        told, broken = migration.verdict, self.broken.id

        def verdict(execution, target):
            if execution.host.instance.id == broken:
                raise KeyError("lost")
            return told(execution, target)

        new = self.draft(self.process)
        new.bpmn_xml = self.drawing(self.process, *three_steps())
        with patch.object(migration, "verdict", verdict), mute_logger(LOGGER):
            action = new.with_user(self.manager).action_publish()
        self.assertEqual(self.process.published_version_id, new)
        change = self.env["bpm.migration"].browse(action["res_id"])
        self.assertEqual((change.count_moves, change.count_blocked), (1, 1))
        line = change.line_ids.filtered(lambda one: one.instance_id == self.broken)
        self.assertIn("lost", line.reason)

    def test_move(self):
        """HU-19: one that fails while it moves stays as it was; the others go, and it ends."""
        self.publish(self.process, *three_steps())
        change = self.check()
        follow, broken = BpmMigrationLine._follow, self.broken.id

        def fail(line, instance, mapping):
            if instance.id == broken:
                raise KeyError("lost")
            return follow(line, instance, mapping)

        before = self.states(self.broken)
        with patch.object(BpmMigrationLine, "_follow", fail), mute_logger(LOGGER):
            change.action_move()
        self.assertEqual((change.state, change.count_moved), ("done", 1))
        line = change.line_ids.filtered(lambda one: one.instance_id == self.broken)
        self.assertEqual(line.state, "failed")
        self.assertIn("lost", line.reason)
        self.assertEqual(self.states(self.broken), before)
        self.assertEqual(self.broken.version_id, self.old)
