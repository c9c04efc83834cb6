from collections import defaultdict
from datetime import datetime

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, models, tools

from ..lib.work_clock import WorkClock


class BpmStageCase(models.Model):
    """How long records stand in their stages, in working days."""

    _inherit = "bpm.stage.case"

    @api.model
    def _get_days_by_case(self, cases, until):
        """{case: working days since it entered its stage}, by the company's calendar."""
        groups = defaultdict(list)
        for case in cases:
            groups[case.company_id or self.env.company].append(case)
        found = {}
        for company, some in groups.items():
            spans = [(case.entered_at, until) for case in some]
            found.update(zip(some, self._get_work_days(company, spans), strict=True))
        return found

    @api.model
    def _get_work_days(self, company, spans):
        """Working days of each (start, stop), naive UTC; one look at the calendar.

        A company without a calendar counts calendar days.
        """
        if not spans:
            return []
        first = min(start for start, _stop in spans)
        last = max(stop for _start, stop in spans)
        # By months, so that what is kept serves for long.
        first = datetime(first.year, first.month, 1)
        last = datetime(last.year, last.month, 1) + relativedelta(months=1)
        clock, day = self._get_clock(company.id, first, last)
        if not clock:
            return [(stop - start).total_seconds() / day for start, stop in spans]
        return [clock.seconds(start, stop) / day for start, stop in spans]

    @api.model
    @tools.ormcache("company_id", "first", "last")
    def _get_clock(self, company_id, first, last):
        """(WorkClock of a company's calendar between moments or None, seconds of a day)."""
        calendar = self.env["res.company"].sudo().browse(company_id).resource_calendar_id
        if not calendar:
            return None, 86400
        moments = (pytz.utc.localize(first), pytz.utc.localize(last))
        intervals = calendar._work_intervals_batch(*moments)[False]
        clock = WorkClock((_naive(start), _naive(stop)) for start, stop, _meta in intervals)
        return clock, (calendar.hours_per_day or 8) * 3600


def _naive(moment):
    return moment.astimezone(pytz.utc).replace(tzinfo=None)


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env.registry.clear_cache()
        return result


class ResourceCalendar(models.Model):
    """Clocks are kept until working hours or holidays of all change."""

    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result


class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "bpm.kept.mixin"]


class ResourceCalendarLeaves(models.Model):
    """Holidays of all stand in the clocks; those of single people do not."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._clear_clocks()
        return leaves

    def write(self, vals):
        self._clear_clocks()
        result = super().write(vals)
        self._clear_clocks()
        return result

    def unlink(self):
        everybodys = self.sudo().filtered(lambda leave: not leave.resource_id)
        result = super().unlink()
        if everybodys:
            self.env.registry.clear_cache()
        return result

    def _clear_clocks(self):
        if not all(leave.resource_id for leave in self.sudo()):
            self.env.registry.clear_cache()
