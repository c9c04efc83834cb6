"""Every element that the engine promises: diagram, script, expected trace (PK-03, PK-04).

Each runs plainly and with the state going through text, and the drawing read anew, between
all steps; both must tell the story of traces.json, which was read element by element against
BPMN 2.0: a scope is entered before its start and left after its end, what is interrupted is
withdrawn before the way of the event begins, each repetition fires, a join is entered once for
each token and left once. Before an event-based gateway the token waits at the gateway, so it is
the gateway that fires. test_conformance_run.py plays the same through bpm.instance.
"""

import json
from datetime import date
from types import SimpleNamespace

import pytest

from ...engine import BpmnError
from .common import DIAGRAMS, Host, Player, read_diagram

CASES = {}
SERVICES = {"Service": {"booked": True}}
TRACES = json.loads((DIAGRAMS.parent / "traces.json").read_text())


def case(name, **options):
    """Register a script for diagrams/<name>.bpmn."""

    def register(script):
        CASES[script.__name__] = (name, options, script)
        return script

    return register


def entered(player):
    return [element for element, event in player.trace if event == "entered"]


@case("user_service_script")
def user_service_script(p):
    """User, manual, plain, service and script tasks, one after the other."""
    p.start({"price": 20})
    assert p.open() == ["User"]
    p.complete("User", "ok", amount=3)
    assert p.open() == ["Manual"]
    p.complete("Manual")
    assert p.open() == ["Plain"]
    p.complete("Plain")
    assert p.is_done
    assert p.host.calls == ["Service"]
    assert p.data["total"] == 60 and p.data["booked"] is True
    assert entered(p) == ["Start", "User", "Manual", "Plain", "Service", "Script", "End"]


@case("gateways")
def exclusive_condition(p):
    """The first way whose condition holds."""
    p.start({"amount": 5000}).complete("Check")
    assert p.open() == ["Director"]


@case("gateways")
def exclusive_default(p):
    """Without a fitting condition the default way."""
    p.start({"amount": 5}).complete("Check")
    assert p.open() == ["Clerk"]
    p.complete("Clerk")
    assert p.is_done


@case("parallel")
def parallel(p):
    """Both branches, in any order; the join waits and keeps what both have written."""
    p.start({"seen": ["start"]})
    assert sorted(p.open()) == ["A", "B"]
    p.complete("B", "fine", seen=["start", "b"], part={"b": 1})
    assert p.open() == ["A"]
    p.complete("A", "bad", seen=["start", "a"], part={"a": 2})
    assert p.open() == ["After"]
    data = p.open_tasks()[0].data
    assert sorted(data["seen"]) == ["a", "b", "start"]
    assert data["part"] == {"a": 2, "b": 1}
    assert data["outcomes"] == {"A": "bad", "B": "fine"}
    p.complete("After")
    assert p.is_done
    assert [e for e in p.trace if e[0] == "Join"].count(("Join", "left")) == 1


@case("inclusive")
def inclusive_one(p):
    """One branch: nobody waits for those not taken."""
    p.start({"amount": 50, "risky": False})
    assert p.open() == ["A"]
    p.complete("A")
    assert p.open() == ["After"]


@case("inclusive")
def inclusive_two(p):
    """Two branches: the join waits for both."""
    p.start({"amount": 50, "risky": True})
    assert sorted(p.open()) == ["A", "B"]
    p.complete("A", "x")
    assert p.open() == ["B"]
    p.complete("B", "y")
    assert p.open() == ["After"]
    assert p.open_tasks()[0].data["outcomes"] == {"A": "x", "B": "y"}


@case("inclusive")
def inclusive_default(p):
    """No condition holds: the default branch."""
    p.start({"amount": 1, "risky": False})
    assert p.open() == ["C"]
    p.complete("C").complete("After")
    assert p.is_done


@case("timer_boundary")
def timer_interrupts(p):
    """An interrupting timer takes the task away."""
    p.start()
    assert p.next_due.isoformat() == "2026-03-04T08:00:00+00:00"
    assert not p.advance(days=1)
    assert p.advance(days=1, seconds=1)
    assert p.open() == ["Escalated"]
    assert ("Task", "cancelled") in p.trace and ("Late", "fired") in p.trace
    p.complete("Escalated")
    assert p.is_done and p.next_due is None


@case("timer_boundary")
def timer_not_reached(p):
    """Done in time: the timer is withdrawn."""
    p.start().complete("Task")
    assert p.is_done and p.next_due is None
    assert ("Late", "fired") not in p.trace


