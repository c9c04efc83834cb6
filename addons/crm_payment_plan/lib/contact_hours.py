"""When a debtor may be written to: working days, within the hours of his own clock."""

from datetime import date, datetime

from odoo.addons.crm_bpm_core.lib import nights


def next_moment(
    now: datetime, days: list[date], first: float, last: float, tz: str
) -> datetime | None:
    """First moment (naive UTC) from ``now`` on that lies within the hours of one of the days.

    :param days: working days, ascending, from the local today on or earlier
    :param first: hour from which on people are written to (9.5 is 09:30)
    :param last: hour from which on they are not written to any more
    :return: None when it is such an hour now, or when no day is left
    """
    for day in days:
        if now < nights.at_hour(day, last, tz):
            begin = nights.at_hour(day, first, tz)
            return begin if begin > now else None
    return None
