"""When a customer is called next, by the regulation of his status (PK-14, HU-13)."""

from calendar import monthrange
from datetime import date, timedelta

#: Units of the monitoring interval.
UNITS = ("day", "week", "month")


def month_day(months: int, anchor: int) -> date:
    """Day ``anchor`` of a month counted from year 0; the last day of a shorter month."""
    year, month = divmod(months, 12)
    return date(year, month + 1, min(anchor, monthrange(year, month + 1)[1]))


def next_date(base: date, anchor: int, interval: int, unit: str, after: date) -> date | None:
    """First date of the rhythm that starts at ``base`` and lies after ``after``.

    At least one interval is added to ``base``. Months keep to the anchor day, so
    that 31 January is followed by 28 February and 31 March; nights that were
    missed are skipped, not made up for. An interval of 0 means never.

    >>> next_date(date(2026, 1, 31), 31, 1, "month", date(2026, 1, 31))
    datetime.date(2026, 2, 28)
    >>> next_date(date(2026, 2, 28), 31, 1, "month", date(2026, 2, 28))
    datetime.date(2026, 3, 31)
    """
    if not interval:
        return None
    if unit != "month":
        step = interval * (7 if unit == "week" else 1)
        count = max(1, (after - base).days // step + 1)
        return base + timedelta(days=count * step)
    start = base.year * 12 + base.month - 1
    missing = after.year * 12 + after.month - 1 - start
    count = max(1, -(-missing // interval))
    found = month_day(start + count * interval, anchor or base.day)
    if found <= after:
        found = month_day(start + (count + 1) * interval, anchor or base.day)
    return found
