"""Starting at a time, on however many records: batch by batch, each one kept at once."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.own_context import INTERNAL

#: Records on which a process is started within one transaction.
BATCH = 200


class BpmProcessTrigger(models.Model):
    """At a time.

    A start on many records is a run: its records are those that match, in the order of their
    ids, up to the last one there was when it began. How far it is, is kept together with what
    was started. Cut off at any point it goes on there, and starts on no record twice.
    """

    _inherit = "bpm.process.trigger"

    run_after = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        groups=fields.NO_ACCESS,
        help="Of a run that is under way: id of the last record that was dealt with.",
    )
    run_until = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        groups=fields.NO_ACCESS,
        help="Of a run that is under way: id of its last record; 0: none is.",
    )

    def write(self, vals):
        """Who switches a start off ends what is left of its run."""
        result = super().write(vals)
        if {"active", "kind", "process_id"} & set(vals):
            self.sudo()._end_runs()
        return result

    @api.model
    def _start_due(self):
        """Start processes whose time has come; called by the timers' cron.

        A run that is under way goes on after those that have not begun: else fifty thousand
        records would hold up all that is due meanwhile.
        """
        now = fields.Datetime.now()
        due = self.search(self._get_due_domain(now))
        for trigger in due.sorted(lambda one: bool(one.run_until)):
            if not trigger._run_due(now):
                return

    def _get_due_domain(self, now):
        in_use = [
            ("kind", "=", "time"),
            ("process_id.active", "=", True),
            ("process_id.state", "=", "published"),
        ]
        return Domain(in_use) & (Domain("next_run", "<=", now) | Domain("run_until", ">", 0))

    def _run_due(self, now):
        """Begin a run, or go on with the one under way.

        :return: whether there is time for other starts.
        """
        if not self._is_free(self._get_due_domain(now)):
            return True
        if not self.run_until:
            with self._hindering_nobody():
                self._plan_next_run(now)
                # What fails from here on is not tried again before its next moment.
                with self._hindering_nobody():
                    self._begin_run()
            if not self._keep_what_started():
                return False
        while self.run_until and self._is_free(Domain("run_until", ">", 0)):
            self._start_next()
            if not self._keep_what_started():
                return False
            # Thousands of instances are not kept in memory.
            self.env.invalidate_all()
        return True

    def _is_free(self, domain):
        """Lock it and see it as it is: another cron may have taken it, and have moved it on."""
        locked = self.try_lock_for_update()
        locked.invalidate_recordset(["next_run", "run_after", "run_until"])
        return bool(locked.filtered_domain(domain))

    def _keep_what_started(self):
        """Commit; whether to go on: with a run under way only while there is time."""
        left = self.env["ir.cron"]._commit_progress(1, remaining=1 if self.run_until else 0)
        return bool(left) or not self.run_until

    def _begin_run(self):
        if not self.model:
            self._start_each(None, "time", self.process_id.owner_id)
            return
        last = self._find_records(limit=1, order="id desc")
        self._write_run(0, last.id or 0)

    def _start_next(self):
        """The next batch of the run; a batch that cannot even be looked for ends it."""
        before = self.run_after, self.run_until
        with self._hindering_nobody():
            self._start_batch()
        if (self.run_after, self.run_until) == before:
            self._write_run(0, 0)

    def _start_batch(self):
        span = Domain("id", ">", self.run_after) & Domain("id", "<=", self.run_until)
        records = self._find_records(span, limit=BATCH)
        if len(records) < BATCH:
            self._write_run(0, 0)
        else:
            self._write_run(records[-1].id, self.run_until)
        starter = self.process_id.owner_id
        if records and not self._start_each(records, "time", starter) and len(records) > 1:
            # One of them failed, and took the others with it: each by itself.
            for record in records:
                self._start_each(record, "time", starter)

    def _write_run(self, after, until):
        values = {"run_after": after, "run_until": until}
        self.with_context(bpm_publishing=INTERNAL).write(values)

    def _end_runs(self):
        self.filtered("run_until")._write_run(0, 0)

    def _get_kept_values(self):
        """A start that is drawn as before goes on with its run, too."""
        return super()._get_kept_values() | {
            "run_after": self.run_after,
            "run_until": self.run_until,
        }


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    def write(self, vals):
        """What an archived process has not started yet, it does not start when restored."""
        result = super().write(vals)
        if "active" in vals:
            self.sudo().with_context(active_test=False).trigger_ids._end_runs()
        return result
