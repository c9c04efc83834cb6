"""The five sections of the receipts plan around the current week.

A week that crosses a month wins: on 1 December 30 November is "this week", not
"earlier". Every date is in exactly one section.
"""

from calendar import monthrange
from datetime import timedelta

EARLIER = "1_earlier"
MONTH_BEFORE = "2_month_before"
WEEK = "3_week"
MONTH_AFTER = "4_month_after"
LATER = "5_later"
#: In the order of time; the keys sort alike.
SECTIONS = (EARLIER, MONTH_BEFORE, WEEK, MONTH_AFTER, LATER)


def thresholds(today, week_start=1):
    """First days of all sections but the first, which has none; in order, some equal.

    :param int week_start: first weekday as ISO counts them, 1 = Monday ... 7 = Sunday
    """
    week = today - timedelta(days=(today.isoweekday() - week_start) % 7)
    next_week = week + timedelta(days=7)
    month = today.replace(day=1)
    next_month = month + timedelta(days=monthrange(today.year, today.month)[1])
    return min(month, week), week, next_week, max(next_month, next_week)


def section_of(day, today, week_start=1):
    """Key of the section in which ``day`` stands."""
    return SECTIONS[sum(day >= first for first in thresholds(today, week_start))]


def ranges(today, week_start=1):
    """Per section (first day or None, first day after it or None); empty ones included."""
    days = thresholds(today, week_start)
    return dict(zip(SECTIONS, zip((None, *days), (*days, None), strict=True), strict=True))