@case("timer_reminder")
def timer_does_not_interrupt(p):
    """A reminder beside the task; the task stays."""
    p.start()
    p.advance(hours=5)
    assert sorted(p.open()) == ["Remind", "Task"]
    p.complete("Remind")
    assert p.open() == ["Task"]
    p.complete("Task")
    assert p.is_done


@case("timer_cycle")
def timer_cycle(p):
    """R3: exactly three reminders, however often the clock is looked at."""
    p.start()
    for _hour in range(8):
        p.advance(hours=1)
    assert p.host.calls == ["Remind"] * 3
    assert p.open() == ["Task"] and p.next_due is None
    p.complete("Task")
    assert p.is_done


@case("timer_cycle")
def timer_cycle_missed(p):
    """Periods missed while nobody looked count once, not as a flood."""
    p.start()
    p.advance(hours=2, minutes=30)
    assert p.host.calls == ["Remind"]
    assert p.next_due.isoformat() == "2026-03-02T11:00:00+00:00"


@case("timer_cycle_working")
def timer_cycle_working(p):
    """Every six working hours, over nights: the day ends at eight."""
    p.start()
    assert p.next_due.isoformat() == "2026-03-03T06:00:00+00:00"
    p.advance(hours=21)
    assert p.host.calls == []
    p.advance(hours=1)
    assert p.next_due.isoformat() == "2026-03-04T04:00:00+00:00"
    # looked at only at night: the rhythm is kept
    p.advance(hours=30)
    assert p.next_due.isoformat() == "2026-03-05T02:00:00+00:00"
    p.advance(hours=14)
    assert p.host.calls == ["Remind"] * 3 and p.next_due is None
    p.complete("Task")
    assert p.is_done


@case("timer_cycle_working")
def timer_cycle_working_missed(p):
    """Days missed count once, and the next is counted from now."""
    p.start()
    p.advance(days=10, hours=4)
    assert p.host.calls == ["Remind"]
    assert p.next_due.isoformat() == "2026-03-13T06:00:00+00:00"


@case("timer_dates")
def timer_date_of_record(p):
    """A date field of the record; working time; a fixed date."""
    p.start()
    assert p.next_due.isoformat() == "2026-03-05T00:00:00+00:00"
    p.advance(days=3)
    assert p.open() == ["A"]
    p.complete("A")
    # two working days of eight hours, from midnight on
    assert p.next_due.isoformat() == "2026-03-07T08:00:00+00:00"
    p.advance(days=2)
    assert p.next_due.isoformat() == "2026-12-31T10:00:00+00:00"
    p.advance(days=400)
    assert p.is_done


@case("message_catch")
def message_with_payload(p):
    """A message brings its variables; another message does nothing."""
    p.start()
    assert [(w.kind, w.name, w.element) for w in p.waits()] == [("message", "Paid", "Catch")]
    assert not p.message("Other", {"sum": 1})
    assert p.message("Paid", {"sum": 99})
    assert p.open() == ["After"] and p.open_tasks()[0].data["sum"] == 99
    p.complete("After")
    assert ("Catch", "fired") in p.trace and p.is_done


@case("signal_boundary")
def signal_boundary(p):
    """A signal takes the task away."""
    p.start()
    assert p.signal("Stop", {"why": "lost"})
    assert p.open() == ["Clean"] and p.open_tasks()[0].data["why"] == "lost"
    p.complete("Clean")
    assert p.is_done and not p.signal("Stop")


@case("message_boundary")
def message_boundary(p):
    """A message takes the task away; what came beside it before goes on."""
    p.start()
    assert {(w.kind, w.name) for w in p.waits()} == {
        ("message", "Withdrawn"),
        ("message", "Asked"),
        ("signal", "Note"),
    }
    assert p.message("Asked", {"text": "why"})
    assert sorted(p.open()) == ["Answer", "Task"]
    assert p.message("Withdrawn", {"by": "customer"})
    assert sorted(p.open()) == ["Answer", "Clean"] and p.waits() == []
    (clean,) = (task for task in p.open_tasks() if task.element == "Clean")
    assert clean.data["by"] == "customer"
    assert not p.message("Asked")
    p.complete("Clean").complete("Answer")
    assert p.is_done


