"""Days where the company is: today, dates of timers, working days of its own length."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import pytz

from ...engine import expressions, periods
from ...engine.starts import Schedule
from .common import START, Host, Player, bpmn, chain, node

S, E = node("startEvent", "Start"), node("endEvent", "End")
MOSCOW = ZoneInfo("Europe/Moscow")
NIGHT = datetime(2026, 3, 5, 22, 30, tzinfo=UTC)  # half past one on the 6th in Moscow


def wait(kind, text, working=False):
    own = ' xmlns:bpm="urn:crm-bpm:bpmn:1" bpm:basis="working"' if working else ""
    timer = (
        f"<bpmn:timerEventDefinition{own}><bpmn:{kind}>{text}</bpmn:{kind}>"
        "</bpmn:timerEventDefinition>"
    )
    return bpmn(S + node("intermediateCatchEvent", "T", timer) + E + chain("Start", "T", "End"))


def due(xml, **host):
    surroundings = Host()
    vars(surroundings).update(host)
    return Player(xml, surroundings).start().execution.next_due


def ask(text, zone=MOSCOW, **fields):
    record = SimpleNamespace(**fields)
    return expressions.evaluate(text, expressions.Context({}, record, lambda: NIGHT, zone))


@pytest.mark.parametrize(
    ("text", "fields", "value"),
    [
        ("today()", {}, date(2026, 3, 6)),
        ("record.day < today()", {"day": date(2026, 3, 5)}, True),
        ("record.made == today()", {"made": NIGHT}, True),
        ("record.made in [today()]", {"made": NIGHT}, True),
        ("now() - record.made == hours(0)", {"made": NIGHT}, True),
        ("record.made < '2026-03-06T01:45'", {"made": NIGHT}, True),
        ("record.made < '2026-03-06T01:15'", {"made": NIGHT}, False),
    ],
)
def test_days_of_conditions(text, fields, value):
    """HU-24, PK-12: at night it is already the next day in the company."""
    assert ask(text, **fields) == value
    assert ask(text, lambda: pytz.timezone("Europe/Moscow"), **fields) == value


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-24", datetime(2026, 12, 23, 22, tzinfo=UTC)),
        ("2026-12-24T09:00", datetime(2026, 12, 24, 7, tzinfo=UTC)),
        ("2026-07-24T09:00", datetime(2026, 7, 24, 6, tzinfo=UTC)),
        ("2026-12-24T09:00+00:00", datetime(2026, 12, 24, 9, tzinfo=UTC)),
    ],
)
def test_dates_of_timers(text, moment):
    """HU-24: a date begins at midnight of the company, nine o'clock is its nine o'clock."""
    for zone in (ZoneInfo("Europe/Sofia"), pytz.timezone("Europe/Sofia")):
        assert due(wait("timeDate", text), zone=zone) == moment


def repeat(text):
    return bpmn(
        S
        + node("userTask", "A")
        + '<bpmn:boundaryEvent id="B" attachedToRef="A" cancelActivity="false">'
        f"<bpmn:timerEventDefinition><bpmn:timeCycle>{text}</bpmn:timeCycle>"
        "</bpmn:timerEventDefinition></bpmn:boundaryEvent>"
        + node("endEvent", "Late")
        + E
        + chain("Start", "A", "End")
        + chain("B", "Late")
    )


def test_start_of_a_repetition():
    """HU-24: R3 from eight o'clock on: the company's eight o'clock."""
    moment = datetime(2026, 12, 24, 5, tzinfo=UTC)
    assert due(repeat("R3/2026-12-24T08:00:00/P1D"), zone=MOSCOW) == moment


@pytest.mark.parametrize(
    ("text", "begin", "times"),
    [
        # Summer time begins on 29 March: nine o'clock stays nine o'clock.
        ("R/P1D", "2026-03-27T09:00", ["2026-03-28T09:00", "2026-03-29T09:00", "2026-03-30T09:00"]),
        ("R/2026-03-28T09:00/P1D", "2026-03-27T12:00", ["2026-03-28T09:00", "2026-03-29T09:00"]),
        # and ends on 25 October
        ("R/P1W", "2026-10-19T09:00", ["2026-10-26T09:00", "2026-11-02T09:00"]),
        ("R/P1M", "2026-01-31T09:00", ["2026-02-28T09:00", "2026-03-31T09:00", "2026-04-30T09:00"]),
        ("R/P1Y", "2024-02-29T09:00", ["2025-02-28T09:00", "2026-02-28T09:00"]),
        # Hours are hours.
        ("R/PT24H", "2026-03-28T09:00", ["2026-03-29T10:00", "2026-03-30T10:00"]),
    ],
)
@pytest.mark.parametrize("zone", [ZoneInfo("Europe/Sofia"), pytz.timezone("Europe/Sofia")])
def test_repetition_by_the_calendar(text, begin, times, zone):
    """HU-24: inside a process, too, days keep their hour and months their day."""
    host = Host()
    host.zone, sofia = zone, ZoneInfo("Europe/Sofia")
    host.clock = datetime.fromisoformat(begin).replace(tzinfo=sofia).astimezone(UTC)
    player = Player(repeat(text), host, saved=True).start()
    for moment in times:
        wanted = datetime.fromisoformat(moment).replace(tzinfo=sofia).astimezone(UTC)
        assert player.execution.next_due == wanted
        player.advance(seconds=(wanted - host.clock).total_seconds())


def test_years_of_a_repetition_missed():
    """HU-24: what was missed in years counts once, and is not counted day by day."""
    anchor = datetime(1990, 1, 1, 6, tzinfo=UTC)
    moment = anchor + timedelta(days=13_000, hours=1)
    found = periods.following(anchor, "P1D", moment, ZoneInfo("Europe/Sofia"))
    assert timedelta(0) < found - moment <= timedelta(days=1, hours=1)
    assert periods.following(anchor, "P1D", anchor - timedelta(days=9)) == anchor


@pytest.mark.parametrize(
    ("text", "hours"), [("P1D", 7), ("P2D", 14), ("P1W", 42), ("P1DT1H", 8), ("PT4H", 4)]
)
def test_working_days_of_seven_hours(text, hours):
    """HU-24: a day in working time is as long as a day of the company, a week as its week."""
    length = Host().working_time(hours * 3600, START)
    found = due(wait("timeDuration", text, working=True), hours_per_day=7, hours_per_week=42)
    assert (found - START).total_seconds() == length


def test_start_in_working_time():
    """HU-12: drawn starts count the same days, and moments in the owner's zone."""
    worked = []

    def working(moment, seconds):
        worked.append(seconds / 3600)
        return moment

    timer = {"kind": "timeDuration", "text": "P2D", "basis": "working"}
    Schedule(timer, UTC, working, 12, 48).first(NIGHT)
    Schedule({**timer, "text": "P1W"}, UTC, working, 12, 48).first(NIGHT)
    assert worked == [24, 48]
    moment, _count = Schedule({**timer, "text": "2026-12-24T09:00"}, MOSCOW).first(NIGHT)
    assert moment == datetime(2026, 12, 24, 6, tzinfo=UTC)
