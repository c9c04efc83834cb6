from datetime import datetime

import pytz

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..lib.own_context import INTERNAL


class BpmStageCaseStep(models.Model):
    """What becomes of a step when its activity is given to another person or day."""

    _inherit = "bpm.stage.case.step"

    def _get_checked_activities(self):
        """Open activities of these steps, for what the step itself does to them."""
        activities = self.activity_ids.filtered("active")
        return activities.with_context(bpm_step_checked=INTERNAL)

    def _check_may_approve(self):
        """:raise AccessError: an approval among these is somebody else's (AT-09)."""
        self.filtered(lambda step: step.sudo().kind == "approval")._check_may_act()

    # ------------------------------------------------------------ to another person

    def _check_passing_on(self, user_id):
        """A visa is passed on by whoever may give it; a required step stays somebody's.

        :raise AccessError: an approval that is somebody else's.
        :raise UserError: nobody would have it any more.
        """
        moved = self.filtered(lambda step: step.sudo().user_id.id != user_id)
        moved._check_may_approve()
        for step in moved.sudo().filtered("required") if not user_id else ():
            raise UserError(
                self.env._("“%s” needs somebody who does it; choose a person.", step._get_name())
            )

    def _pass_on(self, user_id):
        """Who gets the activity gets the step."""
        moved = self.sudo().filtered(lambda step: step.user_id.id != user_id)
        why = self.env._("Passed on by %s", self.env.user.name)
        moved.write(
            {"user_id": user_id, "is_passed_on": True, "why": why, "substitution_id": False}
        )

    # ------------------------------------------------------------ to another day

    def _check_postponing(self, day):
        """:raise AccessError: the day of somebody else's approval."""
        self._filter_other_day(day)._check_may_approve()

    def _filter_other_day(self, day):
        return self.filtered(
            lambda step: step.sudo().deadline and step.sudo()._get_deadline_day() != day
        )

    def _postpone(self, day):
        """The schedule and the bar say the same day: the step is due at its hour of that day.

        The person is reminded and the leader told by the new moment; the chatter keeps who
        moved it.
        """
        for step in self.sudo()._filter_other_day(day):
            before = step._get_deadline_day()
            deadline = step._get_moment(day)
            company = step.case_id.company_id or self.env.company
            timing = step.step_id._prepare_reminder(company, deadline, step.user_id)
            step.write({"deadline": deadline, **timing})
            step._tell_postponed(before, day)

    def _get_moment(self, day):
        """The hour of the deadline on another day, where the person is; naive UTC."""
        zone = pytz.timezone(self.user_id.tz or self.env.user.tz or "UTC")
        hour = pytz.utc.localize(self.deadline).astimezone(zone).time()
        moment = zone.localize(datetime.combine(day, hour))
        return moment.astimezone(pytz.utc).replace(tzinfo=None)

    def _tell_postponed(self, before, after):
        record = self._get_records().exists()
        if not record or not hasattr(record, "_message_log"):
            return
        record._message_log(
            body=self.env._(
                "“%(step)s” is due on %(after)s instead of %(before)s.",
                step=self._get_name(),
                after=format_date(self.env, after),
                before=format_date(self.env, before),
            )
        )
