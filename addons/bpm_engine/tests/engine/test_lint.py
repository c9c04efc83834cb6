"""Lint: every finding names the place and the cure, on whatever was drawn so far (HU-05, AT-07)."""

import pytest

from ...engine import lint
from .common import DIAGRAMS, bpmn, chain, flow, node

S, E = node("startEvent", "S"), node("endEvent", "E")
TIMER = (
    "<bpmn:timerEventDefinition><bpmn:timeDuration "
    'xsi:type="bpmn:tFormalExpression">{}</bpmn:timeDuration></bpmn:timerEventDefinition>'
)


class Facts:
    """A database that knows little."""

    def knows_user(self, login):
        return login == "ann"

    def knows_group(self, xmlid):
        return xmlid == "base.group_user"

    def knows_action(self, key):
        return key == "mail"

    def knows_field(self, path):
        return path in ("name", "partner_id.user_id", "amount")

    def knows_process(self, key):
        return key == "known"


def ext(inside):
    return f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"


def user(element, inside='<bpm:assignment kind="user" user="ann"/>', **kwargs):
    return node("userTask", element, ext(inside), **kwargs)


def one(*middle, condition=None, extra=""):
    """Start, the given task A, end."""
    return bpmn(S + "".join(middle) + E + chain("S", "A", "E") + extra)


def split(condition="outcome == 'yes'", default="X_E2", second=None):
    """A task and a gateway behind it."""
    attributes = {"default": default} if default else {}
    return bpmn(
        S
        + user("A", '<bpm:assignment kind="starter"/><bpm:outcome key="yes" label="Yes"/>')
        + node("exclusiveGateway", "X", **attributes)
        + E
        + node("endEvent", "E2")
        + chain("S", "A", "X")
        + flow("X", "E", condition)
        + flow("X", "E2", second)
    )


def voted(**answers):
    """Two people decide on task A: {answer: its style, or None}."""
    outcomes = "".join(
        f'<bpm:outcome key="{key}" label="{key}"' + (f' style="{style}"/>' if style else "/>")
        for key, style in answers.items()
    )
    approvers = '<bpm:approver kind="user" user="ann"/><bpm:approver kind="starter"/>'
    return one(user("A", f'{outcomes}<bpm:approval mode="all">{approvers}</bpm:approval>'))


CASES = {
    "dead_end": bpmn(S + user("A") + E + flow("S", "A")),
    "unreachable": bpmn(S + user("A") + user("B") + E + chain("S", "A", "E") + flow("B", "E")),
    "no_default": split(default=None, second="outcome == 'no'"),
    "no_condition": split(default=None),
    "nobody": one(node("userTask", "A")),
    "unknown_action": one(node("serviceTask", "A", ext('<bpm:action name="hack"/>'))),
    "no_action": one(node("serviceTask", "A")),
    "unknown_user": one(user("A", '<bpm:assignment kind="user" user="bob"/>')),
    "unknown_group": one(user("A", '<bpm:assignment kind="group" group="x.y"/>')),
    "unknown_field": split("record.secret == 1"),
    "condition_on_task": bpmn(S + user("A") + E + flow("S", "A") + flow("A", "E", "1 == 1")),
    "implicit_split": bpmn(
        S + user("A") + E + node("endEvent", "E2") + chain("S", "A", "E") + flow("A", "E2")
    ),
    "two_timers": bpmn(
        S
        + node("eventBasedGateway", "X")
        + node("intermediateCatchEvent", "A", TIMER.format("P1D"))
        + node("intermediateCatchEvent", "B", TIMER.format("P2D"))
        + E
        + chain("S", "X", "A", "E")
        + chain("X", "B", "E")
    ),
    "event": one(
        node(
            "intermediateCatchEvent",
            "A",
            "<bpmn:conditionalEventDefinition><bpmn:condition "
            'xsi:type="bpmn:tFormalExpression">x</bpmn:condition></bpmn:conditionalEventDefinition>',
        )
    ),
    "no_end": bpmn(S + user("A") + flow("S", "A")),
    "no_start": bpmn(user("A") + E + flow("A", "E")),
    "no_name": one(user("A")).replace('id="A" name="A"', 'id="A"'),
    "unknown_process": one(node("callActivity", "A", calledElement="strange")),
    "unknown_outcome": split("outcome == 'perhaps'"),
    "unknown_task": split("outcomes.Nowhere == 'yes'"),
    "condition": split("__import__('os')"),
    "endless_loop": bpmn(
        S
        + node("exclusiveGateway", "M")
        + node("serviceTask", "A", ext('<bpm:action name="mail"/>'))
        + node("exclusiveGateway", "X", default="X_M")
        + E
        + chain("S", "M", "A", "X", "M")
        + flow("X", "E", "ready")
    ),
    "deadline": one(
        user("A", '<bpm:assignment kind="starter"/><bpm:deadline amount="soon" unit="day"/>')
    ),
    "timer": one(node("intermediateCatchEvent", "A", TIMER.format("-P1D"))),
    "no_approvers": one(user("A", '<bpm:approval mode="all"/>')),
    "answer_meaning": voted(yes="positive", no=None),
    "no_refusal": voted(agree="neutral", refuse="neutral"),
    "no_consent": voted(no="negative", never="negative"),
    "unsupported": one(node("businessRuleTask", "A")),
    "script": one(node("scriptTask", "A", "<bpmn:script>import os</bpmn:script>")),
    "loose_flow": one(user("A"), extra=flow("A", "Nowhere")),
    "several_processes": bpmn(S + E + flow("S", "E")).replace(
        "</bpmn:definitions>",
        f'<bpmn:process id="p2">{node("startEvent", "S2")}</bpmn:process></bpmn:definitions>',
    ),
}


