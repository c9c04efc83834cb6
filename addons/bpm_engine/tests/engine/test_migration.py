"""Changing the drawing under running processes: nothing is lost (HU-19, HU-20)."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ...engine import Execution, MigrationError, migration, read_diagram
from .common import Host, Player, bpmn, chain, flow, node
from .drawing import CALLEE, OUTCOMES, Drawing, play

START, END = node("startEvent", "Start"), node("endEvent", "End")
TIMER = (
    "<bpmn:timerEventDefinition><bpmn:timeDuration "
    'xsi:type="bpmn:tFormalExpression">P2D</bpmn:timeDuration></bpmn:timerEventDefinition>'
)


def line(*tasks, extra=""):
    """A process of user tasks in a row."""
    listed = "".join(node("userTask", one) for one in tasks)
    return bpmn(START + listed + END + chain("Start", *tasks, "End") + extra)


def moved(player, xml, mapping=None):
    """Migrate a player's process."""
    new = read_diagram(xml)
    execution = migration.migrate(player.execution, new, mapping)
    result = Player(new, player.host)
    result.execution = execution
    return result


def test_compare():
    """Added, removed, structure and texts are told apart."""
    old = read_diagram(line("A", "B"))
    new = read_diagram(line("A", "C").replace('name="A"', 'name="Ask"'))
    changes = migration.compare(old, new)
    assert set(changes.added) == {"C", "A_C", "C_End"}
    assert set(changes.removed) == {"B", "A_B", "B_End"}
    assert changes.changed == [] and changes.texts == ["A"]


def test_task_appended_and_inserted_behind():
    """What lies ahead is drawn anew; the open task keeps its id."""
    player = Player(line("A", "B")).start()
    before = player.open_tasks()[0].id
    new = moved(player, line("A", "X", "B", "C"))
    assert new.open_tasks()[0].id == before
    for element in ("A", "X", "B", "C"):
        new.complete(element)
    assert new.is_done


def test_past_changes():
    """A task inserted into the past is not done any more; a removed one is forgotten."""
    player = Player(line("A", "B", "C")).start().complete("A")
    new = moved(player, line("X", "B", "C"))
    assert new.open() == ["B"]
    new.complete("B").complete("C")
    assert new.is_done


def test_open_task_removed_needs_mapping():
    """The open task is put where somebody says, with its data and id."""
    player = Player(line("A", "B", "C")).start({"n": 1}).complete("A", "ok")
    new = read_diagram(line("A", "C"))
    verdict = migration.verdict(player.execution, new)
    assert verdict.kind == "needs_mapping" and "“B”" in verdict.reasons[0]
    assert [task.element for task in verdict.tasks] == ["B"]
    with pytest.raises(MigrationError, match="where the open task"):
        migration.migrate(player.execution, new)
    with pytest.raises(MigrationError, match="no task for one person"):
        migration.migrate(player.execution, new, {"B": "End"})
    result = moved(player, line("A", "C"), {"B": "C"})
    assert result.open() == ["C"]
    assert result.open_tasks()[0].id == player.open_tasks()[0].id
    assert result.open_tasks()[0].data["n"] == 1
    assert result.complete("C").is_done


def test_waiting_timer_keeps_its_time():
    """The due time does not begin anew."""
    catch = node("intermediateCatchEvent", "Wait", TIMER)
    old = bpmn(START + catch + END + chain("Start", "Wait", "End"))
    new = bpmn(START + catch + node("userTask", "B") + END + chain("Start", "Wait", "B", "End"))
    player = Player(old).start()
    due = player.next_due
    player.host.advance(hours=5)
    result = moved(player, new)
    assert result.next_due == due
    result.advance(days=2)
    assert result.open() == ["B"]


