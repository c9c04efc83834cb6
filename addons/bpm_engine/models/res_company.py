import pytz

from odoo import models


class ResCompany(models.Model):
    """Days and hours of a company, as its processes count them."""

    _inherit = "res.company"

    def _get_bpm_zone(self):
        """Time zone in which a day of the company begins: that of its working hours."""
        company = self.sudo()
        return pytz.timezone(company.resource_calendar_id.tz or company.partner_id.tz or "UTC")

    def _get_bpm_working_hours(self):
        """(hours of a working day, hours of a working week), as of deadlines of tasks."""
        calendar = self.sudo().resource_calendar_id
        day = calendar.hours_per_day or 8.0
        days = {attendance.dayofweek for attendance in calendar.attendance_ids}
        return day, day * (len(days) or 5)
