"""What our own extension elements say about an element, as one plain dictionary."""

from .xml_source import BPM, local, tag

_TRUE = {"true", "1", "yes"}
_FLAGS = {"comment", "required", "readonly", "async"}
_NUMBERS = {"amount", "remind", "again"}


def read_settings(node) -> dict:
    """Settings of a flow node or lane; keys only for what is given.

    assignment, deadline, escalation, approval (with approvers), action (with parameters),
    outcomes, fields, instruction.
    """
    settings = {}
    for child in node.iterfind(f"{tag('extensionElements')}/{{{BPM}}}*"):
        _READERS.get(local(child), _ignore)(settings, child)
    text = node.findtext(tag("documentation"))
    if text and text.strip():
        settings["instruction"] = text.strip()
    return settings


def _attributes(node):
    return {key: _value(key, value) for key, value in node.attrib.items() if "}" not in key}


def _value(key, value):
    if key in _FLAGS:
        return value.strip().lower() in _TRUE
    if key == "quorum":
        return int(value) if value.strip().isdigit() else value
    if key in _NUMBERS:
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _ignore(settings, node):
    """Elements of a later version of the designer do no harm."""


def _single(settings, node):
    settings[local(node)] = _attributes(node)


def _many(key):
    def read(settings, node):
        settings.setdefault(key, []).append(_attributes(node))

    return read


def _approval(settings, node):
    approvers = [_attributes(child) for child in node.iterfind(f"{{{BPM}}}approver")]
    settings["approval"] = {**_attributes(node), "approvers": approvers}


def _action(settings, node):
    parameters = {
        child.get("name"): child.get("value", "")
        for child in node.iterfind(f"{{{BPM}}}parameter")
        if child.get("name")
    }
    settings["action"] = {**_attributes(node), "parameters": parameters}


_READERS = {
    "assignment": _single,
    "deadline": _single,
    "escalation": _single,
    "outcome": _many("outcomes"),
    "field": _many("fields"),
    "approval": _approval,
    "action": _action,
}