def test_waiting_event_removed_is_refused():
    """Nobody could say what becomes of a timer that runs."""
    catch = node("intermediateCatchEvent", "Wait", TIMER)
    old = bpmn(START + catch + END + chain("Start", "Wait", "End"))
    player = Player(old).start()
    verdict = migration.verdict(player.execution, read_diagram(line("A")))
    assert verdict.kind == "blocked" and "Wait" in verdict.reasons[0]


def late(task="A", **kwargs):
    return (
        node("boundaryEvent", "Late", TIMER, attachedToRef=task, **kwargs)
        + node("endEvent", "EndLate")
        + flow("Late", "EndLate")
    )


def test_attached_event_added_and_removed():
    """An open task gets its first attached event, and loses it again, under the same id."""
    player = Player(line("A", "B")).start({"n": 1})
    task = player.open_tasks()[0].id
    with_timer = moved(player, line("A", "B", extra=late()))
    assert with_timer.open_tasks()[0].id == task and with_timer.next_due
    assert with_timer.open_tasks()[0].data["n"] == 1
    timed_out = moved(player, line("A", "B", extra=late()))
    timed_out.advance(days=2)
    assert timed_out.is_done
    without = moved(with_timer, line("A", "B"))
    assert without.open_tasks()[0].id == task and without.next_due is None
    assert without.complete("A").complete("B").is_done


def test_second_attached_event():
    """One more event waits from now; the first keeps its time."""
    player = Player(line("A", extra=late())).start()
    due = player.next_due
    player.host.advance(hours=1)
    second = (
        node(
            "boundaryEvent",
            "Other",
            TIMER.replace("P2D", "P9D"),
            attachedToRef="A",
            cancelActivity="false",
        )
        + node("userTask", "Note")
        + chain("Other", "Note", "EndLate")
    )
    result = moved(player, line("A", extra=late() + second))
    assert sorted(wait.due for wait in result.waits())[0] == due
    assert len(result.waits()) == 2
    back = moved(result, line("A", extra=late()))
    assert [wait.due for wait in back.waits()] == [due]
    assert back.complete("A").is_done


def test_fired_event_that_would_end_its_task():
    """What has reminded of an open task cannot become what ends it: the task would be lost."""
    player = Player(line("A", "B", extra=late(cancelActivity="false"))).start()
    ending = line("A", "B", extra=late())
    assert migration.verdict(player.execution, read_diagram(ending)).kind == "moves"
    player.advance(days=3)
    verdict = migration.verdict(player.execution, read_diagram(ending))
    assert verdict.kind == "blocked"
    assert "Finish the task first" in verdict.reasons[0]
    player.complete("A")
    assert moved(player, ending).complete("B").is_done


def test_kind_changed_is_refused():
    """An open user task cannot become a service."""
    player = Player(line("A")).start()
    new = bpmn(START + node("serviceTask", "A") + END + chain("Start", "A", "End"))
    assert migration.verdict(player.execution, read_diagram(new)).kind == "blocked"


def test_inside_subprocess():
    """Sub-processes in progress are moved too."""

    def drawing(*tasks):
        inside = node("startEvent", "S") + "".join(node("userTask", one) for one in tasks)
        inside += node("endEvent", "E") + chain("S", *tasks, "E")
        return bpmn(START + node("subProcess", "Sub", inside) + END + chain("Start", "Sub", "End"))

    player = Player(drawing("A", "B")).start()
    result = moved(player, drawing("A", "X", "B"))
    result.complete("A").complete("X").complete("B")
    assert result.is_done
    gone = moved(player, drawing("B"), {"A": "B"})
    assert gone.complete("B").is_done
    assert migration.verdict(player.execution, read_diagram(line("A"))).kind == "blocked"


