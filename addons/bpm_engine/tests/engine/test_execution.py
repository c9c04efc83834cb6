"""What an execution tells and takes: parked services, reset, cancel, log, merging."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...engine import (
    Execution,
    StateError,
    expressions,
    normalize,
    read_diagram,
    values,
    xes,
)
from .common import DIAGRAMS, START, Host, Player, bpmn, chain, flow, node

S, E = node("startEvent", "Start"), node("endEvent", "End")


def test_parked_service():
    """External work waits for a job, and can be skipped."""
    xml = bpmn(
        S
        + node("serviceTask", "V")
        + node("serviceTask", "W")
        + E
        + chain("Start", "V", "W", "End")
    )
    host = Host(services={"V": {"n": 1}}, parked=["V", "W"])
    player = Player(xml, host).start()
    assert host.calls == [] and player.open() == []
    assert [task.element for task in player.open_services()] == ["V"]
    player.execution.run_service(player.open_services()[0].id)
    assert host.calls == ["V"] and player.open_services()[0].data == {"n": 1}
    player.execution.skip_service(player.open_services()[0].id)
    assert player.is_done and host.calls == ["V"]


def test_reset_to():
    """The token goes back to an earlier task; what came after is withdrawn."""
    player = Player((DIAGRAMS / "parallel.bpmn").read_bytes()).start()
    first = next(task.id for task in player.open_tasks() if task.element == "A")
    player.complete("A", "x").complete("B", "y")
    assert player.open() == ["After"]
    player.execution.reset_to(first)
    assert player.open() == ["A"]
    player.complete("A", "z")
    assert player.open() == ["After"]
    assert player.open_tasks()[0].data["outcomes"] == {"A": "z", "B": "y"}
    with pytest.raises(StateError):
        player.execution.reset_to("00000000-0000-0000-0000-000000000000")


def test_cancel():
    """Everything open is withdrawn, also inside sub-processes and instances."""
    for name, data in (("subprocess", {}), ("many_parallel", {"people": ["a", "b"]})):
        player = Player((DIAGRAMS / f"{name}.bpmn").read_bytes()).start(data)
        count = len(player.open())
        player.execution.cancel()
        assert player.is_done and player.open() == [] and player.waits() == []
        told = [event for event in player.execution.events if event.event == "cancelled"]
        assert len([event for event in told if event.element in ("Inner", "Vote")]) == count


def test_events_carry_moment_and_task():
    """The log tells who (task), where and when; a parked step says entered only."""
    player = Player(bpmn(S + node("userTask", "A") + E + chain("Start", "A", "End")))
    player.execution.start()
    last = player.execution.events[-1]
    assert (last.element, last.event, last.at) == ("A", "entered", START)
    assert last.task_id == player.open_tasks()[0].id and last.process == "test"


def test_not_started():
    """Before the start nothing is open and nothing is done."""
    execution = Execution(read_diagram((DIAGRAMS / "parallel.bpmn").read_bytes()), Host())
    assert not execution.is_done and execution.open_tasks() == [] and execution.waits() == []
    assert execution.next_due is None and not execution.message("x")


def test_settings():
    """Our extensions as one dictionary."""
    inside = (
        "<bpmn:documentation>Call first</bpmn:documentation><bpmn:extensionElements>"
        '<bpm:assignment kind="role" role="partner_id.user_id"/>'
        '<bpm:deadline amount="2" unit="day" basis="working" remind="4"/>'
        '<bpm:outcome key="ok" label="Good" style="positive" comment="true"/>'
        '<bpm:field name="name" required="true"/>'
        '<bpm:approval mode="quorum" quorum="2"><bpm:approver kind="user" user="a"/></bpm:approval>'
        '<bpm:action name="mail" async="true"><bpm:parameter name="to" value="x"/></bpm:action>'
        '<other:thing xmlns:other="urn:o" a="1"/></bpmn:extensionElements>'
    )
    diagram = read_diagram(bpmn(S + node("userTask", "A", inside) + E + chain("Start", "A", "End")))
    assert diagram.elements["A"].settings == {
        "instruction": "Call first",
        "assignment": {"kind": "role", "role": "partner_id.user_id"},
        "deadline": {"amount": 2.0, "unit": "day", "basis": "working", "remind": 4.0},
        "outcomes": [{"key": "ok", "label": "Good", "style": "positive", "comment": True}],
        "fields": [{"name": "name", "required": True}],
        "approval": {"mode": "quorum", "quorum": 2, "approvers": [{"kind": "user", "user": "a"}]},
        "action": {"name": "mail", "async": True, "parameters": {"to": "x"}},
    }


def test_normalize():
    """Incoming and outgoing are written into every node, and the result is valid."""
    source = bpmn(S + node("userTask", "A") + E + chain("Start", "A", "End"))
    text = normalize(source)
    assert "<bpmn:incoming>Start_A</bpmn:incoming>" in text
    assert "<bpmn:outgoing>A_End</bpmn:outgoing>" in text
    assert normalize(text) == text and read_diagram(text).elements["A"].incoming == ["Start_A"]


@pytest.mark.parametrize(
    "text, value",
    [
        ("outcome == 'ok' and not done", True),
        ("outcomes.A in ['x', 'y']", True),
        ("outcomes.Missing == 'x'", False),
        ("record.partner.name == 'Ann'", True),
        ("record.empty.name == 'x'", False),
        ("record.empty < 5", False),
        ("missing < 5 or missing > 5", False),
        ("missing + 1 == 2", False),
        ("amount * 2 - 1 >= 1_999 and amount / 4 == 250", True),
        ("1 < 2 < 3", True),
        ("today() == '2026-03-02'", True),
        ("record.date < today() + days(4)", True),
        ("record.date - today() == days(3)", True),
        ("now() + hours(1) > now()", True),
        ("len(items) == 3 and max(items) == 5 and min(2, 1) == 1", True),
        ("round(abs(-2.567), 2) == 2.57", True),
        ("lower('ÄB') == 'äb' and 'b' in 'abc'", True),
        ("True == 1", False),
        ("7 % 4 == 3", True),
    ],
)
def test_language(text, value):
    """What people write in conditions."""
    record = SimpleNamespace(
        partner=SimpleNamespace(name="Ann"), empty=None, date=(START + timedelta(days=3)).date()
    )
    data = {"outcome": "ok", "outcomes": {"A": "x"}, "amount": 1000, "items": [1, 5, 2]}
    context = expressions.Context(data, lambda: record, lambda: START)
    assert expressions.evaluate(text, context) is value


def test_names():
    """Paths and variables that an expression reads."""
    text = "record.a.b == 1 and outcomes.T == 'x' and lower(record.c) in names"
    assert expressions.names(text) == {"a.b", "c"}
    assert expressions.variables(text) == {"names"}
    assert expressions.tasks(text) == {"T"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("abc", max_size=3),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3),
    max_leaves=8,
)
DATA = st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4)


@given(DATA, DATA)
def test_merge_of_one_branch(base, ours):
    """What only one branch has changed is what comes out, from whichever side."""
    assert values.merge(base, ours, base) == ours
    assert values.merge(base, base, ours) == ours


@given(st.lists(st.integers()), st.lists(st.integers()), st.lists(st.integers()))
def test_merge_keeps_every_added_item(base, left, right):
    """Items that two branches have added to a list are all kept."""
    merged = values.merge({"l": base}, {"l": base + left}, {"l": base + right})["l"]
    if left != right:
        assert sorted(merged) == sorted(base + left + right)


@given(DATA)
def test_state_carries_any_data(data):
    """Variables come out of the saved state as they went in."""
    xml = bpmn(
        S + node("userTask", "A") + node("userTask", "B") + E + chain("Start", "A", "B", "End")
    )
    player = Player(_DIAGRAMS.setdefault("line", read_diagram(xml)), saved=True).start({"a": 0})
    player.complete("A", **data)
    seen = player.open_tasks()[0].data
    assert {key: seen.get(key) for key in data} == data


_DIAGRAMS = {}


def test_xes():
    """The log is valid XML with escaped texts, one trace for each case, typed attributes."""
    from lxml import etree

    rows = [
        {
            "case": "P/1",
            "activity": "Ask <b>&\x00",
            "transition": "start",
            "timestamp": START,
            "resource": 'Ann "A"',
            "attributes": {"amount": 5, "late": True, "rate": 0.5, "due": START.date()},
        },
        {"case": "P/1", "activity": "Ask", "timestamp": START},
        {"case": "P/2", "activity": "Ask", "timestamp": START.replace(tzinfo=None)},
    ]
    root = etree.fromstring("".join(xes.write(iter(rows))).encode())
    space = {"x": "http://www.xes-standard.org/"}
    traces = root.findall("x:trace", space)
    assert [len(trace.findall("x:event", space)) for trace in traces] == [2, 1]
    event = traces[0].find("x:event", space)
    found = {
        child.get("key"): (etree.QName(child).localname, child.get("value")) for child in event
    }
    assert found == {
        "concept:name": ("string", "Ask <b>&"),
        "lifecycle:transition": ("string", "start"),
        "time:timestamp": ("date", "2026-03-02T08:00:00.000+00:00"),
        "org:resource": ("string", 'Ann "A"'),
        "amount": ("int", "5"),
        "late": ("boolean", "true"),
        "rate": ("float", "0.5"),
        "due": ("date", "2026-03-02T00:00:00.000+00:00"),
    }
    assert etree.fromstring("".join(xes.write([])).encode()) is not None


def test_flow_order_does_not_depend_on_the_picture():
    """Of two conditions that hold the first drawn counts, wherever the shapes stand."""
    xml = bpmn(
        S
        + node("exclusiveGateway", "X", default="X_C")
        + node("userTask", "A")
        + node("userTask", "B")
        + node("userTask", "C")
        + E
        + flow("Start", "X")
        + flow("X", "B", "1 == 1")
        + flow("X", "A", "1 == 1")
        + flow("X", "C")
        + chain("A", "End")
        + chain("B", "End")
        + chain("C", "End")
    )
    assert Player(xml).start().open() == ["B"]
