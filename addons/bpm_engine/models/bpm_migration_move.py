import hashlib
import json
import logging

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import EngineError
from .bpm_engine_words import said
from .bpm_instance_host import RETRIED
from .bpm_record_view import naive

_logger = logging.getLogger(__name__)
_BATCH = 50
#: What hangs on elements of an instance's version and follows it.
_FOLLOWERS = {"bpm.task": "task_ids", "bpm.wait": "wait_ids", "bpm.job": "job_ids"}
#: A batch in which somebody works is begun anew so many times, then left to the next run.
_TRIES = 5


def fingerprint(state: str) -> str:
    """Tells two states of an instance apart."""
    return hashlib.sha256((state or "").encode()).hexdigest()


class BpmMigration(models.Model):
    _inherit = "bpm.migration"

    @api.model
    def _cron_move(self):
        """Check, move and take back what was asked for; goes on where it was cut."""
        for change in self.search([("state", "=", "checking")], order="id"):
            change._check_in_background()
        for change in self.search([("state", "=", "running")], order="id"):
            change._move_in_background()
        for change in self.search([("state", "=", "undoing")], order="id"):
            change._undo_in_background()

    def _move_in_background(self):
        if self._go_through(self._move_batch, self._count_open_lines):
            self._finish_if_through()

    def _go_through(self, take_batch, count_left):
        """Batch by batch, each kept at once, while the change is in the state it is in now.

        :param take_batch: given how many; returns how many were dealt with.
        :return: whether there was time for all that nobody works in.
        """
        state, tries = self.state, 0
        while self.state == state and count_left() and tries < _TRIES:
            try:
                dealt_with = take_batch(_BATCH)
            except SerializationFailure:
                # Somebody worked in one of them just now: begin the batch anew.
                self.env.cr.rollback()
                tries += 1
                continue
            tries = 0 if dealt_with else tries + 1
            if not self.env["ir.cron"]._commit_progress(dealt_with, remaining=count_left()):
                return False
        return True

    def _get_open_domain(self):
        return [
            ("migration_id", "=", self.id),
            ("state", "=", "open"),
            ("verdict", "=", "moves"),
        ]

    def _get_open_lines(self, limit):
        return self.env["bpm.migration.line"].search(
            self._get_open_domain(), limit=limit, order="id"
        )

    def _count_open_lines(self):
        return self.env["bpm.migration.line"].search_count(self._get_open_domain())

    def _finish_if_through(self):
        if self.state == "running" and not self._get_open_lines(1):
            self.state = "done"
            self._tell_result()

    def _tell_result(self):
        user = self.moved_by_id
        if user and self.env.context.get("cron_id"):
            user._bus_send(
                "simple_notification",
                {
                    "type": "success",
                    "title": self.process_id.name,
                    "message": self.env._("%s running instances were moved.", self.count_moved),
                },
            )

    def _move_batch(self, limit, wait=False):
        """Move up to ``limit`` instances, each in a savepoint; how many were dealt with.

        :param wait: wait for instances that somebody works in; else they stay for later.
        """
        lines = self._lock_instances(self._get_open_lines(limit), wait)
        moved = lines.browse()
        for line in lines:
            try:
                with self.env.cr.savepoint():
                    moved |= line if line._move() else lines.browse()
            except RETRIED:
                raise
            except (EngineError, UserError) as error:
                line.write({"state": "failed", "reason": said(self.env, error)})
            except Exception as error:
                # One instance that cannot be read must not hold up all that come after it.
                reason = self._tell_unexpected(error, line.instance_id)
                line.write({"state": "failed", "reason": reason})
        moved._log_move("from_version_id", "version_id", self.moved_by_id)
        moved._log_places(self.moved_by_id)
        return len(lines)

    def _tell_unexpected(self, error, instance):
        """A sentence on an error that no check foresaw; its traceback is in the log."""
        _logger.error("Move of %s to another version", instance, exc_info=error)
        return self.env._(
            "An unexpected error: %(error)s. It stays on its version; tell whoever looks after "
            "the server, whose log says more.",
            error=error or type(error).__name__,
        )

    def _lock_instances(self, lines, wait):
        """Lines whose instances are ours now; seen as they are behind the lock."""
        # The manager moves instances of all; their state is for the engine only.
        instances = lines.instance_id.sudo()
        if not wait:
            instances = instances.try_lock_for_update()
        instances._lock()
        return lines.filtered(lambda line: line.instance_id in instances.sudo(False))


class BpmMigrationLine(models.Model):
    _inherit = "bpm.migration.line"

    version_id = fields.Many2one(related="migration_id.version_id")

    def _move(self):
        """Take one instance to the new version; whether it went."""
        self.ensure_one()
        instance = self.instance_id.sudo()
        if instance.version_id != self.from_version_id:
            raise UserError(self.env._("It runs on another version by now; check again."))
        change = self.migration_id
        verdict = change._verdict(instance)
        if verdict.kind != "moves":
            self.write(
                {
                    "verdict": verdict.kind,
                    "reason": "\n".join(said(self.env, reason) for reason in verdict.reasons),
                }
            )
            return False
        before = self._prepare_state_before(instance)
        mapping = change.mapping or {}
        self._write_instance(instance, change.version_id, verdict.moved)
        self._follow(instance, mapping)
        instance._sync_waits([(instance, verdict.moved)])
        self.sudo().write(
            {
                "state": "moved",
                "state_before": json.dumps(before),
                "fingerprint_after": fingerprint(instance.engine_state),
            }
        )
        return True

    def _prepare_state_before(self, instance):
        """What undo needs: the state, and which element each follower stood on."""
        followers = {
            model: [
                (record.id, record.element_id.id, record.display_name) for record in instance[name]
            ]
            for model, name in _FOLLOWERS.items()
        }
        return {
            "engine_state": instance.engine_state,
            "next_due": fields.Datetime.to_string(instance.next_due) or None,
            "followers": followers,
        }

    def _write_instance(self, instance, version, execution):
        due = execution.next_due
        instance.write(
            {
                "version_id": version.id,
                "engine_state": execution.dump(),
                "next_due": naive(due) if due else False,
            }
        )
        if due:
            instance._wake_timers(instance.next_due)

    def _follow(self, instance, mapping):
        """Open tasks, waits and jobs stand on the new version's elements from now on."""
        change = self.migration_id
        for name in _FOLLOWERS.values():
            for record in instance[name]:
                old = record.element_id
                if not old or not self._is_open(record):
                    continue
                new = change._find_element(old, mapping)
                if new:
                    record.element_id = new
                    self._rename(record, old, new)

    def _is_open(self, record):
        return record._name == "bpm.wait" or record.state in ("todo", "waiting", "incident")

    def _rename(self, record, old, new):
        if record._name != "bpm.task" or old.name == new.name or not new.name:
            return
        # Personal endings of the name ("Check (Anna)") stay with the person.
        if record.name == old.name:
            self._call_task(record, new.name)

    def _call_task(self, task, name):
        task.activity_ids.filtered(lambda activity: activity.summary == task.name).summary = name
        task.name = name

    def _log_move(self, old_field, new_field, user):
        """A line in each instance's history: from which version to which, and by whom."""
        for (old, new), lines in self.grouped(
            lambda line: (line[old_field], line[new_field])
        ).items():
            lines.instance_id.sudo()._log(
                "migrated",
                user_id=user.id or self.env.uid,
                comment=self.env._("version %(old)s → %(new)s", old=old.number, new=new.number),
            )
