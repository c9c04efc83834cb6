"""Overdue and still not done: told again, each time one manager higher."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.reader import keeping_env
from .bpm_task_deadline import number_of, say_overdue, say_since_when


class BpmTask(models.Model):
    _inherit = "bpm.task"

    escalate_again_at = fields.Datetime(
        readonly=True, copy=False, help="When it is told again that the task is overdue."
    )
    escalated_to_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who was told last that it is overdue; the next time it is this person's manager.",
    )

    _again_idx = models.Index("(escalate_again_at) WHERE state = 'todo'")

    def _plan_escalation(self, told):
        """After a first escalation: the next one, where the process wants more than one.

        :param told: who was told of it or took it over.
        """
        self.ensure_one()
        settings = self.element_id.settings or {}
        hours = number_of((settings.get("escalation") or {}).get("again"))
        if hours <= 0:
            if self.escalate_again_at:
                self.escalate_again_at = False
            return
        now = fields.Datetime.now()
        if (settings.get("deadline") or {}).get("basis") == "calendar":
            moment = now + timedelta(hours=hours)
        else:
            moment = self._get_planned("hour", hours, now, {})
        self.write({"escalate_again_at": moment, "escalated_to_id": told[:1].id})

    @api.model
    def _take_again(self, limit):
        """A batch of tasks that are to be told of again; a new deadline ends the old row."""
        return self._take_due("escalate_again_at", None, limit, SQL("t.escalated_at IS NOT NULL"))

    def _escalate_again(self):
        """Remind who has it, and tell one manager higher than the last time (HU-24)."""
        for user, tasks in self._by_person().items():
            tasks._apart(lambda own, user=user: own._notify(user, say_overdue))
        for task in self:
            task._apart(lambda one: one._escalate_one_again())

    def _escalate_one_again(self):
        task = self.with_env(keeping_env(self.env, self.process_id))
        leader = task._get_next_leader()
        present = task._find_present(leader, "", task.instance_id, {}).user
        if present != task.user_id:
            task._notify(present, say_overdue, say_since_when)
        names = ", ".join((task.user_id | present).mapped("name"))
        task._log("escalated", task.env._("Told again: %s", names))
        task._plan_escalation(leader)

    def _get_next_leader(self):
        """Whose matter it is now; at the top the same person hears of it again.

        After a group was told: the manager of who has the task, else the process owner.
        """
        told = self.escalated_to_id.sudo()
        below = told or self.user_id.sudo()
        manager = below._get_bpm_manager() if below else below
        return manager or told or self.process_id.owner_id
