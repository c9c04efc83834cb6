"""Activities of processes at a given hour: they stand in the calendar, too (HU-10)."""

import re
from datetime import datetime, time, timedelta

import pytz

from odoo import Command, models
from odoo.exceptions import UserError

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
#: How long an entry of the calendar is, in minutes, unless the action says otherwise.
_MINUTES = 30


class BpmAction(models.Model):
    _inherit = "bpm.action"

    def _plan_activity(self, work, record):
        """Parameters beside those of any activity: time ("14:30") and minutes."""
        activity = super()._plan_activity(work, record)
        if work.get("time"):
            self._put_into_calendar(work, activity)
        return activity

    def _put_into_calendar(self, work, activity):
        start = self._get_start(work.get("time"), activity)
        minutes = float(work.get("minutes") or _MINUTES)
        # Who plans it by a process invites nobody: the calendar would send mails at once.
        self.env["calendar.event"].with_context(dont_notify=True).create(
            {
                "name": activity.summary,
                "description": activity.note,
                "start": start,
                "stop": start + timedelta(minutes=minutes),
                "user_id": activity.user_id.id,
                "partner_ids": [Command.set(activity.user_id.partner_id.ids)],
                "res_model_id": activity.res_model_id.id,
                "res_id": activity.res_id,
                "opportunity_id": activity.res_id if activity.res_model == "crm.lead" else False,
                "activity_ids": [Command.link(activity.id)],
            }
        )

    def _get_start(self, text, activity):
        """The hour on the activity's day, by the clock of who has it; UTC.

        :raise UserError: it is no time of day.
        """
        match = _TIME.fullmatch(str(text).strip())
        if not match:
            raise UserError(self.env._("“%s” is no time of day; write it like 14:30.", text))
        at = time(int(match[1]), int(match[2]))
        zone = pytz.timezone(activity.user_id.tz or self.env.company.partner_id.tz or "UTC")
        local = zone.localize(datetime.combine(activity.date_deadline, at))
        return local.astimezone(pytz.utc).replace(tzinfo=None)
