"""A task's activity: where its holder sees it (systray, chatter, calendar, phone)."""

from datetime import timedelta

import pytz

from odoo import models
from odoo.tools import plaintext2html

from ..lib.own_context import INTERNAL

#: Working days after which the activity of a task without a deadline comes up.
DAYS_WITHOUT_DEADLINE = 3
WEEKDAYS = {0, 1, 2, 3, 4}


class BpmTask(models.Model):
    _inherit = "bpm.task"

    def _sync_activities(self, new=False):
        """Activities as the tasks are: one for the holder of an open task, else none.

        With ``bpm_quiet`` in the context new tasks get no activities and done ones leave no
        messages in chatters: for thousands of steps that programs take. The tasks stand in
        all lists of tasks.

        :param new: the tasks have just been created.
        """
        quiet = self.env.context.get("bpm_quiet")
        if quiet and new:
            return
        activities = self.env["mail.activity"].sudo().with_context(bpm_task_sync=INTERNAL)
        existing = {}
        if not new:
            existing = activities.search([("bpm_task_id", "in", self.ids)]).grouped("bpm_task_id")
        missing, superfluous = [], activities
        for task in self.sudo():
            own = existing.get(task, activities)
            if task.state != "todo" or not task.user_id:
                superfluous |= own
            elif own:
                superfluous |= own[1:]
                task._update_activity(own[:1])
            elif not quiet:
                missing.append(task)
        superfluous.unlink()
        place = {task: task._get_activity_record() for task in missing}
        activities.create([task._prepare_activity_values(place[task]) for task in missing])

    def _update_activity(self, activity):
        values = {
            "user_id": self.user_id.id,
            "date_deadline": self._get_activity_day(self._get_resumed()),
            "summary": self.name,
        }
        changed = {
            key: value
            for key, value in values.items()
            if value != (activity[key].id if key == "user_id" else activity[key])
        }
        if changed:
            activity.write(changed)

    def _get_activity_record(self):
        """The business record, or the process itself when the record has no activities."""
        record = self._get_record()
        if record and self._has_activities(record):
            return record
        return self.instance_id

    def _has_activities(self, record):
        return "activity_ids" in record._fields and hasattr(record, "message_notify")

    def _prepare_activity_values(self, record):
        return {
            "bpm_task_id": self.id,
            "res_model_id": self.env["ir.model"]._get_id(record._name),
            "res_id": record.id,
            "activity_type_id": self.env.ref("bpm_engine.mail_activity_type_task").id,
            "summary": self.name,
            "note": plaintext2html(self.instruction) if self.instruction else False,
            "user_id": self.user_id.id,
            "date_deadline": self._get_activity_day(),
            "automated": True,
        }

    def _get_activity_day(self, since=None):
        """Day of the deadline where the holder lives; without one, some working days on.

        Without a deadline nothing is late, but an activity must stand on a day.

        :param since: from when these days count; None: from when the task began.
        """
        zone = pytz.timezone(self.user_id.tz or self.company_id.partner_id.tz or "UTC")
        moment = self.deadline or since or self.date_start
        day = pytz.utc.localize(moment).astimezone(zone).date()
        left = 0 if self.deadline else DAYS_WITHOUT_DEADLINE
        attendances = self.company_id.resource_calendar_id.attendance_ids
        working = {int(name) for name in attendances.mapped("dayofweek")} or WEEKDAYS
        while left:
            day += timedelta(days=1)
            left -= day.weekday() in working
        return day

    def _close_activity(self, attachments=None):
        """Mark the activity done: its message in the chatter keeps outcome and comment."""
        self.ensure_one()
        activities = self.sudo().activity_ids.with_context(bpm_task_sync=INTERNAL)
        if not activities or self.env.context.get("bpm_quiet"):
            activities.unlink()
            return self.env["mail.message"]
        feedback = self.outcome_label
        if self.comment:
            feedback = f"{feedback}: {self.comment}"
        messages, _next = activities._action_done(feedback=feedback, attachment_ids=attachments)
        return messages
