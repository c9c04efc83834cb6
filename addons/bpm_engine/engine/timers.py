"""Timers: moments, durations and cycles, in working time too, each due once."""

import re
from datetime import UTC, date, datetime, time, timedelta

from SpiffWorkflow.bpmn.specs.event_definitions import timer

from . import periods
from .errors import ExpressionError
from .operations import aware
from .words import told as _

ISO_DURATION = re.compile(
    r"P(?=[\dT])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?"
    r"|P\d+[.,]\d+[YMWD]|PT\d+[.,]\d+[HM]"
)
ISO_CYCLE = re.compile(r"R\d*/.+")
MIN_CYCLE = 60  # seconds; a shorter period would only keep the server busy
MAX_DURATION = 100 * 366 * 86400


def duration_of(
    text: str,
    working: bool = False,
    hours_per_day: float = 8,
    hours_per_week: float | None = None,
    start: datetime | None = None,
) -> timedelta:
    """ISO 8601 duration as a length of time.

    In working time a day means a working day and a week all working days of a week.

    :param hours_per_week: working hours of a week; five days if not known.
    :param start: from which months and years are counted; now if not given.
    :raise ExpressionError: not a duration.
    """
    if not ISO_DURATION.fullmatch(text.upper()):
        raise ExpressionError(
            _("“%(text)s” is no duration; write for instance P2D or PT4H.", text=text), text
        )
    parts = timer.TimerEventDefinition.parse_iso_duration(text)
    if working:
        hours = parts.pop("days", 0) * hours_per_day
        hours += parts.pop("weeks", 0) * (hours_per_week or 5 * hours_per_day)
        parts["hours"] = parts.get("hours", 0) + hours
    try:
        result = timer.TimerEventDefinition.get_timedelta_from_start(parts, start)
    except (OverflowError, ValueError) as error:
        raise ExpressionError(_("“%(text)s” is too long.", text=text), text) from error
    if result.total_seconds() > MAX_DURATION:
        raise ExpressionError(_("“%(text)s” is too long.", text=text), text)
    return result


def cycle_of(text: str, zone=UTC):
    """Parts of a repeating timer: number of times (-1 without end), start or None, duration.

    :param zone: in which a start without a time zone is meant.

    :raise ExpressionError: not of the form R3/PT1H or R3/2026-01-31T08:00:00+00:00/P1D.
    """
    parts = text.upper().split("/")
    if len(parts) not in (2, 3) or not re.fullmatch(r"R\d{0,6}", parts[0]):
        raise ExpressionError(
            _(
                "“%(text)s” is no repetition; write for instance R3/P1D (three times, daily).",
                text=text,
            ),
            text,
        )
    count = int(parts[0][1:]) if parts[0][1:] else -1
    try:
        start = aware(datetime.fromisoformat(parts[1]), zone) if len(parts) == 3 else None
    except ValueError as error:
        raise ExpressionError(_("“%(text)s” is no date with time.", text=parts[1]), text) from error
    return count, start, parts[-1]


