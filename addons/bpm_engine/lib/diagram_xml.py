"""Changes to the text of a diagram that leave everything else in it as it was drawn."""

from lxml import etree

from ..engine.xml_source import BPM, local, read_xml, tag

_SINGLE = ("assignment", "deadline", "escalation")
_MANY = {"outcomes": "outcome", "fields": "field"}
_OWN = {*_SINGLE, *_MANY.values(), "approval", "action"}


def merge_settings(xml: str, changes: dict) -> str:
    """Diagram with changed settings written into their elements.

    :param changes: element id -> (name, settings), as kept per element.
    """
    root = read_xml(xml)
    nodes = {node.get("id"): node for node in root.iter() if node.get("id")}
    for element_id, (name, settings) in changes.items():
        node = nodes.get(element_id)
        if node is not None:
            _write_name(node, name)
            write_settings(node, settings or {})
    return text_of(root)


def with_process_id(xml: str, process_id: str) -> str:
    """Diagram whose process has the given id, unless another element has it.

    Calls find processes by that id; two files of other tools often share "Process_1".
    """
    root = read_xml(xml)
    process = _drawn_process(root)
    taken = {node.get("id") for node in root.iter() if local(node)}
    if process is None or process_id in taken:
        return xml
    before = process.get("id")
    process.set("id", process_id)
    for node in root.iter():
        for attribute in ("processRef", "bpmnElement"):
            if local(node) and node.get(attribute) == before:
                node.set(attribute, process_id)
    return text_of(root)


def _drawn_process(root):
    processes = [node for node in root.findall(tag("process"))]
    drawn = [node for node in processes if node.find(tag("startEvent")) is not None]
    return next(iter(drawn or processes), None)


def text_of(root) -> str:
    """The file as text."""
    body = etree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _write_name(node, name):
    if name:
        node.set("name", name)
    elif "name" in node.attrib:
        del node.attrib["name"]


def write_settings(node, settings):
    """Put settings, as read_settings() gives them, into an element; all else stays."""
    _write_instruction(node, settings.get("instruction"))
    holder = node.find(tag("extensionElements"))
    if holder is None:
        holder = etree.Element(tag("extensionElements"))
        # The schema wants documentation first, extensions second.
        node.insert(len(node.findall(tag("documentation"))), holder)
    for child in list(holder):
        if etree.QName(child).namespace == BPM and local(child) in _OWN:
            holder.remove(child)
    holder.extend(_settings_nodes(settings))
    if not len(holder):
        node.remove(holder)


def _write_instruction(node, text):
    found = node.find(tag("documentation"))
    if not text:
        if found is not None:
            node.remove(found)
        return
    if found is None:
        found = etree.Element(tag("documentation"))
        node.insert(0, found)
    found.text = text


def _settings_nodes(settings):
    for kind in _SINGLE:
        if settings.get(kind):
            yield _node(kind, settings[kind])
    for key, kind in _MANY.items():
        for values in settings.get(key) or []:
            yield _node(kind, values)
    if settings.get("approval"):
        values = dict(settings["approval"])
        approvers = values.pop("approvers", [])
        node = _node("approval", values)
        node.extend(_node("approver", approver) for approver in approvers)
        yield node
    if settings.get("action"):
        values = dict(settings["action"])
        parameters = values.pop("parameters", {})
        node = _node("action", values)
        node.extend(
            _node("parameter", {"name": name, "value": value}) for name, value in parameters.items()
        )
        yield node


def _node(kind, values):
    node = etree.Element(f"{{{BPM}}}{kind}", nsmap={"bpm": BPM})
    for name, value in values.items():
        if value is not None:
            node.set(name, _attribute(value))
    return node


def _attribute(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
