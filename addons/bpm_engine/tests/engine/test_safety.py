"""Every attack on record against an engine that runs what people send, each as a test (EP-04)."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from unittest.mock import patch

import pytest

from ...engine import (
    BpmnError,
    DataError,
    DiagramError,
    EngineError,
    Execution,
    ExpressionError,
    StateError,
    StepLimitError,
    expressions,
    read_diagram,
)
from ...engine.workflow import Guard
from .common import Host, Player, bpmn, chain, flow, node

S, E = node("startEvent", "Start"), node("endEvent", "End")


def refused(xml):
    with pytest.raises(DiagramError) as caught:
        read_diagram(xml)
    return caught.value.problems


def line(*middle, ids):
    return bpmn(S + "".join(middle) + E + chain("Start", *ids, "End"))


def test_external_entity(tmp_path):
    """XXE: no file of the server is read."""
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    xml = line(node("userTask", "A"), ids=["A"]).replace(
        "?>", f'?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>', 1
    )
    problems = refused(xml.replace('name="A"', 'name="&e;"'))
    assert problems[0].code in ("doctype", "xml") and "s3cret" not in str(problems)
    assert refused(xml)[0].code == "doctype"


def test_billion_laughs():
    """Entities that grow are refused at once."""
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY a{i} "{("&a%s;" % (i - 1 if i else "")) * 10}">' for i in range(10)
    )
    started = time.monotonic()
    xml = line(node("userTask", "A"), ids=["A"]).replace("?>", f"?><!DOCTYPE x [{entities}]>", 1)
    assert refused(xml.replace('name="A"', 'name="&a9;"'))[0].code in ("doctype", "xml")
    assert time.monotonic() - started < 2


def test_quadratic_blow_up():
    """One long entity used often would grow to 40 MB: refused before it grows."""
    entity = f'<!DOCTYPE x [<!ENTITY a "{"x" * 20_000}">]>'
    xml = line(node("userTask", "A"), ids=["A"]).replace("?>", f"?>{entity}", 1)
    started = time.monotonic()
    grown = xml.replace('name="A"', f'name="{"&a;" * 2_000}"')
    assert refused(grown)[0].code in ("doctype", "xml")
    assert time.monotonic() - started < 2


def test_correlation_is_never_evaluated():
    """The library gives correlation expressions to the script engine; here they do not count."""
    evil = "__import__('os').system('true')"
    expression = f'<bpmn:dataPath xsi:type="bpmn:tFormalExpression">{evil}</bpmn:dataPath>'
    binding = f'<bpmn:correlationPropertyBinding correlationPropertyRef="P">{expression}'
    subscription = (
        '<bpmn:correlationSubscription correlationKeyRef="K">'
        f"{binding}</bpmn:correlationPropertyBinding></bpmn:correlationSubscription>"
    )
    path = expression.replace("dataPath", "messagePath")
    roots = (
        '<bpmn:message id="M" name="Paid"/>'
        '<bpmn:correlationProperty id="P" name="P">'
        '<bpmn:correlationPropertyRetrievalExpression messageRef="M">'
        f"{path}</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
    )
    catch = node("intermediateCatchEvent", "Catch", '<bpmn:messageEventDefinition messageRef="M"/>')
    body = S + catch + E + chain("Start", "Catch", "End")
    player = Player(bpmn(body + subscription, extra=roots), saved=True)
    asked = []
    evaluate = Guard.evaluate

    def note(guard, task, text, external_context=None):
        asked.append(text)
        return evaluate(guard, task, text, external_context)

    with patch.object(Guard, "evaluate", note):
        assert player.start().message("Paid", {"sum": 1})
    assert player.is_done and asked == []


def test_one_drawing_in_four_threads():
    """The drawing is shared by all that run: many at once do not change it for each other."""
    body = "".join(node("userTask", one) for one in ("A", "B"))
    body += node("parallelGateway", "Split") + node("parallelGateway", "Join")
    flows = chain("Start", "Split", "A", "Join", "End") + chain("Split", "B", "Join")
    diagram = read_diagram(bpmn(S + body + E + flows))
    before = {name: list(spec._outputs) for name, spec in diagram.spec.task_specs.items()}

    def run(number):
        player = Player(diagram, Host()).start({"n": number})
        for element in ("A", "B") if number % 2 else ("B", "A"):
            player.complete(element, f"{element}{number}")
        return player.is_done, player.data["n"], player.data["outcomes"]

    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(run, range(100)))
    assert results == [(True, n, {"A": f"A{n}", "B": f"B{n}"}) for n in range(100)]
    after = {name: list(spec._outputs) for name, spec in diagram.spec.task_specs.items()}
    assert after == before


def test_size_and_depth():
    """More than 1 MB, more than 250 elements, absurd nesting: refused with the reason."""
    big = line(node("userTask", "A"), ids=["A"])
    assert refused(big + " " * 1_100_000)[0].code == "too_big"
    many = [f"T{i}" for i in range(300)]
    assert refused(line(*(node("userTask", i) for i in many), ids=many))[0].code == "too_many"
    deep = "<bpmn:extensionElements>" * 500 + "</bpmn:extensionElements>" * 500
    assert refused(line(node("userTask", "A", deep), ids=["A"]))[0].code in ("too_deep", "xml")


def test_longest_chain():
    """The most elements in a row run, whatever the library's recursion."""
    ids = [f"T{i}" for i in range(248)]
    player = Player(
        line(*(node("scriptTask", i, "<bpmn:script>n = 1</bpmn:script>") for i in ids), ids=ids)
    )
    assert player.start().is_done


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').popen('id')",
        "'{0.__init__.__globals__}'.format(record)",
        "f'{record}'",
        "(lambda: 1)()",
        "[x for x in range(9)]",
        "sum(range(5000000))",
        "(a := 1)",
        "record.__class__",
        "record._cr",
        "record.env['x']",
        "record.unlink()",
        "open('/etc/passwd')",
        "getattr(record, 'x')",
        "10 ** 10 ** 10",
        "9999999999999999999999",
        "1 if True else 2",
        "{'a': 1}",
        "x" * 1001,
        "not " * 40 + "a",
        "-" * 900 + "1",
        "(" * 400 + "1" + ")" * 400,
        "a = 1",
        "import os",
        "yield 1",
        "1 << 40",
        "b'x'",
        "1j",
        "min(*[1])",
        "round(1, ndigits=2)",
        "",
    ],
)
def test_code_in_conditions(text):
    """Nothing but the small language passes, and the error names the piece."""
    with pytest.raises(ExpressionError) as caught:
        expressions.check(text)
    assert caught.value.message
    xml = bpmn(
        S
        + node("exclusiveGateway", "X", default="X_E2")
        + E
        + node("endEvent", "E2")
        + flow("Start", "X")
        + flow("X", "End", text or " ")
        + flow("X", "E2")
    )
    assert refused(xml)


