"""Texts of clauses: values in double braces, numbers, references, the HTML that may be printed.

Nothing here evaluates anything. A value is replaced by a word of a closed list, so a clause can
neither run code nor read a record; whatever fetches a file or an address while a page is
printed (images, frames, style sheets, links) is taken out before.
"""

import difflib
import html
import re
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html
from lxml_html_clean import Cleaner
from markupsafe import Markup, escape

#: ``{{name}}`` or ``{{ref:code}}``, also if the editor put formatting inside of it.
TOKEN = re.compile(r"\{\{((?:<[^<>]*>|[^{}<>])*)\}\}")
BRACES = re.compile(r"\{\{|\}\}")
TAG = re.compile(r"<[^<>]*>")
#: The same in brackets of its own: "100.00 EUR ({{amount_words}})".
BRACKETED = re.compile(r"(?:\s|&nbsp;|\xa0)*\(\s*(" + TOKEN.pattern + r")\s*\)")
REFERENCE = "ref:"
TAGS = frozenset(
    "p br div span b strong i em u s sub sup ul ol li table thead tbody tr th td "
    "h1 h2 h3 h4 blockquote".split()
)
STYLES = frozenset({"text-align", "font-weight", "font-style", "text-decoration", "width"})
#: Letters, digits, a point, a percent sign: no function, address or escape gets through.
STYLE_VALUE = re.compile(r"[\w .%-]{1,40}", re.ASCII)
LEVELS = ("text", "section", "clause", "point")

_CLEANER = Cleaner(
    allow_tags=TAGS,
    remove_unknown_tags=False,
    safe_attrs_only=True,
    safe_attrs=frozenset({"style", "class", "colspan", "rowspan"}),
    style=False,
    inline_style=False,
    kill_tags=("script", "style", "iframe", "object", "embed", "svg", "math", "form", "noscript"),
)


class Omitted(str):
    """A value that there is none of, and nobody can give: it leaves no gap to fill in."""


OMITTED = Omitted()


class ClauseError(ValueError):
    """A text that cannot be printed; ``token`` is what is wrong in it."""

    def __init__(self, token, reason):
        super().__init__(token)
        self.token, self.reason = token, reason


@dataclass
class Place:
    """One clause in the order of the text: its number is found by :func:`number`."""

    level: str
    code: str = ""
    number: str = ""


def clean(source) -> Markup:
    """The HTML of a clause with only what a printed text needs."""
    if not source or not str(source).strip():
        return Markup()
    root = lxml_html.fragment_fromstring(str(source), create_parent="div")
    _CLEANER(root)
    for node in root.iter(etree.Element):
        if "style" in node.attrib:
            style = _clean_style(node.attrib.pop("style"))
            if style:
                node.set("style", style)
    text = lxml_html.tostring(root, encoding="unicode").strip()
    return Markup(text.removeprefix("<div>").removesuffix("</div>"))


def _clean_style(style):
    kept = []
    for part in style.split(";"):
        name, _colon, value = part.partition(":")
        name, value = name.strip().lower(), value.strip()
        if name in STYLES and STYLE_VALUE.fullmatch(value):
            kept.append(f"{name}: {value}")
    return "; ".join(kept)


def tokens(source) -> list:
    """Names in double braces, in the order of the text.

    :raise ClauseError: braces that are opened and not closed, or the other way round.
    """
    text = str(source or "")
    found = [_name(match) for match in TOKEN.finditer(text)]
    stray = BRACES.search(TOKEN.sub("", text))
    if stray:
        raise ClauseError(stray.group(), "braces")
    return found


def _name(match):
    return html.unescape(TAG.sub("", match.group(1))).replace("\xa0", " ").strip()


def check(source, values, codes):
    """Refuse names that are in neither the list of values nor the codes of clauses.

    :raise ClauseError: with the first wrong name.
    """
    for name in tokens(source):
        if name.startswith(REFERENCE):
            if name.removeprefix(REFERENCE).strip() not in codes:
                raise ClauseError(name, "reference")
        elif name not in values:
            raise ClauseError(name, "value")


def fill(source, values, numbers, missing=None) -> Markup:
    """The text with its values and the numbers of the clauses it refers to.

    :param values: {name: text or Markup}; anything but ``Markup`` is escaped. What is
        ``OMITTED`` is left out, with the brackets around it.
    :param numbers: {code: number} of the clauses that are in the text.
    :param missing: set that takes the names whose value is empty or whose clause is left out.
    """

    def replace(match):
        name = _name(match)
        is_reference = name.startswith(REFERENCE)
        value = numbers.get(name[len(REFERENCE) :].strip()) if is_reference else values.get(name)
        if isinstance(value, Omitted):
            return Markup()
        if value in (None, False, ""):
            if missing is not None:
                missing.add(name)
            return Markup('<span class="o_missing">________</span>')
        return escape(value)

    def drop(match):
        inner = TOKEN.fullmatch(match.group(1))
        omitted = inner and isinstance(values.get(_name(inner)), Omitted)
        return "" if omitted else match.group()

    text = BRACKETED.sub(drop, str(source or ""))
    # Tags that stood inside the braces are gone with them: cleaning closes what is open.
    return clean(TOKEN.sub(lambda match: str(replace(match)), text))


def number(places):
    """Give each place its number: 1, 1.1, 1.1.1; a text without number stays without.

    A level that is left out does not count: a point right below a section is numbered 1.1.
    """
    counts, above = [0, 0, 0], []
    for place in places:
        level = LEVELS.index(place.level)
        if not level:
            place.number = ""
            continue
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        depth = len(above)
        counts[depth - 1] += 1
        counts[depth:] = [0] * (len(counts) - depth)
        place.number = ".".join(str(count) for count in counts[:depth])
    return places


def applicable(places, fits):
    """Places that stay: those that fit and whose section or clause stays.

    :param fits: whether the condition of each place holds.
    """
    kept, left_out = [], None
    for place, fit in zip(places, fits, strict=True):
        depth = LEVELS.index(place.level)
        if left_out is not None and depth > left_out:
            continue
        left_out = None
        if fit:
            kept.append(place)
        elif depth:
            left_out = depth
    return kept


def plain(source) -> str:
    """The words of a clause on one line, for lists and comparison."""
    if not source:
        return ""
    root = lxml_html.fragment_fromstring(str(source), create_parent="div")
    for node in root.iter("p", "br", "div", "li", "tr", "td"):
        node.tail = f" {node.tail or ''}"
    return " ".join(root.text_content().split())


def difference(old, new) -> Markup:
    """What changed between two texts, word by word: ``<del>`` and ``<ins>``."""
    before, after = plain(old).split(), plain(new).split()
    parts = []
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if kind == "equal":
            parts.append(escape(" ".join(before[a1:a2])))
            continue
        if a2 > a1:
            parts.append(Markup("<del>%s</del>") % " ".join(before[a1:a2]))
        if b2 > b1:
            parts.append(Markup("<ins>%s</ins>") % " ".join(after[b1:b2]))
    return Markup(" ").join(parts)
