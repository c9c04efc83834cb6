"""Repeating over lists: how many steps a run may make, and where a piece of work stands."""

from types import SimpleNamespace

import pytest

from ...engine import Execution, ExpressionError, StepLimitError, lint, read_diagram
from .common import Host, Player, bpmn, chain, flow, node

S, E = node("startEvent", "Start"), node("endEvent", "End")


def many(count, sequential=False):
    listed = ' isSequential="true"' if sequential else ""
    return (
        f"<bpmn:multiInstanceLoopCharacteristics{listed}><bpmn:loopCardinality "
        f'xsi:type="bpmn:tFormalExpression">{count}</bpmn:loopCardinality>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def over(count, kind="serviceTask", inside="", **kwargs):
    return bpmn(S + node(kind, "Each", many(count, **kwargs) + inside) + E + _LINE)


_LINE = chain("Start", "Each", "End")
_THREE = (
    node("startEvent", "In")
    + "".join(node("serviceTask", name) for name in ("A", "B", "C"))
    + node("endEvent", "Out")
    + chain("In", "A", "B", "C", "Out")
)


@pytest.mark.parametrize("sequential", [False, True])
def test_a_list_as_long_as_is_allowed(sequential):
    """HU-05: five hundred services in one go are no circle."""
    host = Host()
    player = Player(over(500, sequential=sequential), host).start()
    assert player.is_done and host.calls == ["Each"] * 500


def test_sub_process_for_each():
    """HU-05: three services for each of two hundred customers."""
    host = Host()
    player = Player(over(200, "subProcess", _THREE), host).start()
    assert player.is_done and len(host.calls) == 600


def test_lists_count_little_in_a_long_life():
    """HU-05: a process that goes over a long list every month does not run out of steps."""
    player = Player(over(200, "subProcess", _THREE)).start()
    assert player.execution.step_count < 50


def test_a_circle_through_a_list_is_stopped():
    """HU-05: repeating in each round does not make an endless loop longer for ever."""
    host = Host()
    xml = bpmn(
        S
        + node("exclusiveGateway", "M")
        + node("serviceTask", "Each", many(10))
        + node("exclusiveGateway", "X", default="X_M")
        + E
        + chain("Start", "M", "Each", "X", "M")
        + flow("X", "End", "n == 2")
    )
    with pytest.raises(StepLimitError, match="800 steps"):
        Player(xml, host).start()
    assert len(host.calls) < 800


def test_a_circle_inside_each_is_stopped():
    """HU-05: an endless loop within what is repeated ends with its name."""
    loop = (
        node("startEvent", "In")
        + node("exclusiveGateway", "M")
        + node("serviceTask", "Spin")
        + node("exclusiveGateway", "X", default="X_M")
        + node("endEvent", "Out")
        + chain("In", "M", "Spin", "X", "M")
        + flow("X", "Out", "n == 2")
    )
    with pytest.raises(StepLimitError, match="goes round in circles"):
        Player(over(3, "subProcess", loop)).start()


class _Failing(Host):
    """Fails at some places; leaves open what it is told to."""

    def __init__(self, failing, left_open=()):
        super().__init__()
        self.failing, self.left_open = failing, set(left_open)
        self.execution = None
        self.places = []

    def is_async(self, element_id):
        return self.execution.place in self.left_open

    def call_service(self, element_id, data):
        self.places.append(self.execution.place)
        if self.execution.place.number in self.failing:
            raise RuntimeError(self.execution.place)


def run(xml, host):
    host.execution = Execution(read_diagram(xml), host)
    host.execution.start()
    return host.execution


@pytest.mark.parametrize("sequential", [False, True])
def test_places_are_the_same_when_the_step_is_taken_again(sequential):
    """HU-24: what failed is found again by its place, and only that is left open."""
    xml = over(4, sequential=sequential)
    with pytest.raises(RuntimeError) as caught:
        run(xml, _Failing({2}))
    place = caught.value.args[0]
    assert (place.process, place.element, place.number) == ("test", "Each", 2)
    host = _Failing({2}, [place])
    execution = run(xml, host)
    (left,) = execution.open_services()
    assert execution.place_of(left.id, left.process, left.element) == place
    assert [one.number for one in host.places] == ([1] if sequential else [1, 3, 4])


def test_rounds_of_a_loop_are_different_places():
    """HU-24: the third round of a loop fails: the first two are kept."""
    xml = bpmn(
        S
        + node("scriptTask", "Count", "<bpmn:script>n = 0</bpmn:script>")
        + node("exclusiveGateway", "M")
        + node("scriptTask", "More", "<bpmn:script>n = n + 1</bpmn:script>")
        + node("serviceTask", "Send")
        + node("exclusiveGateway", "X", default="X_M")
        + E
        + chain("Start", "Count", "M", "More", "Send", "X", "M")
        + flow("X", "End", "n == 5")
    )
    with pytest.raises(RuntimeError) as caught:
        run(xml, _Failing({3}))
    execution = run(xml, _Failing({3}, [caught.value.args[0]]))
    assert execution.data["n"] == 3
    assert [task.element for task in execution.open_services()] == ["Send"]


def of_record(field, sequential=False):
    listed = ' isSequential="true"' if sequential else ""
    inside = (
        f'<bpmn:multiInstanceLoopCharacteristics xmlns:bpm="urn:crm-bpm:bpmn:1"{listed} '
        f'bpm:collection="record.{field}" bpm:elementVariable="line"/>'
    )
    return bpmn(S + node("userTask", "Each", inside) + E + _LINE)


@pytest.mark.parametrize("sequential", [False, True])
def test_a_list_of_the_record(sequential):
    """HU-05: a step for each line of the record, as they were when it began."""
    host = Host(SimpleNamespace(lines=[7, 8, 9]))
    player = Player(of_record("lines", sequential), host, saved=True).start()
    host.fields.lines = [1]
    seen = []
    while player.open():
        seen.append(player.execution.open_tasks()[0].data["line"])
        player.complete("Each")
    assert seen == [7, 8, 9]
    assert player.is_done


def test_a_list_of_the_record_that_is_none():
    """HU-05, HU-24: what is no list is refused by its name; an empty one is nothing to do."""
    with pytest.raises(ExpressionError, match="record.lines"):
        Player(of_record("lines"), Host(SimpleNamespace(lines="x"))).start()
    assert Player(of_record("lines"), Host(SimpleNamespace(lines=[]))).start().is_done


def test_a_list_of_the_record_is_checked():
    """HU-05: a field that the record has not is told before the process is used."""
    facts = SimpleNamespace(knows_field=lambda path: path != "lines")
    assert "unknown_field" in {problem.code for problem in lint(of_record("lines"), facts)}
    assert "unknown_field" not in {problem.code for problem in lint(of_record("rows"), facts)}