@pytest.mark.parametrize(
    "text",
    [
        "name * 1000000000",
        "big * big",
        "name % 5",
        "'%s' % name",
        "text + text",
        "items + items + items",
        "big / 0",
        "record",
        "record.method",
        "name < 5",
        "today() + days(99999999999)",
        "round(1.5, 99)",
        "len(5)",
    ],
)
def test_values_out_of_bounds(text):
    """Numbers, texts and lists stay small; what has no answer says so."""
    from types import SimpleNamespace

    context = expressions.Context(
        {"name": "ann", "big": 10**14, "text": "x" * 9000, "items": [1] * 900},
        SimpleNamespace(method=print),
    )
    with pytest.raises(ExpressionError):
        expressions.evaluate(text, context)


def test_endless_loop():
    """A loop without a person is stopped with its name, within two seconds of work."""
    xml = bpmn(
        S
        + node("exclusiveGateway", "M")
        + node("scriptTask", "Spin", "<bpmn:script>n = 1</bpmn:script>")
        + node("exclusiveGateway", "X", default="X_M")
        + E
        + chain("Start", "M", "Spin", "X", "M")
        + flow("X", "End", "n == 2")
    )
    started = time.process_time()
    with pytest.raises(StepLimitError, match="500 steps"):
        Player(xml).start()
    assert time.process_time() - started < 2


