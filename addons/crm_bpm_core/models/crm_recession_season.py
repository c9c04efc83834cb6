import calendar
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmRecessionSeason(models.Model):
    """Days of the year that age nobody's silence: holidays, dead season.

    Given by day and month, both ends included; a season may run over New Year.
    """

    _name = "crm.recession.season"
    _description = "Recession Rule: Quiet Season"
    _order = "month_from, day_from"

    rule_id = fields.Many2one("crm.recession.rule", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True)
    day_from = fields.Integer(required=True, default=1)
    month_from = fields.Integer(required=True, default=1)
    day_to = fields.Integer(required=True, default=8)
    month_to = fields.Integer(required=True, default=1)

    @api.constrains("day_from", "month_from", "day_to", "month_to")
    def _check_days(self):
        for season in self:
            ends = (season.day_from, season.month_from), (season.day_to, season.month_to)
            for day, month in ends:
                # 2000 was a leap year: 29 February is a day of the year.
                if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2000, month)[1]:
                    raise ValidationError(
                        self.env._(
                            "Quiet season %(season)s: day %(day)s of month %(month)s does not "
                            "exist. Give a day of the month and a month from 1 to 12.",
                            season=season.name,
                            day=day,
                            month=month,
                        )
                    )

    def _get_days(self, first, last):
        """All days from first to last (dates, both included) inside these seasons."""
        days = set()
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if any(season._contains(day) for season in self):
                days.add(day)
        return days

    def _contains(self, day: date):
        begin, end = (self.month_from, self.day_from), (self.month_to, self.day_to)
        moment = (day.month, day.day)
        if begin <= end:
            return begin <= moment <= end
        return moment >= begin or moment <= end
