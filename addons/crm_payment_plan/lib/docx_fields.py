"""Fields of a Word document: which of them fetch other files or run programs.

A field is written in pieces: a mark where it begins, the words of its instruction in as many runs
as Word likes, a mark before its result, the result, a mark where it ends. Word joins the pieces
before it reads them, so they are joined here too.
"""

import re
from dataclasses import dataclass, field

from lxml import etree

FETCHING = re.compile(
    r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|MACROBUTTON|RD)\b", re.I
)
#: The kind of a field is written out, not made by a field within it: "= ", "IF ", "PAGE ".
KIND = re.compile(r"\s*(=|\S+\s)")


class FetchingField(ValueError):
    """A field that takes something from elsewhere, or that does not say what it is."""


@dataclass
class Field:
    """A field that is being read; one that asks has not come to its result yet."""

    asks: bool
    words: list = field(default_factory=list)

    @property
    def instruction(self):
        return "".join(self.words)


def check_fields(root):
    """Refuse fields of a part that fetch anything.

    :raise FetchingField: the beginning of its instruction.
    """
    # The first takes what stands outside of all fields; the last is the innermost.
    open_fields = [Field(asks=False)]
    for node in root.iter(etree.Element):
        tag = etree.QName(node).localname
        if tag == "fldSimple":
            _check(_get(node, "instr"))
        elif tag == "fldChar":
            _turn(open_fields, _get(node, "fldCharType"))
        elif tag in ("instrText", "delInstrText"):
            open_fields[-1].words.append(node.text or "")
    for one in open_fields:
        _check(one.instruction)


def _turn(open_fields, mark):
    """Follow a mark of a field."""
    inner = open_fields[-1]
    if mark == "begin":
        if inner.asks and not KIND.match(inner.instruction):
            raise FetchingField(inner.instruction[:80])
        open_fields.append(Field(asks=True))
    elif len(open_fields) > 1:
        _check(inner.instruction)
        if mark == "separate":
            inner.asks = False
        else:
            open_fields.pop()


def _get(node, name):
    """An attribute, in whichever of the namespaces that Word has for its documents."""
    found = (value for key, value in node.items() if etree.QName(key).localname == name)
    return next(found, "")


def _check(instruction):
    if FETCHING.search(instruction):
        raise FetchingField(instruction.strip()[:80])
