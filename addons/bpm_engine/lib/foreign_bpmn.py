"""What other tools write into their BPMN files, taken over where we have the same.

Attributes and elements of Camunda 7 and 8 (zeebe), Flowable and Activiti. What has no
equivalent is named, element by element; it stays in the file, so that it can go back.
"""

import re

from lxml import etree

from ..engine import expressions
from ..engine.errors import ExpressionError
from ..engine.settings import read_settings
from ..engine.words import Told
from ..engine.words import told as _
from ..engine.xml_source import BPM, is_bpmn, local, tag
from .diagram_xml import write_settings

NAMESPACES = {
    "http://camunda.org/schema/1.0/bpmn",
    "http://camunda.org/schema/zeebe/1.0",
    "http://flowable.org/bpmn",
    "http://activiti.org/bpmn",
}
HUMAN = {"userTask", "manualTask", "task"}
SERVICES = {"serviceTask", "sendTask"}
#: Elements of which only the attributes say something.
_HOLDERS = {
    "assignmentDefinition",
    "taskSchedule",
    "formDefinition",
    "taskDefinition",
    "calledElement",
    "loopCharacteristics",
}
#: Says how the other tool works inside, nothing about the process.
_SILENT = {
    "autoStoreVariables",
    "exclusive",
    "formFieldValidation",
    "initiator",
    "modelerTemplate",
    "modelerTemplateIcon",
    "modelerTemplateVersion",
    "userTask",
}
_CONDITIONS = {
    "conditionExpression",
    "completionCondition",
    "loopCondition",
    "loopCardinality",
}
_STARTER = {"initiator", "starter", "startuserid", "execution.startuserid"}
_UNITS = {"M": "minute", "H": "hour", "D": "day", "W": "week"}


def _words():
    """What is left out, as people call it; value: what was said there."""
    return {
        "formKey": _("the form “%(value)s”"),
        "formId": _("the form “%(value)s”"),
        "formRef": _("the form “%(value)s”"),
        "assignee": _("the person “%(value)s”"),
        "candidateUsers": _("the people “%(value)s”"),
        "candidateGroups": _("the group “%(value)s”"),
        "dueDate": _("the due date “%(value)s”"),
        "followUpDate": _("the follow-up date “%(value)s”"),
        "condition": _("the condition “%(value)s”; choose it anew"),
        "topic": _("the service “%(value)s”; choose an action"),
        "class": _("the program “%(value)s”; choose an action"),
        "delegateExpression": _("the program “%(value)s”; choose an action"),
        "expression": _("the program “%(value)s”; choose an action"),
        "type": _("the service “%(value)s”; choose an action"),
        "processId": _("the called process “%(value)s”"),
        "collection": _("the list “%(value)s”"),
        "inputCollection": _("the list “%(value)s”"),
        "executionListener": _("a listener"),
        "taskListener": _("a listener"),
        "inputOutput": _("the mapping of inputs and outputs"),
        "ioMapping": _("the mapping of inputs and outputs"),
        "asyncBefore": _("the pause before it"),
        "asyncAfter": _("the pause behind it"),
        "failedJobRetryTimeCycle": _("the number of retries"),
        "retries": _("the number of retries"),
        "priority": _("the priority “%(value)s”"),
        "formData": _("the form"),
    }


def take_over(root, facts) -> list[dict]:
    """Translate what other tools say into our settings, inside the tree.

    :param facts: find_group(name) -> name of the group in diagrams or None,
        knows_action(key), knows_field(name).
    :return: for each element with something left out: {"element": id, "label": its name,
        "left": [what, in words]}.
    """
    taking = _Taking(facts)
    for node in [one for one in root.iter() if is_bpmn(one)]:
        if local(node) in _CONDITIONS:
            taking.take_condition(node)
        taking.take_node(node)
    return taking.notes


def translate(text: str) -> str | None:
    """A condition in the other tools' languages (JUEL, FEEL) in ours; None: it cannot be said."""
    text = text.strip()
    wrapped = re.fullmatch(r"[$#]\{(.*)\}", text, re.S)
    is_feel = not wrapped and text.startswith("=")
    if not wrapped and not is_feel:
        return text
    inner = (wrapped[1] if wrapped else text[1:]).strip()
    inner = re.sub(r"execution\.getVariable\(\s*['\"](\w+)['\"]\s*\)", r"\1", inner)
    pieces = re.split(r"('(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")", inner)
    result = "".join(
        _quote(piece) if number % 2 else _operators(piece, is_feel)
        for number, piece in enumerate(pieces)
    ).strip()
    try:
        expressions.check(result)
    except ExpressionError:
        return None
    return result


def _quote(literal):
    inner = literal[1:-1].replace("\\" + literal[0], literal[0])
    return "'" + inner.replace("'", "\\'") + "'"


_SIGNS = (
    (r"&&", " and "),
    (r"\|\|", " or "),
    (r"!(?!=)", " not "),
    (r"\btrue\b", "True"),
    (r"\bfalse\b", "False"),
    (r"\bnull\b", "None"),
    (r"\bempty\s+", "not "),
    (r"\beq\b", "=="),
    (r"\bne\b", "!="),
    (r"\bgt\b", ">"),
    (r"\bge\b", ">="),
    (r"\blt\b", "<"),
    (r"\ble\b", "<="),
)


def _operators(text, is_feel):
    for sign, ours in _SIGNS:
        text = re.sub(sign, ours, text)
    if is_feel:
        text = re.sub(r"(?<![=<>!])=(?!=)", "==", text)
    return re.sub(r"[ \t\n]+", " ", text)


