"""Periods by the calendar: the hour of the day stays, and a month is as long as it is."""

from datetime import UTC, datetime, timedelta

from dateutil.relativedelta import relativedelta
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from .operations import aware

_BY_CALENDAR = {"years", "months", "weeks", "days"}
#: Days that none of them is longer than; with leap years.
_LONGEST = {"years": 366, "months": 31, "weeks": 7, "days": 1}
#: More than time zones can differ before and after a change of theirs.
_SHIFT = timedelta(days=1)


def parts_of(length: str) -> dict:
    """{unit: count} of an ISO 8601 duration."""
    return TimerEventDefinition.parse_iso_duration(length.upper())


def is_in_days(length: str) -> bool:
    """Whether a duration is of whole calendar days, weeks, months or years."""
    given = {unit: count for unit, count in parts_of(length).items() if count}
    return bool(given) and all(
        unit in _BY_CALENDAR and float(count).is_integer() for unit, count in given.items()
    )


def after(anchor: datetime, length: str, zone=UTC, count: int = 1) -> datetime:
    """The moment (UTC) so many periods after another, at its hour of the day in the zone.

    A month after 31 January is 28 February, and two months after it 31 March.

    :param length: for which is_in_days() is true.
    """
    local = anchor.astimezone(zone).replace(tzinfo=None)
    given = {unit: int(part) * count for unit, part in parts_of(length).items() if part}
    return aware(local + relativedelta(**given), zone).astimezone(UTC)


def following(anchor: datetime, length: str, moment: datetime, zone=UTC) -> datetime:
    """The first moment after another that is whole periods (none is one, too) after the anchor.

    :param length: for which is_in_days() is true.
    """
    days = sum(_LONGEST[unit] * int(part) for unit, part in parts_of(length).items() if part)
    # Years of daily periods are not counted one by one.
    count = max((moment - anchor - _SHIFT) // timedelta(days=days), 0)
    while (found := after(anchor, length, zone, count)) <= moment:
        count += 1
    return found
