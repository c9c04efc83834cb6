"""Suspending stops the clock: what people have to do by when is moved by the pause."""

import pytz

from odoo import fields, models

#: What stands still with the process.
MOMENTS = ("deadline", "remind_at", "escalate_again_at")


class BpmInstance(models.Model):
    _inherit = "bpm.instance"

    suspended_at = fields.Datetime(
        readonly=True, copy=False, help="Since when it is suspended; empty: it is not."
    )
    resumed_at = fields.Datetime(
        readonly=True, copy=False, help="When it was resumed last; empty: it never stood still."
    )

    def _stop_clock(self):
        self.write({"suspended_at": fields.Datetime.now(), "resumed_at": False})

    def _start_clock(self):
        """Deadlines and reminders of open tasks move by the time since _stop_clock().

        Timers are moments, drawn or reckoned once: they stay, and fire at once when they fell
        due meanwhile.
        """
        now = fields.Datetime.now()
        for since, paused in self.filtered("suspended_at").grouped("suspended_at").items():
            paused._get_waiting_tasks()._move_by_pause(since, now)
        self.write({"suspended_at": False, "resumed_at": now})
        self._get_waiting_tasks()._sync_activities()

    def _get_waiting_tasks(self):
        domain = [("instance_id", "in", self.ids), ("state", "=", "todo")]
        return self.env["bpm.task"].sudo().search(domain)


class BpmTask(models.Model):
    _inherit = "bpm.task"

    def _get_resumed(self):
        """When its process was resumed last, if the task had begun by then; else None."""
        resumed = self.instance_id.resumed_at
        return resumed if resumed and resumed > self.date_start else None

    def _move_by_pause(self, since, until):
        """Leave as much time as there was left when the process was suspended.

        In working time a night or a holiday takes nothing away, so it gives nothing back either.
        A date of the record means that day, whatever stood still meanwhile.

        :param since: naive UTC, as ``until``.
        """
        cache = {}
        for task in self:
            rule = (task.element_id.settings or {}).get("deadline") or {}
            if rule.get("path"):
                continue
            moments = {name: task[name] for name in MOMENTS if task[name]}
            if moments and rule.get("basis") == "calendar":
                task.write({name: at + (until - since) for name, at in moments.items()})
            elif moments:
                task.write(task._move_in_working_time(moments, since, until, cache))

    def _move_in_working_time(self, moments, since, until, cache):
        hours = self._get_working_hours(since, until, cache)
        if not hours:
            return {}
        return {
            name: self._get_planned("hour", hours, moment, cache)
            for name, moment in moments.items()
        }

    def _get_working_hours(self, since, until, cache):
        """Working hours of the holder between two moments; all of them without a calendar."""
        calendar, resource = self.user_id.sudo()._get_bpm_calendar(self.company_id)
        if not calendar:
            return (until - since).total_seconds() / 3600
        key = (calendar, resource, since, until)
        if key not in cache:
            span = (pytz.utc.localize(since), pytz.utc.localize(until))
            intervals = calendar._work_intervals_batch(*span, resources=resource or None)
            seconds = sum(
                (end - start).total_seconds() for start, end, _meta in intervals[resource.id]
            )
            cache[key] = seconds / 3600
        return cache[key]
