"""Reading XML that anybody may have sent: bounded, without entities, checked by the schema."""

import os
import threading
from contextlib import contextmanager
from functools import lru_cache
from sys import getrecursionlimit, setrecursionlimit

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import XSD_PATH

from .errors import DiagramError, Problem
from .words import told as _

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPM = "urn:crm-bpm:bpmn:1"
MAX_BYTES = 1024 * 1024
MAX_DEPTH = 60  # nesting of XML elements


def tag(name: str) -> str:
    """Full name of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def local(node) -> str:
    """Name of an XML element without its namespace; "" for comments and the like."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def is_bpmn(node) -> bool:
    """Whether the XML element belongs to BPMN itself and not to an extension."""
    return isinstance(node.tag, str) and node.tag.startswith(f"{{{BPMN}}}")


def refuse(code: str, message: str, element: str | None = None):
    """Refuse a diagram for one reason."""
    raise DiagramError([Problem(element, code, message)])


def read_xml(source: str | bytes):
    """Root of an XML text.

    :raise DiagramError: too big, not well formed, or with a document type (which is how
        entities, and through them files of the server, get into XML).
    """
    data = source.encode() if isinstance(source, str) else bytes(source or b"")
    if len(data) > MAX_BYTES:
        refuse(
            "too_big",
            _("The file has %(size)s KB; at most 1024 KB are accepted.", size=len(data) // 1024),
        )
    if not data.strip():
        refuse("empty", _("The diagram is empty."))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8" if isinstance(source, str) else None,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        refuse(
            "xml",
            _(
                "The file is no valid XML: %(message)s. Mend that place, or export the diagram "
                "anew from the tool that drew it.",
                message=error.msg,
            ),
        )
    if root.getroottree().docinfo.doctype or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        refuse(
            "doctype", _("The file declares a document type or entities; remove <!DOCTYPE ...>.")
        )
    _check_depth(root)
    if root.tag != tag("definitions"):
        refuse(
            "not_bpmn",
            _(
                "This is no BPMN 2.0 diagram: it begins with <%(name)s>, not with <definitions> "
                "of BPMN 2.0.",
                name=local(root),
            ),
        )
    return root


def _check_depth(root):
    depth = 0
    for event, _node in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            refuse(
                "too_deep", _("The XML is nested deeper than %(limit)s levels.", limit=MAX_DEPTH)
            )


@lru_cache(maxsize=1)
def _schema():
    return etree.XMLSchema(etree.parse(os.fspath(XSD_PATH)))


_schema_lock = threading.Lock()


def schema_problems(root) -> list[Problem]:
    """Where the XML breaks the schema of BPMN 2.0."""
    with _schema_lock:
        schema = _schema()
        if schema.validate(root):
            return []
        log = list(schema.error_log)[:5]
    return [
        Problem(
            _element_at(root, entry.line),
            "schema",
            _(
                "Line %(line)s does not follow BPMN 2.0: %(message)s Mend it, or export the "
                "diagram anew.",
                line=entry.line,
                message=entry.message,
            ),
        )
        for entry in log
    ]


def _element_at(root, line):
    found = None
    for node in root.iter():
        if node.sourceline and node.sourceline > line:
            break
        if is_bpmn(node) and node.get("id"):
            found = node.get("id")
    return found


@contextmanager
def deep_stack(frames: int = 6000):
    """Room for the library's recursion along the longest chain of elements."""
    before = getrecursionlimit()
    setrecursionlimit(max(before, frames))
    try:
        yield
    finally:
        setrecursionlimit(before)