def test_instances_in_progress():
    """Several instances keep their items."""
    many = (
        '<bpmn:multiInstanceLoopCharacteristics bpm:collection="people" '
        'bpm:elementVariable="person" bpm:outputCollection="votes"/>'
    )

    def drawing(*more):
        listed = "".join(node("userTask", one) for one in more)
        return bpmn(
            START + node("userTask", "V", many) + listed + END + chain("Start", "V", *more, "End")
        )

    player = Player(drawing()).start({"people": ["a", "b", "c"]}).complete("V", "yes", index=1)
    result = moved(player, drawing("X"))
    assert [task.data["person"] for task in result.open_tasks()] == ["a", "c"]
    result.complete("V", "no").complete("V", "no")
    assert result.open_tasks()[0].data["votes"] == ["yes", "no", "no"]
    assert result.complete("X").is_done


def test_cycle_timer_with_live_reminder():
    """A reminder already given stays open."""
    cycle = TIMER.replace("timeDuration", "timeCycle").replace("P2D", "R3/PT1H")
    extra = (
        node("boundaryEvent", "Often", cycle, attachedToRef="A", cancelActivity="false")
        + node("userTask", "Remind")
        + node("endEvent", "E2")
        + chain("Often", "Remind", "E2")
    )
    player = Player(line("A", "B", extra=extra)).start()
    player.advance(hours=1)
    result = moved(player, line("A", "X", "B", extra=extra))
    assert sorted(result.open()) == ["A", "Remind"]
    result.advance(hours=1)
    assert sorted(result.open()) == ["A", "Remind", "Remind"]


def test_join_that_would_wait_for_ever():
    """A branch added beside an open task cannot be walked any more: refused in words."""
    player = Player(line("A", "B")).start()
    new = bpmn(
        START
        + node("parallelGateway", "Split")
        + node("userTask", "A")
        + node("userTask", "N")
        + node("parallelGateway", "Join")
        + END
        + chain("Start", "Split", "A", "Join", "End")
        + chain("Split", "N", "Join")
    )
    verdict = migration.verdict(player.execution, read_diagram(new))
    assert verdict.kind == "blocked" and "wait for ever" in verdict.reasons[0]


def test_two_tasks_mapped_on_one_branch():
    """A join takes one token of each branch: two on one branch are refused in words."""

    def drawing(*tasks):
        listed = "".join(node("userTask", one) for one in tasks)
        gates = node("parallelGateway", "Split") + node("parallelGateway", "Join")
        flows = chain("Start", "Split", tasks[0], "Join", "End")
        flows += "".join(chain("Split", one, "Join") for one in tasks[1:])
        return read_diagram(bpmn(START + listed + gates + END + flows))

    execution = Execution(drawing("A", "B", "C"), Host())
    execution.start()
    new = drawing("A", "N")
    verdict = migration.verdict(execution, new)
    assert verdict.kind == "needs_mapping" and [t.element for t in verdict.tasks] == ["B", "C"]
    with pytest.raises(MigrationError, match="more tasks would arrive over “A” than over “N”"):
        migration.migrate(execution, new, {"B": "A", "C": "N"})


def test_inclusive_join_waits_while_two_are_moved():
    """One of two mapped tasks gets an attached timer: the join beside looks when both stand."""

    def drawing(*tasks, extra=""):
        listed = "".join(node("userTask", one) for one in (*tasks, "Z"))
        gates = node("inclusiveGateway", "Split", default="Split_Join")
        flows = chain("Start", "Split", "Join", "Z", "End")
        for one in tasks:
            flows += flow("Split", one, "outcome != 'none'") + flow(one, "Join")
        return bpmn(START + listed + gates + node("inclusiveGateway", "Join") + END + flows + extra)

    player = Player(drawing("A", "B", "C")).start().complete("A")
    new = drawing("A", "M", "N", extra=late("M"))
    result = moved(player, new, {"B": "M", "C": "N"})
    assert sorted(result.open()) == ["M", "N"]
    result.complete("M")
    assert result.open() == ["N"]
    assert result.complete("N").complete("Z").is_done