def test_self_call():
    """A process that calls itself is refused, directly and around a corner."""
    own = bpmn(S + node("callActivity", "C", calledElement="test") + E + chain("Start", "C", "End"))
    assert refused(own)[0].code == "call_circle"
    inner = read_diagram(line(node("userTask", "A"), ids=["A"]).replace('id="test"', 'id="b"'))
    inner.called = ["test"]
    with pytest.raises(DiagramError, match="calls itself"):
        read_diagram(own.replace('calledElement="test"', 'calledElement="b"'), {"b": inner})


def test_too_many_instances():
    """A million instances are refused before they are made."""
    many = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality "
        'xsi:type="bpmn:tFormalExpression">1000000</bpmn:loopCardinality>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    with pytest.raises(EngineError, match="at most 500"):
        Player(line(node("userTask", "A", many), ids=["A"])).start()


def test_typename_survives():
    """A variable named like the library's type marker does no harm."""
    data = {"typename": "Task", "x": {"typename": "BpmnWorkflow"}}
    player = Player(line(node("userTask", "A"), ids=["A"]), saved=True).start(data)
    assert player.open_tasks()[0].data == data


@pytest.mark.parametrize(
    "value",
    [
        {1: 2},
        {"a": object()},
        {"a": {2, 3}},
        {"a": float("nan")},
        {"a": b"x"},
        {"a": date(2026, 1, 1)},
        {"a": Decimal("1.5")},
        [1],
    ],
)
def test_only_plain_data(value):
    """One clear error names the variable that is no plain value."""
    player = Player(line(node("userTask", "A"), ids=["A"]))
    with pytest.raises(DataError, match="start"):
        player.start(value)


def test_tuple_is_kept_as_a_list():
    """Saved or not, a tuple is the list that it is after saving."""
    for saved in (False, True):
        player = Player(line(node("userTask", "A"), ids=["A"]), saved=saved).start({"a": (1, 2)})
        assert player.open_tasks()[0].data == {"a": [1, 2]}


def test_too_much_data():
    """Megabytes belong on records."""
    with pytest.raises(DataError, match="256 KB"):
        Player(line(node("userTask", "A"), ids=["A"])).start({"a": "x" * 300_000})


def test_script_task_cannot_run_python():
    """Script tasks of other tools are refused with place and reason."""
    xml = line(
        node("scriptTask", "A", "<bpmn:script>import os; os.remove('x')</bpmn:script>"), ids=["A"]
    )
    problem = refused(xml)[0]
    assert problem.element == "A" and "“A”" in problem.message


def test_errors_of_services_come_through():
    """Database conflicts and messages for people are not wrapped (they are retried outside)."""

    class Conflict(Exception):
        pass

    def fail(data):
        raise Conflict("try again")

    host = Host(services={"V": fail})
    with pytest.raises(Conflict):
        Player(line(node("serviceTask", "V"), ids=["V"]), host).start()


def test_uncaught_business_error():
    """An error that nobody draws is raised with code and place."""

    def fail(data):
        raise BpmnError("NO_STOCK", "Nothing left")

    with pytest.raises(BpmnError) as caught:
        Player(line(node("serviceTask", "V"), ids=["V"]), Host(services={"V": fail})).start()
    assert caught.value.code == "NO_STOCK" and caught.value.element == "V"


@pytest.mark.parametrize("state", ["", "{}", "[]", "null", '{"format": 99}', '{"format": 1}'])
def test_broken_state(state):
    """A state that cannot be read says so."""
    diagram = read_diagram(line(node("userTask", "A"), ids=["A"]))
    with pytest.raises(StateError):
        Execution(diagram, Host(), state)


