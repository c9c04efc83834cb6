"""A step of one branch leaves the others alone; nothing is lost or done twice (HU-24)."""

import pytest

from ...engine import ExpressionError
from .common import Host, Player, bpmn, chain, flow, node

S, E = node("startEvent", "Start"), node("endEvent", "End")
SIGNALS = '<bpmn:message id="M" name="paid"/>'
PAID = '<bpmn:messageEventDefinition messageRef="M"/>'


def timer(kind, text):
    return (
        f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"
    )


def fork(*branches):
    """A beside other branches, each drawn as (elements, flows, first element)."""
    drawn = "".join(elements + flows for elements, flows, _first in branches)
    starts = "".join(chain("Fork", first) for _elements, _flows, first in branches)
    return bpmn(
        S
        + node("parallelGateway", "Fork")
        + node("userTask", "A")
        + E
        + drawn
        + chain("Start", "Fork", "A", "End")
        + starts,
        SIGNALS,
    )


def play(*branches, saved=True, **data):
    return Player(fork(*branches), Host(parked=["V"]), saved=saved).start(data)


def bad_way(before, first):
    """What is drawn, then a way that cannot be calculated while the variable n is a number."""
    drawn = before + node("exclusiveGateway", "Way", default="Way_End") + node("userTask", "T")
    flows = (
        chain(first, "Way")
        + flow("Way", "T", "len(n) > 1")
        + chain("Way", "End")
        + chain("T", "End")
    )
    return drawn, flows, first


@pytest.mark.parametrize("saved", [False, True])
def test_due_timers_are_for_the_clock(saved):
    """A person moves only his own token; the clock moves the other, once."""
    wait = node("intermediateCatchEvent", "Wait", timer("timeDuration", "PT1H"))
    player = play((wait + node("userTask", "T"), chain("Wait", "T", "End"), "Wait"), saved=saved)
    due = player.next_due
    player.host.advance(hours=2)
    player.complete("A")
    assert player.open() == [] and player.next_due == due
    assert player.advance() and player.open() == ["T"]
    assert player.trace.count(("Wait", "fired")) == 1
    player.complete("T")
    assert player.is_done


def test_repetitions_are_for_the_clock():
    """What runs beside a task again and again does so by the clock only."""
    own = node("userTask", "B") + node(
        "boundaryEvent",
        "Each",
        timer("timeCycle", "R3/PT1H"),
        attachedToRef="B",
        cancelActivity="false",
    )
    player = play((own + node("userTask", "T"), chain("B", "End") + chain("Each", "T", "End"), "B"))
    player.host.advance(hours=1, minutes=1)
    player.complete("A")
    assert player.open() == ["B"]
    player.advance()
    assert player.open() == ["B", "T"]
    player.complete("T")
    player.advance(hours=1)
    assert player.open() == ["B", "T"]


def test_message_at_a_gateway_with_a_timer():
    """A message is taken although the timer beside it is not looked at."""
    gate = (
        node("eventBasedGateway", "Gate")
        + node("intermediateCatchEvent", "Paid", PAID)
        + node("intermediateCatchEvent", "Late", timer("timeDuration", "PT1H"))
        + node("userTask", "Ship")
        + node("userTask", "Remind"),
        chain("Gate", "Paid", "Ship", "End") + chain("Gate", "Late", "Remind", "End"),
        "Gate",
    )
    player = play(gate)
    player.host.advance(minutes=30)
    assert player.message("paid")
    assert sorted(player.open()) == ["A", "Ship"]
    player = play(gate)
    player.host.advance(hours=2)
    player.complete("A")
    assert player.open() == []
    player.advance()
    assert player.open() == ["Remind"]


def test_what_failed_before_waits():
    """A way that failed stays where it stood, whatever moves beside it, until run() again."""
    player = play(bad_way(node("serviceTask", "V"), "V"), n=3)
    (service,) = player.open_services()
    player.execution.run_service(service.id, run_on=False)
    player._after()
    assert player.host.calls == ["V"]
    player.complete("A")
    assert player.open() == [] and not player.is_done
    with pytest.raises(ExpressionError) as caught:
        player.execution.run()
    assert caught.value.element == "Way"


def test_own_way_fails():
    """What follows from the task itself is its matter."""
    player = play(bad_way(node("userTask", "B"), "B"), n=3)
    with pytest.raises(ExpressionError):
        player.complete("B")


def test_service_left_undone_is_not_begun_anew():
    """A service that was ready before is told apart from one that the step came to."""
    drawn = node("serviceTask", "V") + node("serviceTask", "W")
    player = play((drawn, chain("V", "W", "End"), "V"))
    player.execution.run_service(player.open_services()[0].id, run_on=False)
    player._after()
    (left,) = player.open_services()
    player.execution.complete(player.open_tasks()[0].id)
    assert left.element == "W" and player.execution.is_left_beside(left.id)
    assert player.host.calls == ["V"]
    player._after()
    player.execution.run()
    assert player.host.calls == ["V", "W"] and player.is_done


def test_moment_that_cannot_be_calculated():
    """It is told, and keeps nobody from his task; a moment not known yet is looked for again."""
    wait = node("intermediateCatchEvent", "Wait", timer("timeDate", "record.day"))
    branch = (wait, chain("Wait", "End"), "Wait")
    for day, due, errors in (("2026-03-05", True, 0), ("soon", False, 1)):
        host = Host(type("Record", (), {"day": None})())
        player = Player(fork(branch, (node("userTask", "B"), chain("B", "End"), "B")), host).start()
        assert player.next_due is None
        host.fields.day = day
        player.execution = type(player.execution)(player.diagram, host, player.execution.dump())
        player.complete("A")
        assert bool(player.next_due) == due
        assert [error.element for error in player.failed_beside] == ["Wait"] * errors
        assert player.open() == ["B"]
