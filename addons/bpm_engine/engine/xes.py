"""The log of processes as XES (IEEE 1849), which tools of process mining read."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from xml.sax.saxutils import quoteattr

from .operations import aware

_EXTENSIONS = (
    ("Concept", "concept"),
    ("Lifecycle", "lifecycle"),
    ("Organizational", "org"),
    ("Time", "time"),
)


def write(rows: Iterable[dict], name: str = "processes") -> Iterator[str]:
    """Pieces of an XES log.

    :param rows: ordered by case; each with case, activity, transition ("start", "complete",
        "ate_abort" ...), timestamp (a moment; without time zone it is in UTC), and optionally
        resource, attributes (of the event) and case_attributes (of its case).
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<log xes.version="1849-2016" xes.features="nested-attributes" '
    yield 'xmlns="http://www.xes-standard.org/">\n'
    for title, prefix in _EXTENSIONS:
        yield (
            f'  <extension name="{title}" prefix="{prefix}" '
            f'uri="http://www.xes-standard.org/{prefix}.xesext"/>\n'
        )
    yield '  <global scope="trace"><string key="concept:name" value=""/></global>\n'
    yield (
        '  <global scope="event"><string key="concept:name" value=""/>'
        '<date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/></global>\n'
    )
    yield '  <classifier name="Activity" keys="concept:name"/>\n'
    yield "  " + _attribute("concept:name", name) + "\n"
    yield from _traces(rows)
    yield "</log>\n"


def _traces(rows):
    case = None
    opened = False
    for row in rows:
        if not opened or row["case"] != case:
            if opened:
                yield "  </trace>\n"
            case, opened = row["case"], True
            yield "  <trace>" + _attribute("concept:name", str(case))
            for key, value in (row.get("case_attributes") or {}).items():
                yield _attribute(key, value)
            yield "\n"
        yield _event(row)
    if opened:
        yield "  </trace>\n"


def _event(row):
    parts = [
        _attribute("concept:name", str(row["activity"])),
        _attribute("lifecycle:transition", row.get("transition") or "complete"),
        _attribute("time:timestamp", row["timestamp"]),
    ]
    if row.get("resource"):
        parts.append(_attribute("org:resource", str(row["resource"])))
    parts += [_attribute(key, value) for key, value in (row.get("attributes") or {}).items()]
    return "    <event>" + "".join(parts) + "</event>\n"


def _attribute(key, value):
    kind, text = _typed(value)
    return f"<{kind} key={quoteattr(_legal(str(key)))} value={quoteattr(_legal(text))}/>"


def _typed(value):
    if isinstance(value, bool):
        return "boolean", "true" if value else "false"
    if isinstance(value, int):
        return "int", str(value)
    if isinstance(value, float):
        return "float", repr(value)
    if isinstance(value, datetime):
        return "date", aware(value).isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return "date", f"{value.isoformat()}T00:00:00.000+00:00"
    return "string", "" if value is None else str(value)


def _legal(text):
    """XML has no place for control characters, whatever people have pasted."""
    return "".join(
        char
        for char in text
        if char in "\t\n\r"
        or " " <= char <= "\ud7ff"
        or "\ue000" <= char <= "\ufffd"
        or char >= "\U00010000"
    )