def test_tokens_left_over_wait_for_the_next_round():
    """Two tokens in one block: the join takes one of each branch, and then again."""
    body = "".join(node("userTask", one) for one in ("A", "B", "One", "Two", "Last"))
    body += "".join(node("parallelGateway", one) for one in ("Twice", "Split", "Join"))
    body += node("exclusiveGateway", "Merge")
    flows = chain("Start", "Twice", "A", "Merge", "Split", "One", "Join", "Last", "End")
    flows += chain("Twice", "B", "Merge") + chain("Split", "Two", "Join")
    player = Player(bpmn(START + body + END + flows)).start().complete("A").complete("B")
    assert sorted(player.open()) == ["One", "One", "Two", "Two"]
    player.complete("One").complete("One")
    assert sorted(player.open()) == ["Two", "Two"]
    player.complete("Two")
    assert sorted(player.open()) == ["Last", "Two"]
    player.complete("Two").complete("Last").complete("Last")
    assert player.is_done


def test_join_half_reached():
    """One branch done, the other open: both versions agree, the join fires."""

    def drawing(*b):
        listed = "".join(node("userTask", one) for one in ("A", *b, "Z"))
        gates = node("parallelGateway", "Split") + node("parallelGateway", "Join")
        flows = chain("Start", "Split", "A", "Join", "Z", "End") + chain("Split", *b, "Join")
        return bpmn(START + listed + gates + END + flows)

    player = Player(drawing("B")).start().complete("A", "x")
    result = moved(player, drawing("B", "C"))
    result.complete("B").complete("C").complete("Z")
    assert result.is_done and result.data["outcomes"]["A"] == "x"


# Random processes, random progress, random edits.


def check_random_edit(seed, events=False):
    """One random story; returns what became of it."""
    rng = random.Random(seed)
    drawing = Drawing(rng, events=events)
    called = {"callee": read_diagram(CALLEE)}
    old = read_diagram(drawing.xml(), called)
    execution = Execution(old, Host())
    execution.start()
    play(execution, rng, rng.randint(0, 6), OUTCOMES)
    if execution.is_done:
        return "done"
    for _edit in range(rng.randint(1, 3)):
        drawing.edit()
    new = read_diagram(drawing.xml(), called)
    before = execution.dump()
    verdict = migration.verdict(execution, new)
    mapping = {}
    if verdict.kind == "needs_mapping":
        targets = [element.id for element in new.elements.values() if element.type == "userTask"]
        mapping = {task.element: rng.choice(targets) for task in verdict.tasks if targets}
    try:
        result = migration.migrate(execution, new, mapping)
    except MigrationError as error:
        assert verdict.kind != "moves" and error.reasons
        return "blocked"
    assert verdict.kind != "blocked"
    assert execution.dump() == before
    assert Execution(old, Host(), before).dump() == before
    ids = {task.id: mapping.get(task.element, task.element) for task in execution.open_tasks()}
    assert {task.id: task.element for task in result.open_tasks()} == ids
    check_timers(execution, result, mapping)
    play(result, rng, 300, ["ok"], once=not mapping)
    assert result.is_done, (seed, result.open_tasks(), result.waits())
    return verdict.kind


def check_timers(execution, result, mapping):
    """What waited for its time and is still drawn waits under the same id for the same time."""
    after = {(wait.task_id, wait.element, wait.due) for wait in result.waits()}
    for wait in execution.waits():
        element = execution.diagram.find(wait.process, wait.element)
        drawn = result.diagram.find(wait.process, wait.element)
        if drawn is not None and element.attached_to not in mapping:
            assert (wait.task_id, wait.element, wait.due) in after


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9))
def test_random_edits_lose_nothing(seed):
    """Open tasks and timers stay, undo gives the same state, the moved one comes to its end."""
    check_random_edit(seed)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_random_edits_of_what_waits_for_messages(seed):
    """The same with messages, event-based gateways and an event sub-process."""
    check_random_edit(seed, events=True)


def test_two_tokens_mapped_before_an_inclusive_block():
    """Two tokens in a row through a parallel block: its inclusive join lets both pass."""
    assert check_random_edit(9858) == "needs_mapping"
