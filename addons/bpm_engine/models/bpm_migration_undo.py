import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from .bpm_instance import OPEN_STATES
from .bpm_instance_host import RETRIED
from .bpm_migration_move import fingerprint

#: So many are taken back while the person waits; more in the background.
_AT_ONCE = 100
#: Lines that are still to be taken back.
_ASKED = ["&", ("state", "=", "moved"), ("undo_asked", "=", True)]


class BpmMigration(models.Model):
    """The way back: what was asked for is marked, dealt with in batches, and told."""

    _inherit = "bpm.migration"

    undone_by_id = fields.Many2one("res.users", string="Taken Back By", readonly=True)
    count_undone = fields.Integer(compute="_compute_undo_counts", string="Taken Back")
    count_undoing = fields.Integer(compute="_compute_undo_counts", string="To Be Taken Back")

    @api.depends("line_ids.state", "line_ids.undo_asked")
    def _compute_undo_counts(self):
        groups = self.env["bpm.migration.line"]._read_group(
            self._get_undo_domain() + [("migration_id", "in", self.ids)],
            ["migration_id", "state"],
            ["__count"],
        )
        counts = {(change, state): count for change, state, count in groups}
        for change in self:
            change.count_undone = counts.get((change, "undone"), 0)
            change.count_undoing = counts.get((change, "moved"), 0)

    @api.model
    def _get_undo_domain(self):
        """Lines that were taken back, or are to be."""
        return ["|", ("state", "=", "undone"), *_ASKED]

    def _set_counts(self, counts):
        result = super()._set_counts(counts)
        if self.state == "undoing":
            total = self.count_undone + self.count_undoing
            self.progress = 100 * self.count_undone / total if total else 0
        return result

    def action_undo(self):
        """Take back those in which nothing went on since; the others are named.

        A few at once, many in the background with progress.

        :raise UserError: in each something went on; says what.
        """
        self.ensure_one()
        self._check_state("done", "running")
        moved = self._get_moved_lines()
        moved.write({"undo_asked": True})
        self.write({"state": "undoing", "undone_by_id": self.env.uid})
        if len(moved) > _AT_ONCE:
            self.env.ref("bpm_engine.ir_cron_migration")._trigger()
            return True
        self._undo_batch(_AT_ONCE, wait=True)
        self._finish_undo()
        left = self._get_moved_lines()
        if left and left == moved:
            reasons = "\n".join(sorted(set(left.mapped("reason"))))
            raise UserError(self.env._("None of them can be taken back:\n%s", reasons))
        return True

    def _get_moved_lines(self):
        return self.env["bpm.migration.line"].search(
            [("migration_id", "=", self.id), ("state", "=", "moved")], order="id"
        )

    def _get_asked_domain(self):
        return [("migration_id", "=", self.id), *_ASKED]

    def _count_asked_lines(self):
        return self.env["bpm.migration.line"].search_count(self._get_asked_domain())

    def _undo_in_background(self):
        if self._go_through(self._undo_batch, self._count_asked_lines):
            self._finish_undo()

    def _undo_batch(self, limit, wait=False):
        """Take back up to ``limit`` instances, each in a savepoint; how many were dealt with.

        :param wait: wait for instances that somebody works in; else they stay for later.
        """
        asked = self.env["bpm.migration.line"].search(
            self._get_asked_domain(), limit=limit, order="id"
        )
        lines = self._lock_instances(asked, wait)
        undone = lines.browse(line.id for line in lines if line._try_back())
        lines.write({"undo_asked": False})
        undone._log_move("version_id", "from_version_id", self.undone_by_id)
        undone._log_places(self.undone_by_id, back=True)
        return len(lines)

    def _finish_undo(self):
        if self.state == "undoing" and not self._count_asked_lines():
            self.state = "done" if self._get_moved_lines() else "undone"
            self._tell_undone()

    def _tell_undone(self):
        user = self.undone_by_id
        if not user or not self.env.context.get("cron_id"):
            return
        change = self.with_context(lang=user.lang)
        user._bus_send(
            "simple_notification",
            {
                "type": "success" if change.state == "undone" else "warning",
                "title": change.process_id.name,
                "message": change.env._(
                    "%(undone)s running instances were taken back, %(left)s stay as they are.",
                    undone=change.count_undone,
                    left=change.count_moved,
                ),
            },
        )


class BpmMigrationLine(models.Model):
    _inherit = "bpm.migration.line"

    undo_asked = fields.Boolean(
        readonly=True, help="To be taken back by the background, which has not come to it yet."
    )

    def _try_back(self):
        """Whether it was taken back; one that cannot be read holds up no other."""
        try:
            with self.env.cr.savepoint():
                return self._take_back()
        except RETRIED:
            raise
        except Exception as error:
            self.reason = self.migration_id._tell_unexpected(error, self.instance_id)
            return False

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