@case("message_boundary")
def message_beside(p):
    """Messages and signals beside a task: each starts its way as often as it comes."""
    p.start()
    assert p.message("Asked", {"text": "one"}) and p.signal("Note")
    assert p.message("Asked", {"text": "two"}) and p.signal("Note")
    assert sorted(p.open()) == ["Answer", "Answer", "Read", "Read", "Task"]
    asked = [task.data["text"] for task in p.open_tasks() if task.element == "Answer"]
    assert sorted(asked) == ["one", "two"]
    p.complete("Task")
    assert sorted(p.open()) == ["Answer", "Answer", "Read", "Read"]
    assert p.waits() == [] and not p.message("Withdrawn")
    p.complete("Answer").complete("Read").complete("Answer").complete("Read")
    assert p.is_done


@case("message_end_signal_end")
def message_and_signal_end(p):
    """Ends and throws that tell others: each ends its own way only, what is sent is heard."""
    p.start({"sum": 7})
    assert sorted(p.open()) == ["A", "C"]
    p.complete("A")
    assert [(t.kind, t.name) for t in p.execution.thrown] == [("message", "Told")]
    assert sorted(p.open()) == ["B", "C"]
    p.complete("C")
    assert [(t.kind, t.name) for t in p.execution.thrown][1:] == [("signal", "Over")]
    assert sorted(p.open()) == ["After", "B"]
    p.complete("B")
    assert [(t.kind, t.name) for t in p.execution.thrown][2:] == [("message", "Finished")]
    assert p.execution.thrown[2].data["sum"] == 7
    assert p.open() == ["After"]
    p.complete("After")
    assert p.is_done


@case("send_receive")
def send_receive(p):
    """A send task throws a message outwards, a receive task waits for one."""
    p.start({"x": 1})
    assert [(t.kind, t.name) for t in p.execution.thrown] == [("message", "Asked")]
    assert p.execution.thrown[0].data == {"x": 1}
    assert [w.name for w in p.waits()] == ["Answered"]
    assert p.message("Answered", {"y": 2})
    assert p.is_done and p.data == {"x": 1, "y": 2}


@case("event_gateway")
def event_gateway_message(p):
    """The message comes first: the timer is withdrawn."""
    p.start()
    assert {w.kind for w in p.waits()} == {"message", "timer"}
    assert p.message("Answer", {"text": "yes"})
    assert p.open() == ["Answered"] and p.next_due is None
    p.complete("Answered")
    assert p.is_done


@case("event_gateway")
def event_gateway_timer(p):
    """The timer comes first: the message finds nobody."""
    p.start()
    p.advance(days=3, seconds=1)
    assert p.open() == ["Silent"]
    assert not p.message("Answer")
    p.complete("Silent")
    assert p.is_done


@case("subprocess")
def subprocess(p):
    """An embedded sub-process; what it writes is seen behind it."""
    p.start({"n": 1})
    assert p.open() == ["Inner"]
    p.complete("Inner", "good", m=2)
    assert p.open() == ["After"]
    data = p.open_tasks()[0].data
    assert data["n"] == 1 and data["m"] == 2 and data["outcomes"] == {"Inner": "good"}
    p.complete("After")
    assert p.is_done
    assert ("Sub", "entered") in p.trace and ("Sub", "left") in p.trace


@case("subprocess")
def subprocess_error(p):
    """An error end event leaves by the error event at the border."""
    p.start({"n": 1}).complete("Inner", "bad")
    assert p.open() == ["Repair"]
    assert ("Sub", "cancelled") in p.trace and ("Failed", "fired") in p.trace
    p.complete("Repair")
    assert p.is_done


@case("service_error", services={"Book": lambda data: _fail("NO_STOCK")})
def service_error(p):
    """A business error of a service task takes the way of its error event only."""
    p.start()
    assert sorted(p.open()) == ["NoStock", "Other"]
    assert p.open_tasks()[0].data.get("error_code", "NO_STOCK") == "NO_STOCK"
    p.complete("NoStock").complete("Other")
    assert p.is_done


@case("service_error", services={"Book": lambda data: _fail("UNKNOWN")})
def service_error_any(p):
    """An error without an own event goes to the event for any error."""
    p.start()
    assert sorted(p.open()) == ["AnyError", "Other"]


def _fail(code):
    raise BpmnError(code, "no")


@case("call_activity", called=["called"])
def call_activity(p):
    """A called process, with a sub-process of the same id as one of the caller's."""
    p.start({"n": 1})
    assert p.open() == ["Inner"]
    p.complete("Inner")
    assert p.open() == ["CalledTask"]
    assert p.open_tasks()[0].process == "called"
    p.complete("CalledTask", "fine", k=5)
    assert p.open() == ["After"] and p.open_tasks()[0].data["k"] == 5
    p.complete("After")
    assert p.is_done


