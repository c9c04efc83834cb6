"""Debt reports as accounting programs draw them: groups, customers, contracts, documents.

Three reports of 1C are known by their headings: debts by age (``ageing``), the statement
of settlements (``statement``) and the trial balance of an account (``trial_balance``).
Nothing is taken from a report whose lines and totals do not add up.
"""

from dataclasses import dataclass, field

from odoo.addons.crm_bpm_core.lib.table_values import parse_number, parse_text

from .receivable_tree import Line, assign_roles, children_of
from .receivable_words import (
    TABLE_HEADING,
    is_total,
    level_of,
    parse_document,
    parse_interval,
    parse_report_date,
    role_of,
)

HEADER_SEARCHED = 40
SHOWN_ERRORS = 20


class ReportError(Exception):
    """A report that must not be taken; ``code`` says why, ``places`` where.

    no_total, totals, shifted, bad_number; of plain tables bad_cells

    A place is a dict of row, name, column, and for sums expected and found.
    """

    def __init__(self, code, *places):
        super().__init__(code, *places)
        self.code = code
        self.places = list(places)


@dataclass
class Column:
    """A column of amounts: role as in ``receivable_words.ROLES``, or interval."""

    index: int
    heading: str
    role: str
    interval: tuple | None = None


@dataclass
class Debt:
    """An open item of a report; amounts in hundredths. ``document`` is empty for a balance."""

    row: int
    customer: str
    open: int
    tax_id: str = ""
    ref: str = ""
    contract: str = ""
    document: str = ""
    number: str = ""
    date: object = None
    due_date: object = None
    paid_date: object = None
    amount: int | None = None
    currency: str = ""
    interval: tuple | None = None
    disputed: bool = False


@dataclass
class Report:
    """What was read: kind, day, open items, and the sum of all debts."""

    kind: str
    date: object
    title: str
    debts: list
    total: int
    headings: list = field(default_factory=list)
    filtered: str = ""


def read_report(sheet):
    """The report on a sheet, or None when it is another table.

    One with headings and no debt under them says that nobody owes.

    :raise ReportError: it is a report, and something is wrong with it
    """
    lines = [(number, list(cells)) for number, cells in enumerate(sheet.lines(), 1)]
    header = _find_header(lines[:HEADER_SEARCHED])
    if not header:
        return None
    start, end, names, columns = header
    kind = _kind(columns)
    if not kind or (len(names) == 1 and _is_table(columns)):
        return None
    above = [_texts(cells) for _number, cells in lines[:start]]
    body, total = _read_body(lines[end:], columns, sheet.levels())
    if body:
        assign_roles(body, names)
    if total:
        _check(kind, body, total, columns)
    debts = _debts(kind, body, columns)
    titles = [" ".join(texts) for texts in above if texts]
    return Report(
        kind=kind,
        date=parse_report_date(titles),
        title=next((text for text in titles if parse_report_date([text])), ""),
        debts=debts,
        total=sum(debt.open for debt in debts),
        headings=[column.heading for column in columns],
        filtered=next((text for text in titles if narrows(text)), ""),
    )


def _is_table(columns):
    """Does a line of headings belong to a plain table, a document a line?"""
    return any(not column.role and TABLE_HEADING.search(column.heading) for column in columns)


def narrows(text):
    """Does a line above the report say that it shows some customers only?"""
    words = text.lower()
    return words.startswith("отбор") and any(
        word in words for word in ("контрагент равно", "покупатель равно", "контрагент в списке")
    )


def _texts(cells):
    return [text for text in map(parse_text, cells) if text]


# Headings --------------------------------------------------------------------


