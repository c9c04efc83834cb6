"""Starts that are drawn with a message, a signal or a timer: what they wait for, and until when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from . import expressions, periods
from .errors import ExpressionError
from .timers import ISO_DURATION, MIN_CYCLE, cycle_of, duration_of, iso_date
from .words import told as _

KINDS = ("message", "signal", "timer")


def drawn_starts(diagram) -> list:
    """Start events of the process itself that begin it without a person."""
    return [
        element
        for element in diagram.elements.values()
        if element.type == "startEvent" and element.parent is None and element.event in KINDS
    ]


@dataclass
class Schedule:
    """When a timer drawn on a start begins its process.

    :param timer: ``Element.timer``: kind, text, basis ("calendar" or "working").
    :param zone: time zone in which days are counted, so that eight o'clock stays eight o'clock.
    :param working: moment after a moment and so many working seconds.
    :param hours_per_day: of a working day; ``hours_per_week``: of all working days of a week.
    """

    timer: dict
    zone: object = UTC
    working: Callable[[datetime, float], datetime] | None = None
    hours_per_day: float = 8
    hours_per_week: float | None = None

    def first(self, now: datetime) -> tuple[datetime | None, int]:
        """First moment (UTC) counted from now, and how often it starts (-1: without end).

        No moment: a date that has passed already.

        :raise ExpressionError: the text gives no date and no duration without a record.
        """
        text = self.timer["text"].strip()
        if text.upper().startswith("R"):
            count, start, length = cycle_of(text, self.zone)
            duration_of(length)
            moment = start or self._after(now, length)
            if moment <= now:
                moment = self._following(moment, length, moment, now)
            return (moment.astimezone(UTC), count) if count else (None, 0)
        if ISO_DURATION.fullmatch(text.upper()):
            return self._after(now, text), 1
        moment = self._date(text, now)
        return (moment, 1) if moment > now else (None, 0)

    def following(self, anchor: datetime, previous: datetime, now: datetime) -> datetime:
        """The next moment of a repetition; periods missed while nobody looked count once.

        :param anchor: its first moment, from which calendar days and months are counted.
        """
        return self._following(anchor, cycle_of(self.timer["text"])[2], previous, now)

    def _following(self, anchor, length, previous, now):
        if self.timer["basis"] == "working":
            moment = self._after(previous, length)
            return moment if moment > now else self._after(now, length)
        if periods.is_in_days(length):
            return periods.following(anchor, length, max(now, previous), self.zone)
        period = max(duration_of(length), timedelta(seconds=MIN_CYCLE))
        return anchor + period * ((now - anchor) // period + 1)

    def _after(self, moment, length):
        if self.timer["basis"] == "working" and self.working:
            worked = duration_of(length, True, self.hours_per_day, self.hours_per_week)
            return self.working(moment, worked.total_seconds()).astimezone(UTC)
        seconds = duration_of(length, self.timer["basis"] == "working").total_seconds()
        if periods.is_in_days(length):
            return periods.after(moment, length, self.zone)
        return moment + max(timedelta(seconds=seconds), timedelta(0))

    def _local(self, naive):
        return expressions.aware(naive, self.zone).astimezone(UTC)

    def _date(self, text, now):
        value = iso_date(text)
        if value is None:
            context = expressions.Context({}, _NoRecord(text), lambda: now, self.zone)
            value = expressions.evaluate(text, context)
        if isinstance(value, datetime):
            return expressions.aware(value, self.zone).astimezone(UTC)
        if isinstance(value, date):
            return self._local(datetime.combine(value, time()))
        if isinstance(value, timedelta) and value.total_seconds() >= 0:
            return now + value
        raise ExpressionError(_("“%(text)s” gives no date and no duration.", text=text), text)


class _NoRecord:
    """Stands where expressions look for the record: none is chosen before the start."""

    def __init__(self, text):
        self._text = text

    def __getattr__(self, name):
        raise ExpressionError(
            _("before the start there is no record; give a date, a duration or a repetition."),
            self._text,
        )
