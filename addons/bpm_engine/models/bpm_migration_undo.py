import json

from odoo import fields, models
from odoo.tools import split_every

from .bpm_instance import OPEN_STATES
from .bpm_migration_move import fingerprint

_BATCH = 200


class BpmMigration(models.Model):
    _inherit = "bpm.migration"

    def _undo(self):
        """Take back what can be; (number taken back, number in which work went on)."""
        moved = self.line_ids.filtered(lambda line: line.state == "moved")
        undone = moved.browse()
        for lines in split_every(_BATCH, moved.ids, moved.browse):
            self._lock_instances(lines, wait=True)
            for line in lines:
                with self.env.cr.savepoint():
                    undone |= line if line._take_back() else line.browse()
        undone._log_move("version_id", "from_version_id")
        return len(undone), len(moved - undone)


class BpmMigrationLine(models.Model):
    _inherit = "bpm.migration.line"

    def _take_back(self):
        """Back to the state before, byte by byte, while nothing went on since."""
        self.ensure_one()
        instance = self.instance_id.sudo()
        moved_on = self._find_moved_on(instance)
        if moved_on:
            self.reason = moved_on
            return False
        before = json.loads(self.sudo().state_before)
        instance.write(
            {
                "version_id": self.from_version_id.id,
                "engine_state": before["engine_state"],
                "next_due": fields.Datetime.to_datetime(before["next_due"]),
            }
        )
        self._followers_back(before["followers"])
        instance._sync_waits([(instance, instance._load())])
        if instance.next_due:
            instance._wake_timers(instance.next_due)
        self.state = "undone"
        return True

    def _find_moved_on(self, instance):
        """Why an instance stays as it is now; "" while nothing went on in it since."""
        if instance.state not in OPEN_STATES:
            # Cancelling changes no token: without this it would wait for its timers again.
            return self.env._("It has ended since; what ended is not taken back.")
        if instance.version_id != self.migration_id.version_id:
            return self.env._("It was moved to another version since; take that back first.")
        if fingerprint(instance.engine_state) != self.fingerprint_after:
            return self.env._("Work went on in it since; it stays on the new version.")
        return ""

    def _followers_back(self, followers):
        for model, rows in followers.items():
            for record_id, element_id, name in rows:
                record = self.env[model].sudo().browse(record_id).exists()
                if not record:
                    continue
                if model == "bpm.task" and record.name != name:
                    self._call_task(record, name)
                record.element_id = element_id