@case("call_in_subprocess", called=["called"])
def call_in_subprocess(p):
    """A process called from within a sub-process."""
    p.start({"n": 1})
    assert p.open() == ["CalledTask"]
    p.complete("CalledTask", "fine", k=5)
    assert p.open() == ["After"] and p.open_tasks()[0].data["k"] == 5
    p.complete("After")
    assert p.is_done


@case("call_two_starts", called=["two_starts_called"])
def call_two_starts(p):
    """Called, a process begins at the start that waits for nothing, wherever it is drawn."""
    p.start({"n": 1})
    assert p.open() == ["A"] and p.waits() == []
    p.complete("A", "fine").complete("After")
    assert p.is_done


@case("event_subprocess")
def event_subprocess_beside(p):
    """A signal starts a sub-process beside the work, twice if given twice."""
    p.start()
    assert {w.name for w in p.waits()} == {"Note", "Abort"}
    assert p.signal("Note", {"a": 1}) and p.signal("Note", {"a": 2})
    assert sorted(p.open()) == ["NoteTask", "NoteTask", "Work"]
    p.complete("Work")
    assert not p.is_done
    p.complete("NoteTask").complete("NoteTask")
    assert p.is_done


@case("event_subprocess")
def event_subprocess_interrupts(p):
    """A message starts a sub-process instead of the work."""
    p.start()
    assert p.message("Abort")
    assert p.open() == ["AbortTask"]
    assert ("Work", "cancelled") in p.trace
    p.complete("AbortTask")
    assert p.is_done


@case("many_parallel")
def many_parallel(p):
    """One task for each of a list; two votes are enough."""
    p.start({"people": ["ann", "bob", "cid"]})
    assert [(t.element, t.index, t.data["person"]) for t in p.open_tasks()] == [
        ("Vote", 0, "ann"),
        ("Vote", 1, "bob"),
        ("Vote", 2, "cid"),
    ]
    p.complete("Vote", "yes", index=2)
    assert len(p.open()) == 2
    p.complete("Vote", "no", index=0)
    assert p.open() == ["After"]
    assert p.open_tasks()[0].data["votes"] == ["yes", "no"]
    assert "person" not in p.open_tasks()[0].data
    assert p.trace.count(("Vote", "cancelled")) == 1
    p.complete("After")
    assert p.is_done


@case("many_sequential")
def many_sequential(p):
    """By number, one after the other."""
    p.start({"count": 3})
    for index in range(3):
        assert [t.index for t in p.open_tasks()] == [index]
        p.complete("Step", f"o{index}")
    assert p.is_done and p.data["outcome"] == "o2"


@case("many_in_rows", called=["called_many"])
def many_in_rows(p):
    """One after the other, of a list: persons, services, sub-processes; called ones by number."""
    p.start({"people": ["ann", "bob"], "count": 2})
    for person in ("ann", "bob"):
        (task,) = p.open_tasks()
        assert (task.element, task.data["person"]) == ("Sign", person)
        p.complete("Sign", f"by {person}")
    assert p.host.calls == ["Service"] * 2
    for person in ("ann", "bob"):
        (task,) = p.open_tasks()
        assert (task.element, task.data["person"]) == ("Ask", person)
        p.complete("Ask", "fine")
        (task,) = p.open_tasks()
        assert (task.element, task.data["person"]) == ("Note", person)
        p.complete("Note")
    for _round in range(2):
        (task,) = p.open_tasks()
        assert (task.element, task.process) == ("Visit", "called_many")
        p.complete("Visit")
    (task,) = p.open_tasks()
    assert task.element == "After" and task.data["answers"] == ["by ann", "by bob"]
    assert "person" not in task.data
    p.complete("After")
    assert p.is_done


@case("many_at_once", called=["called_many"])
def many_at_once(p):
    """At once, by number: persons and services; of a list: sub-processes and called ones."""
    p.start({"people": ["ann", "bob"], "count": 3})
    assert [(t.element, t.index) for t in p.open_tasks()] == [("Sign", i) for i in range(3)]
    p.complete("Sign", index=1).complete("Sign", index=2)
    assert p.open() == ["Sign"] and p.host.calls == []
    p.complete("Sign")
    assert p.host.calls == ["Service"] * 3
    assert sorted((t.element, t.data["person"]) for t in p.open_tasks()) == [
        ("Ask", "ann"),
        ("Ask", "bob"),
    ]
    p.complete("Ask")
    assert p.open() == ["Ask"]
    p.complete("Ask")
    assert sorted((t.element, t.data["person"]) for t in p.open_tasks()) == [
        ("Visit", "ann"),
        ("Visit", "bob"),
    ]
    p.complete("Visit").complete("Visit")
    assert p.open() == ["After"] and "person" not in p.open_tasks()[0].data
    p.complete("After")
    assert p.is_done