@pytest.mark.parametrize("code", sorted(CASES))
def test_finds(code):
    """Each flaw is found under its code, with a text that says where and what to do."""
    problems = lint(CASES[code], Facts())
    found = [problem for problem in problems if problem.code == code]
    assert found, problems
    assert len(found[0].message) > 30


def test_fields_in_a_script():
    """What a line of a script reads is looked for like what a condition reads."""
    script = "<bpmn:script>rate = record.amount * 2\nother = record.secret</bpmn:script>"
    problems = lint(one(node("scriptTask", "A", script)), Facts())
    [found] = [problem for problem in problems if problem.code == "unknown_field"]
    assert "“other”" in found.message
    assert "secret" in found.message


@pytest.mark.parametrize(
    "answers", [{}, {"yes": "positive", "no": "negative"}, {"remarks": "neutral", "no": "negative"}]
)
def test_answers_of_several(answers):
    """AT-09: own answers of several people need one that refuses; none drawn have both."""
    assert lint(voted(**answers), Facts()) == []


def test_answers_of_one():
    """HU-05: where one person decides, what answers mean is a matter of colour only."""
    outcome = '<bpm:outcome key="a" label="A"/><bpm:outcome key="b" label="B"/>'
    drawn = one(user("A", f'<bpm:assignment kind="user" user="ann"/>{outcome}'))
    assert lint(drawn, Facts()) == []


def test_clean():
    """Nothing is said about a drawing without flaws."""
    assert lint(split("outcome == 'yes' and record.amount > 5"), Facts()) == []


@pytest.mark.parametrize("text", ["", "<", "<a/>", "<!DOCTYPE a><a/>", bpmn("")])
def test_incomplete(text):
    """Whatever is drawn so far: problems, never an exception."""
    assert lint(text, Facts())


@pytest.mark.parametrize("name", sorted(path.stem for path in DIAGRAMS.glob("*.bpmn")))
def test_any_cut(name):
    """A drawing that lacks any one element or flow is still linted."""
    from lxml import etree

    source = (DIAGRAMS / f"{name}.bpmn").read_bytes()
    assert not [one for one in lint(source) if one.level == "error" and one.code != "no_action"]
    count = len(list(etree.fromstring(source).iter()))
    for at in range(2, count):
        root = etree.fromstring(source)
        victim = list(root.iter())[at]
        victim.getparent().remove(victim)
        lint(etree.tostring(root), Facts())
        for key in list(victim.attrib):
            other = etree.fromstring(source)
            del list(other.iter())[at].attrib[key]
            lint(etree.tostring(other), Facts())