class _Timer:
    """Timers by the clock of the host, in calendar or working time."""

    def __init__(self, name, expression, basis="calendar", **kwargs):
        super().__init__(name, (expression or "").strip(), **kwargs)
        self.basis = basis

    def _clock(self, my_task):
        return my_task.workflow.top_workflow.now()

    def _is_stopped(self, my_task):
        return my_task.id in my_task.workflow.top_workflow.stopped

    def _after(self, my_task, length, start=None):
        start = start or self._clock(my_task)
        if self.basis == "working":
            host = my_task.workflow.top_workflow.host
            return start + timedelta(seconds=host.working_time(length.total_seconds(), start))
        return start + length

    def _length(self, my_task, text):
        host, now = my_task.workflow.top_workflow.host, self._clock(my_task)
        if self.basis != "working":
            return duration_of(text, start=now)
        per_day = getattr(host, "hours_per_day", 8)
        return duration_of(text, True, per_day, getattr(host, "hours_per_week", None), now)

    def _zone(self, my_task):
        return getattr(my_task.workflow.top_workflow.host, "zone", UTC)

    def due(self, my_task):
        """Moment at which the timer goes off, or None while its date is not known."""
        stored = my_task.internal_data.get("event_value")
        if stored is None:
            if self._is_stopped(my_task):
                return None
            moment = self._moment(my_task)
            if moment is None:
                return None
            stored = my_task.internal_data["event_value"] = moment.isoformat()
        return datetime.fromisoformat(stored)

    def has_fired(self, my_task):
        if self._is_stopped(my_task):
            return my_task.internal_data.get("event_fired", False)
        due = self.due(my_task)
        if due is not None and due <= self._clock(my_task):
            my_task.internal_data["event_fired"] = True
        return my_task.internal_data.get("event_fired", False)

    def _moment(self, my_task):
        text = self.expression
        if ISO_DURATION.fullmatch(text.upper()):
            return self._after(my_task, self._length(my_task, text))
        value = iso_date(text)
        if value is None:
            value = my_task.workflow.script_engine.evaluate(my_task, text)
        if isinstance(value, str):
            if ISO_DURATION.fullmatch(value.upper()):
                return self._after(my_task, self._length(my_task, value))
            value = iso_date(value) or value
        return self._from_value(my_task, value)

    def _from_value(self, my_task, value):
        if value is None or value is False:
            return None
        if isinstance(value, datetime):
            return aware(value, self._zone(my_task)).astimezone(UTC)
        if isinstance(value, date):
            midnight = datetime.combine(value, time())
            return aware(midnight, self._zone(my_task)).astimezone(UTC)
        if isinstance(value, timedelta) and value.total_seconds() >= 0:
            return self._after(my_task, value)
        raise ExpressionError(
            _("“%(text)s” gives no date and no duration.", text=self.expression),
            self.expression,
            my_task.task_spec.bpmn_id,
        )


def iso_date(text: str):
    """A date or moment written as text, else None."""
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        return None


class DateTimer(_Timer, timer.TimeDateEventDefinition):
    """Goes off at a date."""


class DurationTimer(_Timer, timer.DurationTimerEventDefinition):
    """Goes off after a while."""


class CycleTimer(_Timer, timer.CycleTimerEventDefinition):
    """Goes off again and again; periods missed while nobody looked count once.

    Days, weeks and months of the calendar keep their hour where the host is, also over the
    change to summer time, and are counted from the beginning of the whole repetition.
    """

    def due(self, my_task):
        value = my_task.internal_data.get("event_value")
        return datetime.fromisoformat(value["next"]) if value and value["cycles"] else None

    def has_fired(self, my_task):
        return my_task.internal_data.get("event_fired", False)

    def _moment(self, my_task):
        raise NotImplementedError

    def cycle_complete(self, my_task):
        if self._is_stopped(my_task):
            return False
        value = my_task.internal_data.get("event_value") or self._begin(my_task)
        my_task.internal_data["event_value"] = value
        now = self._clock(my_task)
        if not value["cycles"] or datetime.fromisoformat(value["next"]) > now:
            return False
        value["next"] = self._following(my_task, value, now).isoformat()
        value["cycles"] -= 1
        if not value["cycles"]:
            my_task.internal_data["event_fired"] = True
        my_task.workflow.top_workflow.log(my_task, "fired")
        return True

    def _following(self, my_task, value, now):
        """The next time after now, in step with the times before."""
        previous = datetime.fromisoformat(value["next"])
        if anchor := value.get("anchor"):
            zone = self._zone(my_task)
            return periods.following(datetime.fromisoformat(anchor), value["length"], now, zone)
        length = timedelta(seconds=value["duration"])
        if self.basis == "calendar":
            return previous + ((now - previous) // length + 1) * length
        following = self._after(my_task, length, previous)
        # So much working time was missed that its steps are not worth counting.
        return following if following > now else self._after(my_task, length, now)

    def _begin(self, my_task):
        text = self.expression
        if not ISO_CYCLE.fullmatch(text.upper()):
            text = my_task.workflow.script_engine.evaluate(my_task, text)
        count, start, length = cycle_of(str(text), self._zone(my_task))
        duration = max(self._length(my_task, length), timedelta(seconds=MIN_CYCLE))
        begun = {"cycles": count, "duration": duration.total_seconds()}
        if self.basis == "calendar" and periods.is_in_days(length):
            anchor = start or self._clock(my_task)
            start = start or periods.after(anchor, length, self._zone(my_task))
            begun |= {"anchor": anchor.isoformat(), "length": length}
        return begun | {"next": (start or self._after(my_task, duration)).isoformat()}