class _Taking:
    """One file being taken over."""

    def __init__(self, facts):
        self.facts = facts
        self.notes = []

    def take_node(self, node):
        """All that is said at one element."""
        said = list(_said(node))
        if not said:
            return
        settings, before = read_settings(node), read_settings(node)
        left = [
            (name, value) for name, value in said if not self._take(node, settings, name, value)
        ]
        if settings != before:
            write_settings(node, settings)
        self._note(node, left)

    def take_condition(self, node):
        """The condition of an arrow, or of a repetition."""
        if not (node.text or "").strip():
            return
        ours = translate(node.text)
        if ours is None:
            place = next(one for one in node.iterancestors() if one.get("name") or one.get("id"))
            while local(place).endswith("LoopCharacteristics"):
                place = place.getparent()
            self._note(place, [("condition", node.text.strip())])
        else:
            node.text = ours

    def _note(self, node, left):
        if not left:
            return
        words = _words()
        told = [
            Told(getattr(words.get(name), "pattern", name), value=value) for name, value in left
        ]
        label = node.get("name") or node.get("id") or local(node)
        self.notes.append({"element": node.get("id") or "", "label": label, "left": told})

    def _take(self, node, settings, name, value):
        if name in _SILENT or (name == "type" and value == "external"):
            return True
        take = getattr(self, f"_take_{name}", None)
        return bool(take and take(node, settings, value))

    # People

    def _take_assignee(self, node, settings, value):
        if local(node) not in HUMAN:
            return False
        plain = _plain(value)
        if plain and plain.lower() in _STARTER:
            return _set(settings, "assignment", {"kind": "starter"})
        if not plain or _is_expression(value):
            return False
        return _set(settings, "assignment", {"kind": "user", "user": plain})

    def _take_candidateUsers(self, node, settings, value):
        people = [one.strip() for one in value.split(",")]
        return len(people) == 1 and self._take_assignee(node, settings, value)

    def _take_candidateGroups(self, node, settings, value):
        groups = [one.strip() for one in (_plain(value) or "").split(",") if one.strip()]
        found = self.facts.find_group(groups[0]) if len(groups) == 1 else None
        if local(node) not in HUMAN or not found:
            return False
        return _set(settings, "assignment", {"kind": "group", "group": found})

    # Until when, with what

    def _take_dueDate(self, node, settings, value):
        found = re.fullmatch(r"P(?:(\d+)([DW])|T(\d+)([HM]))", _plain(value) or "")
        if local(node) not in HUMAN or not found:
            return False
        amount, unit = (found[1], found[2]) if found[1] else (found[3], found[4])
        deadline = {"amount": float(amount), "unit": _UNITS[unit], "basis": "calendar"}
        return _set(settings, "deadline", deadline)

    def _take_formData(self, node, settings, value):
        names = [field.get("id") for field in value]
        known = [name for name in names if name and self.facts.knows_field(name)]
        if local(node) not in HUMAN or not known or len(known) < len(names):
            return False
        return _set(settings, "fields", [{"name": name} for name in known])

    # What is done

    def _take_action(self, node, settings, value):
        key = re.split(r"[.:]", _plain(value) or "")[-1]
        if local(node) not in SERVICES or not key or not self.facts.knows_action(key):
            return False
        return _set(settings, "action", {"name": key, "parameters": {}})

    _take_topic = _take_type = _take_class = _take_action
    _take_delegateExpression = _take_expression = _take_action

    def _take_processId(self, node, settings, value):
        plain = _plain(value)
        if local(node) != "callActivity" or not plain or _is_expression(value):
            return False
        node.set("calledElement", plain)
        return True

    # Again and again

    def _take_loop(self, node, name, value):
        plain = _plain(value)
        loop = node.find(tag("multiInstanceLoopCharacteristics"))
        loop = node if local(node) == "multiInstanceLoopCharacteristics" else loop
        if loop is None or not plain:
            return False
        loop.set(f"{{{BPM}}}{name}", plain)
        return True

    def _take_collection(self, node, settings, value):
        return self._take_loop(node, "collection", value)

    def _take_elementVariable(self, node, settings, value):
        return self._take_loop(node, "elementVariable", value)

    _take_inputCollection = _take_collection
    _take_inputElement = _take_elementVariable


def _said(node):
    """(name, value) of all that another tool says at an element."""
    for name, value in node.attrib.items():
        qualified = etree.QName(name)
        if qualified.namespace in NAMESPACES:
            yield qualified.localname, value
    holder = node.find(tag("extensionElements"))
    for child in holder if holder is not None else ():
        if not local(child) or etree.QName(child).namespace not in NAMESPACES:
            continue
        name = local(child)
        if name in _HOLDERS:
            yield from child.attrib.items()
        else:
            yield name, child if name == "formData" else ""


def _is_expression(value):
    return bool(re.match(r"\s*([$#]\{|=)", value))


def _plain(value):
    """A value without the signs of an expression around it; None: it is a longer one."""
    text = re.sub(
        r"^\s*(?:[$#]\{(.*)\}|=(.*))\s*$", lambda m: m[1] or m[2] or "", value, flags=re.S
    )
    text = text.strip().strip("\"'")
    return text if re.fullmatch(r"[\w.@:, -]+", text) else None


def _set(settings, key, value):
    """Own settings of the file go first."""
    settings.setdefault(key, value)
    return True