@case("lanes")
def lanes(p):
    """Tasks know their lane."""
    p.start()
    assert [(t.element, t.lane) for t in p.open_tasks()] == [("A", "Sales")]
    p.complete("A")
    assert [(t.element, t.lane) for t in p.open_tasks()] == [("B", "Finance")]
    assert p.diagram.lane_of("B").settings["assignment"]["group"] == "base.group_user"
    p.complete("B")
    assert p.is_done


@case("terminate")
def terminate(p):
    """A terminating end withdraws everything."""
    p.start()
    assert sorted(p.open()) == ["A", "B"]
    p.complete("A")
    assert p.is_done and ("B", "cancelled") in p.trace and p.waits() == []


@case("rework")
def rework(p):
    """Back to the task, around a parallel block, and out of one branch of it."""
    p.start()
    for round_ in range(3):
        p.complete("Write", f"v{round_}")
        assert sorted(p.open()) == ["CheckA", "CheckB"]
        p.complete("CheckA", "again" if round_ == 0 else "ok")
        if round_ == 0:
            assert sorted(p.open()) == ["CheckA", "CheckB"]
            p.complete("CheckA", "ok")
        p.complete("CheckB", "ok")
        assert p.open() == ["Decide"]
        p.complete("Decide", "ok" if round_ == 2 else "back")
    assert p.is_done
    assert p.data["outcomes"] == {"Write": "v2", "CheckA": "ok", "CheckB": "ok", "Decide": "ok"}


@case("rework_inclusive")
def rework_inclusive(p):
    """Back around an inclusive block: each round waits for its own branches only."""
    p.start({"amount": 50, "risky": True})
    p.complete("Write", "v0")
    assert sorted(p.open()) == ["CheckA", "CheckB"]
    p.complete("CheckA", "again").complete("CheckB", "ok")
    assert p.open() == ["CheckA"]
    p.complete("CheckA", "ok")
    assert p.open() == ["Decide"]
    p.complete("Decide", "back", risky=False)
    p.complete("Write", "v1")
    assert p.open() == ["CheckA"]
    p.complete("CheckA", "ok").complete("Decide", "back", amount=1)
    p.complete("Write", "v2")
    assert p.open() == ["CheckC"]
    p.complete("CheckC").complete("Decide", "ok")
    assert p.is_done
    assert [e for e in p.trace if e[1] == "left"].count(("Join", "left")) == 3


@case("two_starts")
def two_starts(p):
    """Only the chosen start counts."""
    p.start(start_event="ByMessage")
    assert p.open() == ["B"]
    p.complete("B")
    assert p.is_done


@case("two_starts")
def plain_start(p):
    """Without a choice the start that waits for nothing."""
    p.start()
    assert p.open() == ["A"]
    p.complete("A")
    assert p.is_done


@case("loop")
def standard_loop(p):
    """The same task again while a condition holds."""
    p.start({"left": 2})
    p.complete("Again", left=1)
    assert p.open() == ["Again"]
    p.complete("Again", left=0)
    assert p.is_done


@case("throw_signal")
def throw_signal(p):
    """A signal given in one branch is heard in the other."""
    p.start()
    assert p.open() == ["A"]
    p.complete("A")
    assert p.is_done
    assert ("Heard", "fired") in p.trace


@pytest.mark.parametrize("name", sorted(CASES))
def test_case(name):
    """The story is right, and the same when saved and restored between all steps."""
    diagram, options, script = CASES[name]
    for saved in (False, True):
        called = {
            key: read_diagram((DIAGRAMS / f"{key}.bpmn").read_bytes())
            for key in options.get("called", ())
        }
        record = SimpleNamespace(date_deadline=date(2026, 3, 5))
        host = Host(record, options.get("services") or SERVICES)
        xml = (DIAGRAMS / f"{diagram}.bpmn").read_bytes()
        player = Player(xml, host, saved=saved, called=called)
        script(player)
        assert story(player.trace) == TRACES[name]


def story(trace):
    """A trace as it stands in traces.json."""
    return "; ".join(f"{element} {event}" for element, event in trace)


def test_every_diagram_is_played():
    """No diagram lies about without a script."""
    used = {name for name, _options, _script in CASES.values()}
    used |= {key for _name, options, _script in CASES.values() for key in options.get("called", ())}
    assert {path.stem for path in DIAGRAMS.glob("*.bpmn")} == used
    assert set(TRACES) == set(CASES)