def test_state_of_other_drawing():
    """A state whose element is gone names it."""
    player = Player(line(node("userTask", "A"), ids=["A"])).start()
    other = read_diagram(line(node("userTask", "B"), ids=["B"]))
    with pytest.raises(StateError, match="“A”"):
        Execution(other, Host(), player.dump())


def test_twice_done():
    """A task is done once."""
    player = Player(line(node("userTask", "A"), node("userTask", "B"), ids=["A", "B"])).start()
    task = player.open_tasks()[0].id
    player.execution.complete(task, {})
    with pytest.raises(StateError, match="not open"):
        player.execution.complete(task, {})


def test_state_does_not_depend_on_order_of_keys():
    """A database that sorts keys (jsonb) may not change a running process."""
    player = Player(line(node("userTask", "A"), node("userTask", "B"), ids=["A", "B"]))
    player.start({"z": 1, "a": {"y": [1, {"q": 2}]}}).complete("A", "ok", m=1)
    again = json.dumps(json.loads(player.dump()), sort_keys=True)
    restored = Execution(player.diagram, player.host, again)
    assert restored.open_tasks() == player.open_tasks()


def test_drawing_is_not_changed_by_running():
    """Instances share a drawing: an event sub-process of one does not begin in another."""
    from .common import DIAGRAMS

    diagram = read_diagram((DIAGRAMS / "event_subprocess.bpmn").read_bytes())
    first = Player(diagram).start()
    first.signal("Note")
    second = Player(diagram).start()
    assert second.open() == ["Work"]
    assert second.complete("Work").is_done
    restored = Execution(diagram, Host(), first.dump())
    assert sorted(task.element for task in restored.open_tasks()) == ["NoteTask", "Work"]


def test_very_long_rework():
    """A thousand rounds of rework: no lost token, and the state stays small."""
    xml = bpmn(
        S
        + node("exclusiveGateway", "M")
        + node("userTask", "A")
        + node("exclusiveGateway", "X", default="X_M")
        + E
        + chain("Start", "M", "A", "X", "M")
        + flow("X", "End", "outcome == 'ok'")
    )
    player = Player(xml).start()
    started = time.monotonic()
    for _round in range(1000):
        player.complete("A", "again")
    assert player.open() == ["A"] and len(player.dump()) < 100_000
    assert player.complete("A", "ok").is_done
    assert time.monotonic() - started < 30


def test_very_long_rework_of_branches():
    """Rework around a parallel block, deeper than the library looks by itself."""
    xml = bpmn(
        S
        + node("exclusiveGateway", "M")
        + node("parallelGateway", "P")
        + node("userTask", "A")
        + node("userTask", "B")
        + node("parallelGateway", "J")
        + node("userTask", "C")
        + node("exclusiveGateway", "X", default="X_M")
        + E
        + chain("Start", "M", "P", "A", "J", "C", "X", "M")
        + chain("P", "B", "J")
        + flow("X", "End", "outcome == 'ok'")
    )
    player = Player(xml).start()
    for _round in range(120):
        player.complete("B").complete("A").complete("C", "again")
    assert sorted(player.open()) == ["A", "B"]
    assert player.complete("A").complete("B").complete("C", "ok").is_done


def test_deep_tree_with_two_tokens():
    """With a second token open nothing is forgotten, and depth does no harm."""
    xml = bpmn(
        S
        + node("parallelGateway", "P")
        + node("userTask", "Z")
        + node("exclusiveGateway", "M")
        + node("userTask", "A")
        + node("exclusiveGateway", "X", default="X_M")
        + E
        + node("parallelGateway", "J")
        + chain("Start", "P", "Z", "J", "End")
        + chain("P", "M", "A", "X", "M")
        + flow("X", "J", "outcome == 'ok'")
    )
    player = Player(xml).start()
    for _round in range(350):
        player.complete("A", "again")
    assert sorted(player.open()) == ["A", "Z"]
    assert player.complete("A", "ok").complete("Z").is_done