def _find_header(lines):
    """(first line, line after, names of levels, columns), or None."""
    for start, (_number, cells) in enumerate(lines):
        texts = [parse_text(cell) for cell in cells]
        filled = [index for index, text in enumerate(texts) if text]
        if len(filled) < 2 or level_of(texts[filled[0]]) not in ("customer", "account"):
            continue
        end, names = start, []
        for _next, below in lines[start:]:
            name = parse_text(below[filled[0]]) if len(below) > filled[0] else ""
            level = level_of(name)
            if (name and (not level or level in names)) or not _is_heading(below):
                break
            names += [level] if level else []
            end += 1
        columns = _columns([cells for _n, cells in lines[start:end]], filled[0])
        return start, end, names, columns
    return None


def _is_heading(cells):
    """Headings are texts; an empty line is none."""
    filled = [cell for cell in cells if cell not in (None, "")]
    return bool(filled) and not any(isinstance(cell, int | float) for cell in filled)


def _columns(rows, name_index):
    """Columns of amounts; a heading that spans others stands in the first of them."""
    width = max(len(row) for row in rows)
    grid = [[parse_text(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    columns = []
    for index in range(name_index + 1, width):
        parts = []
        for depth, row in enumerate(grid):
            text = row[index]
            if not text and any(below[index] for below in grid[depth + 1 :]):
                text = next((cell for cell in reversed(row[name_index + 1 : index]) if cell), "")
            parts += [text] if text else []
        if parts:
            interval = parse_interval(parts[-1])
            role = "interval" if interval else role_of(parts)
            columns.append(Column(index, " / ".join(parts), role, interval))
    return columns


def _kind(columns):
    roles = {column.role for column in columns}
    if "debt" in roles:
        return "ageing"
    if "closing" in roles:
        return "statement"
    if {"closing_debit", "closing_credit"} <= roles:
        return "trial_balance"
    return None


# Lines -----------------------------------------------------------------------


def _read_body(lines, columns, levels):
    """(lines above the totals, line of totals); what stands below is no debt.

    Under headings alone there are neither.
    """
    known = {column.index: column for column in columns}
    first = min(known)
    named = [(number, _name(cells, first), cells) for number, cells in lines]
    filled = [line for line in named if line[1] or _texts(line[2])]
    if not filled:
        return [], None
    totals = [place for place, (_n, name, _cells) in enumerate(named) if is_total(name)]
    if not totals:
        number, name, _cells = filled[-1]
        raise ReportError("no_total", {"row": number, "name": name, "column": ""})
    body = []
    for number, name, cells in named[: totals[-1] + 1]:
        values = _read_values(number, name, cells, known, first)
        if values and not name:
            raise ReportError("shifted", {"row": number, "name": "", "column": ""})
        if name:
            body.append(Line(number, levels.get(number, 0), name, values))
    total = body.pop()
    return body, total


def _name(cells, first):
    return next((text for text in map(parse_text, cells[:first]) if text), "")


def _read_values(number, name, cells, known, first):
    """{column: hundredths} of a line."""
    values = {}
    for index, cell in enumerate(cells[first:], first):
        if cell in (None, "") or not parse_text(cell):
            continue
        column = known.get(index)
        place = {"row": number, "name": name, "column": column.heading if column else ""}
        place["found"] = parse_text(cell)
        if column is None:
            raise ReportError("shifted", place)
        try:
            values[index] = round(parse_number(cell) * 100)
        except ValueError:
            if column.role:
                raise ReportError("bad_number", place) from None
    return values


# Sums ------------------------------------------------------------------------


def _check(kind, body, total, columns):
    """Refuse a report whose lines do not add up, naming the places."""
    places = []
    by_role = {column.role: column for column in columns}
    for line in [*body, total]:
        places += _check_line(kind, line, columns, by_role)
    for parent, children in children_of(body, total):
        places += _check_children(kind, parent, children, columns, by_role)
    if not places:
        return
    seen = {}
    for place in places:
        seen.setdefault((place["row"], place["column"]), place)
    code = "shifted" if _all_rows_wrong(places, body) else "totals"
    raise ReportError(code, *list(seen.values())[:SHOWN_ERRORS])


def _all_rows_wrong(places, body):
    """Columns that moved make nearly every line wrong in itself."""
    wrong = {place["row"] for place in places if place.get("line")}
    return len(wrong) > len(body) * 0.6 and len(wrong) > 2


def _check_line(kind, line, columns, by_role):
    """Does a line agree with itself? Documents of a statement have no balances."""
    value = line.values.get
    found = []
    if kind == "ageing":
        intervals = [column for column in columns if column.role == "interval"]
        debt = value(by_role["debt"].index, 0)
        if intervals:
            parts = sum(value(column.index, 0) for column in intervals)
            found.append((by_role["debt"], parts, debt))
        late = [column for column in intervals if column.interval[1] != 0]
        if "overdue" in by_role and len(late) < len(intervals):
            parts = sum(value(column.index, 0) for column in late)
            found.append((by_role["overdue"], parts, value(by_role["overdue"].index, 0)))
    elif line.role != "document":
        opening, debit, credit, closing = (
            _net(line, by_role, role) for role in ("opening", "debit", "credit", "closing")
        )
        if None not in (opening, debit, credit, closing):
            column = by_role.get("closing") or by_role["closing_debit"]
            found.append((column, opening + debit - credit, closing))
    return [
        {**_place(line, column, expected, actual), "line": True}
        for column, expected, actual in found
        if expected != actual
    ]


def _net(line, by_role, role):
    """The amount of a role, debit less credit where it has two columns; None if it has none."""
    if role in by_role:
        return line.values.get(by_role[role].index, 0)
    sides = [by_role.get(f"{role}_{side}") for side in ("debit", "credit")]
    if None in sides:
        return None
    debit, credit = (line.values.get(column.index, 0) for column in sides)
    return debit - credit


def _check_children(kind, parent, children, columns, by_role):
    documents = any(child.role == "document" for child in children)
    if kind == "ageing":
        checked = [(c, lambda line, c=c: line.values.get(c.index, 0)) for c in columns if c.role]
    else:
        roles = ("debit", "credit") if documents else ("opening", "debit", "credit", "closing")
        checked = [
            (
                by_role.get(role) or by_role[f"{role}_debit"],
                lambda line, role=role: _net(line, by_role, role),
            )
            for role in roles
            if role in by_role or f"{role}_debit" in by_role
        ]
    places = []
    for column, read in checked:
        expected, found = sum(map(read, children)), read(parent)
        if expected != found:
            places.append(_place(parent, column, expected, found))
    return places


def _place(line, column, expected, found):
    return {
        "row": line.number,
        "name": line.name,
        "column": column.heading,
        "expected": expected / 100,
        "found": found / 100,
    }


# Debts -----------------------------------------------------------------------


def _debts(kind, body, columns):
    """Open items: documents where the report has them, else the balance of a customer."""
    by_role = {column.role: column for column in columns}
    intervals = [column for column in columns if column.role == "interval"]
    debts = []
    for line in body:
        if kind == "ageing" and line.role == "document":
            debts += _document_debts(line, by_role["debt"], intervals)
        elif line.role == "customer" and (kind != "ageing" or not line.has_documents):
            amount = line.values.get(by_role["debt"].index, 0) if kind == "ageing" else None
            amount = _net(line, by_role, "closing") if amount is None else amount
            debts.append(Debt(line.number, line.name, amount))
    return [debt for debt in debts if debt.open]


def _document_debts(line, debt, intervals):
    """A document; several items when its parts are late by different times."""
    number, day = parse_document(line.name)
    parts = [(c.interval, line.values[c.index]) for c in intervals if line.values.get(c.index)]
    parts = parts or [(None, line.values.get(debt.index, 0))]
    return [
        Debt(
            line.number,
            line.customer,
            amount,
            contract=line.contract,
            document=line.name,
            number=number or "",
            date=day,
            interval=interval,
        )
        for interval, amount in parts
    ]
