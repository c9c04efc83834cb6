from datetime import datetime

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.mail.tools.discuss import Store

from ..lib.own_context import is_internal


class MailActivity(models.Model):
    """Activities of process tasks: doing one does the task, wherever it is done."""

    _inherit = "mail.activity"

    bpm_task_id = fields.Many2one(
        "bpm.task",
        string="Task of a Process",
        ondelete="cascade",
        index="btree_not_null",
        copy=False,
    )

    def _get_open_task_activities(self):
        if is_internal(self.env, "bpm_task_sync"):
            return self.browse()
        return self.filtered(lambda a: a.active and a.sudo().bpm_task_id.state == "todo")

    def _action_done(self, feedback=False, attachment_ids=None):
        """An activity of a task completes the task, which then closes the activity."""
        ours = self._get_open_task_activities()
        messages = self.env["mail.message"]
        for activity in ours:
            task = activity.sudo().bpm_task_id.with_env(self.env)
            messages |= task._complete_from_activity(feedback, attachment_ids)
        others, following = super(MailActivity, self - ours)._action_done(
            feedback=feedback, attachment_ids=attachment_ids
        )
        return messages | others, following

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        # Looked at afterwards: a client may also give the task as a default.
        if activities.sudo().bpm_task_id and not is_internal(self.env, "bpm_task_sync"):
            self._refuse_other_task()
        return activities

    def write(self, vals):
        if "bpm_task_id" in vals and not is_internal(self.env, "bpm_task_sync"):
            self._refuse_other_task()
        ours = self._get_open_task_activities()
        if not ours or not {"user_id", "date_deadline", "active"} & vals.keys():
            return super().write(vals)
        if vals.get("active") is False:
            ours._refuse_removal()
        if "user_id" in vals and not vals["user_id"]:
            raise UserError(self.env._("A task of a process needs somebody; choose a person."))
        moved = ours.filtered(lambda a: "user_id" in vals and a.user_id.id != vals["user_id"])
        day = fields.Date.to_date(vals.get("date_deadline"))
        dated = ours.filtered(lambda a: day and a.date_deadline != day)
        # Who may pass a task on is the task's affair, and comes before the change.
        tasks = moved.sudo().bpm_task_id.with_env(self.env)
        (tasks | dated.sudo().bpm_task_id.with_env(self.env))._check_may_act()
        if tasks:
            tasks.action_delegate(vals["user_id"])
        for activity in dated:
            activity._reschedule_task(day)
        # The tasks have changed person and day on their activities themselves.
        rest = {key: vals[key] for key in vals if key not in ("user_id", "date_deadline")}
        super(MailActivity, self - ours).write(vals)
        return super(MailActivity, ours).write(rest) if rest else True

    def _reschedule_task(self, day):
        """Keep the hour of the task's deadline on the new day."""
        task = self.sudo().bpm_task_id
        zone = pytz.timezone(self.user_id.tz or self.env.user.tz or "UTC")
        before = task.deadline and pytz.utc.localize(task.deadline).astimezone(zone)
        hour = before.time() if before else datetime.max.time().replace(microsecond=0)
        moment = zone.localize(datetime.combine(day, hour))
        task._reschedule(moment.astimezone(pytz.utc).replace(tzinfo=None))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_task(self):
        """A task is done, passed on or withdrawn by the process, not swept away; when
        its record is deleted (base does it as superuser) the activity goes along."""
        if not self.env.su:
            self._get_open_task_activities()._refuse_removal()

    def _refuse_other_task(self):
        raise UserError(
            self.env._(
                "Which task of a process an activity is for is decided by the process; plan an "
                "activity of your own without it."
            )
        )

    def _refuse_removal(self):
        for activity in self[:1]:
            task = activity.sudo().bpm_task_id
            raise UserError(
                self.env._(
                    "“%(task)s” belongs to the running process “%(process)s” and cannot be "
                    "dropped: choose an outcome, pass it on, or ask %(owner)s to cancel "
                    "the process.",
                    task=task.name,
                    process=task.process_id.name,
                    owner=task.process_id.owner_id.name or self.env._("a manager"),
                )
            )

    def _to_store_defaults(self, target):
        return [*super()._to_store_defaults(target), Store.Attr("bpm_task", _describe_task)]


def _describe_task(activity):
    """What the activity's outcome buttons need; False for other activities."""
    task = activity.sudo().bpm_task_id
    if not task:
        return False
    return task.with_env(activity.env)._describe_for_buttons()
