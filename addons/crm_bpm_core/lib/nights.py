"""Moments of local time: when a sweep is due, also on days when the clock changes."""

from datetime import date, datetime, time, timedelta

import pytz

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def to_local(moment: datetime, tz: str) -> datetime:
    """Naive wall clock time of ``tz`` at a naive UTC moment."""
    return pytz.utc.localize(moment).astimezone(pytz.timezone(tz)).replace(tzinfo=None)


def local_date(moment: datetime, tz: str) -> date:
    return to_local(moment, tz).date()


def to_utc(wall: datetime, tz: str) -> datetime:
    """First moment (naive UTC) at which the clock of ``tz`` shows ``wall`` or later.

    A time that occurs twice counts the first time; one that does not exist is
    replaced by the next that does.
    """
    zone = pytz.timezone(tz)
    offsets = {zone.fromutc(wall + shift).utcoffset() for shift in (-DAY, DAY)}
    candidates = sorted(wall - offset for offset in offsets)
    for moment in candidates:
        if to_local(moment, tz) == wall:
            return moment
    moment = candidates[-1]
    while to_local(moment - MINUTE, tz) >= wall:
        moment -= MINUTE
    return moment


def at_hour(day: date, hour: float, tz: str) -> datetime:
    """Moment (naive UTC) of ``hour`` (1.5 is 01:30) on a local calendar day."""
    minutes = min(round(hour * 60), 24 * 60 - 1)
    return to_utc(datetime.combine(day, time(minutes // 60, minutes % 60)), tz)


def latest_due(now: datetime, hour: float, tz: str) -> date:
    """Calendar day of the last night whose ``hour`` has come."""
    today = local_date(now, tz)
    return today if at_hour(today, hour, tz) <= now else today - DAY


def next_due(now: datetime, hour: float, tz: str) -> datetime:
    """Moment (naive UTC) at which the next night is due."""
    return at_hour(latest_due(now, hour, tz) + DAY, hour, tz)
