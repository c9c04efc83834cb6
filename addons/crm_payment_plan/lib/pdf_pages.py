"""Pages as a person would break them: headers on every page, whole rows, no orphan signature.

Builds of wkhtmltopdf without patched Qt print ``<thead>`` once and cut rows and lines in two, since
they lay the text out for pages of another height than they print; and no build keeps the signatures
with the end of their table. The text is printed with marks, which tell where the pages break;
there a page is begun by force, and a table divided into two with a header each.
"""

import copy
import io
import re

import lxml.html
from PyPDF2 import PdfReader

#: More pages than a contract has; each costs one print.
MAX_BREAKS = 60
MARK = re.compile(r"\[\[([uhc])(\d+)\]\]")
#: As high as letters are: a line that is cut in two shows its mark on both pages.
STYLE = "position:absolute;white-space:nowrap;color:#fff"
#: Ends of units reach as far below their last line as rows have padding and border: a row
#: whose border alone falls on the next page would leave that page empty.
END_STYLE = f"{STYLE};margin-top:.5em"
BREAK = "page-break-before: always"
ROWS = "//table[thead]/tbody/tr"
UNITS = f"{ROWS} | //div[contains(concat(' ', @class, ' '), ' o_keep ')]"
#: Signatures with what belongs to them: never alone on a page.
CLOSINGS = "//div[contains(concat(' ', @class, ' '), ' o_closing ')]"


def count_pages(content: bytes) -> int:
    """Pages of a PDF."""
    return len(PdfReader(io.BytesIO(content)).pages)


def print_whole_pages(body: str, render, breaks_well: bool) -> bytes:
    """A PDF with whole rows below their headers, and signatures below the end of their table.

    :param body: the HTML page.
    :param render: makes a PDF of an HTML page.
    :param breaks_well: the build repeats headers and keeps rows and blocks whole by itself.
    """
    content = render(body)
    if count_pages(content) == 1:
        return content
    root = lxml.html.document_fromstring(body)
    divided = False
    for _attempt in range(MAX_BREAKS):
        places = _get_places(render(_mark(root)))
        torn = not breaks_well and _divide_first_torn(root, places)
        if not torn and not _divide_above_orphan(root, places):
            break
        divided = True
    return render(_to_text(root)) if divided else content


def _to_text(root):
    return "<!DOCTYPE html>" + lxml.html.tostring(root, encoding="unicode")


# Marks ----------------------------------------------------------------------------------


def _mark(root):
    """The page with marks at the beginning and the end of all that shall stay whole."""
    marked = copy.deepcopy(root)
    for place, node in enumerate(marked.xpath(UNITS)):
        if node.tag == "tr":
            # The last cell would push its mark over the edge of the page.
            for cell in node[:-1] or node:
                cell.append(_new_mark(f"[[u{place}]]", END_STYLE))
            if node.getprevious() is None:
                header = node.getparent().getparent().xpath("./thead/tr")[0]
                _add_before(header[0], f"[[h{place}]]")
        else:
            node.append(_new_mark(f"[[u{place}]]"))
        _add_before(node[0] if node.tag == "tr" else node, f"[[u{place}]]")
    for place, closing in enumerate(marked.xpath(CLOSINGS)):
        _add_before(closing, f"[[c{place}]]")
    return _to_text(marked)


def _new_mark(text, style=STYLE):
    span = lxml.html.Element("span", style=style)
    span.text = text
    return span


def _add_before(node, text):
    span = _new_mark(text)
    span.tail, node.text = node.text, None
    node.insert(0, span)


def _get_places(content):
    """Pages of units, of the headers above them and of closings: {kind: {place: {pages}}}."""
    pages = {"u": {}, "h": {}, "c": {}}
    for number, page in enumerate(PdfReader(io.BytesIO(content)).pages):
        text = "".join(page.extract_text().split())
        for kind, place in MARK.findall(text):
            pages[kind].setdefault(int(place), set()).add(number)
        if not text:
            _tear_last(pages["u"], number)
    return pages


def _tear_last(units, number):
    """A page without words holds the border of the unit before it: that unit is torn."""
    before = [place for place, pages in units.items() if max(pages) == number - 1]
    if before:
        units[max(before)].add(number)


# Breaks ---------------------------------------------------------------------------------


def _divide_first_torn(root, places):
    """Begin a page with the first unit that is torn, or that begins one without header.

    :return: whether there was one.
    """
    before = -1
    for place, node in enumerate(root.xpath(UNITS)):
        pages = places["u"].get(place)
        if not pages:
            continue
        if node.tag != "tr":
            if len(pages) > 1 and _break_before(node):
                return True
            continue
        if node.getprevious() is None:
            whole = len(pages | places["h"].get(place, set())) == 1
            # A row that is longer than its page stays torn.
            if not whole and _break_before(node.getparent().getparent()):
                return True
        elif len(pages) > 1 or min(pages) > before:
            _divide(node)
            return True
        before = max(pages)
    return False


def _divide_above_orphan(root, places):
    """Bring the end of a table to the page of the signatures that stand there alone.

    :return: whether there were such.
    """
    units = root.xpath(UNITS)
    for number, closing in enumerate(root.xpath(CLOSINGS)):
        tables = closing.xpath("preceding::table[thead][1]")
        own = [
            place
            for place, node in enumerate(units)
            if node.tag == "tr" and node.getparent().getparent() in tables
        ]
        last = max(places["u"].get(own[-1], {-1})) if own else -1
        # One that is pushed to the next page has marks on both.
        if last < 0 or max(places["c"].get(number, {-1})) <= last:
            continue
        # The totals and the row above them.
        totals = [place for place in own if "o_total" in (units[place].get("class") or "")]
        place = max((totals or own[-1:])[0] - 1, own[0])
        if place > own[0]:
            # A break that the signatures got for being torn would leave them alone again.
            closing.attrib.pop("style", None)
            _divide(units[place])
            return True
        if _break_before(tables[0]):
            closing.attrib.pop("style", None)
            return True
    return False


def _break_before(node):
    """Begin a page with this node; False if it begins one already."""
    if node.get("style") == BREAK:
        return False
    node.set("style", BREAK)
    return True


def _divide(row):
    """Begin a table of its own on the next page with this row."""
    body = row.getparent()
    table = body.getparent()
    rest = copy.deepcopy(table)
    place = body.index(row)
    new_body = next(node for node in rest if node.tag == "tbody")
    for old in list(new_body)[:place]:
        new_body.remove(old)
    for old in list(body)[place:]:
        body.remove(old)
    rest.set("style", BREAK)
    rest.tail, table.tail = table.tail, None
    table.addnext(rest)
