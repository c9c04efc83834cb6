from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: A task without a deadline stands at most so many days after its beginning: its working
#: days (see bpm_task_activity) with weekends and holidays between.
LONGEST_WAY = timedelta(days=14)
NOON = time(12)


class BpmTask(models.Model):
    """Tasks in the calendar, also those without a deadline."""

    _inherit = "bpm.task"

    calendar_at = fields.Datetime(
        string="In the Calendar",
        compute="_compute_calendar_at",
        search="_search_calendar_at",
        help="Its deadline; without one, noon of the day on which its activity stands.",
    )

    @api.depends("deadline", "date_start", "user_id", "instance_id.resumed_at")
    def _compute_calendar_at(self):
        for task in self:
            task.calendar_at = task.deadline or (task.date_start and task.sudo()._get_noon())

    def _get_noon(self):
        return datetime.combine(self._get_activity_day(self._get_resumed()), NOON)

    def _search_calendar_at(self, operator, value):
        """Exact for deadlines, generous for tasks without: the calendar leaves out the rest."""
        if operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        moment = fields.Datetime.to_datetime(value)
        start = moment if operator in ("<", "<=") else moment - LONGEST_WAY
        begun = Domain("date_start", operator, start)
        if operator in (">", ">="):
            # The days of a task without a deadline count anew when its process goes on.
            begun |= Domain("instance_id.resumed_at", operator, start)
        return Domain("deadline", operator, moment) | (Domain("deadline", "=", False) & begun)
