"""Debts in a plain table: one line a document, columns in any order."""

import datetime as dt

from odoo.addons.crm_bpm_core.lib.table_columns import guess_columns, heading_words
from odoo.addons.crm_bpm_core.lib.table_reader import Table
from odoo.addons.crm_bpm_core.lib.table_values import parse_date, parse_number, parse_text

from .receivable_report import SHOWN_ERRORS, Debt, Report, ReportError
from .receivable_words import is_total, parse_document, parse_report_date

#: Headings by meaning, the surest first; in the order in which columns are guessed.
WORDS = {
    "tax_id": (
        "инн", "едрпоу", "єдрпоу", "еик", "унп", "бин", "vat", "tax id", "adószám", "дду",
        "ддс номер",
    ),
    "ref": ("код контрагента", "код клиента", "код покупателя", "код", "customer id", "ref"),
    "customer": (
        "контрагент", "покупатель", "клиент", "заказчик", "фирма", "наименование контрагента",
        "customer name", "customer", "partner", "debtor", "company", "vevő", "client",
        "покупець", "наименование", "организация",
    ),
    "due_date": (
        "срок оплаты", "дата оплаты по договору", "плановая дата", "оплатить до", "due date",
        "due", "термін оплати", "падеж", "краен срок", "esedékesség", "срок",
    ),
    "paid_date": ("дата оплаты", "оплачено дата", "settled date", "paid date", "дата плащане"),
    "date": (
        "дата документа", "дата", "invoice date", "date", "дата фактура", "számla kelte",
    ),
    "document": (
        "документ", "номер документа", "накладная", "счет", "счет фактура", "номер", "фактура",
        "invoice number", "invoice", "document", "рахунок", "számlaszám", "number",
    ),
    "contract": ("договор", "договір", "contract", "agreement"),
    "open": (
        "остаток долга", "задолженность", "долг", "остаток", "сумма долга", "к оплате", "open",
        "open amount", "balance", "residual", "заборгованість", "задължение", "дължима сума",
        "hátralék", "debt",
    ),
    "paid": ("оплачено", "paid", "сплачено", "платено"),
    "amount": (
        "сумма документа", "сумма", "amount", "invoice amount", "сума", "összeg", "total",
        "стоимость",
    ),
    "currency": ("валюта", "currency", "pénznem"),
    "disputed": ("спор", "оспаривается", "disputed", "спорная"),
}  # fmt: skip
TARGETS = tuple(WORDS)
NUMBERS = ("amount", "paid", "open")
DATES = ("date", "due_date", "paid_date")
YES = ("да", "yes", "true", "1", "так", "igen", "x", "+")
SAMPLES = 20


def open_table(sheet):
    """The table on a sheet (TableError when there is none) and samples of its rows."""
    table = Table(sheet.kind, sheet.lines, may_be_empty=True)
    samples = []
    for _number, cells in table.rows():
        samples.append(cells)
        if len(samples) == SAMPLES:
            break
    return table, samples


def fingerprint(headers):
    """Identity of a layout: its headings in order, however they are spelled."""
    return "|".join(heading_words(header) for header in headers)


def guess_mapping(headers, samples):
    """{target: column index} of the columns whose headings are understood."""
    parsers = {**dict.fromkeys(NUMBERS, parse_number), **dict.fromkeys(DATES, parse_date)}
    return guess_columns(WORDS, headers, samples, parsers)


def missing_targets(mapping):
    """What a mapping lacks: each a tuple of targets of which one must be there."""
    needed = (("customer", "tax_id", "ref"), ("document",), ("open", "amount"))
    return [targets for targets in needed if not set(targets) & set(mapping)]


def read_debts(sheet, mapping):
    """The report in a table; without lines it says that nobody owes.

    :param mapping: {target: column index}
    :raise ReportError: a cell cannot be read, or the line of totals does not add up;
        all or nothing, as a line left out would look like a debt that was paid
    """
    table = Table(sheet.kind, sheet.lines, may_be_empty=True)
    debts, places, total, count = [], [], None, 0
    for number, cells in table.rows():
        raw = {target: cells[index] for target, index in mapping.items()}
        if _is_total_line(raw, cells):
            total = (number, raw)
            continue
        count += 1
        try:
            debts.append(_read_debt(number, raw))
        except _BadCell as bad:
            places.append(
                {
                    "row": number,
                    "name": parse_text(raw.get("customer")),
                    "column": table.headers[mapping[bad.target]] if bad.target in mapping else "",
                    "found": parse_text(bad.value),
                    "code": bad.code,
                }
            )
    if places:
        shifted = len(places) > 2 and len(places) > 0.6 * count
        raise ReportError("shifted" if shifted else "bad_cells", *places[:SHOWN_ERRORS])
    if total:
        _check_total(total, debts, mapping, table.headers)
    titles = _titles(sheet, table.headers)
    return Report(
        kind="table",
        date=parse_report_date(titles),
        title=next((text for text in titles if parse_report_date([text])), ""),
        debts=debts,
        total=sum(debt.open for debt in debts),
        headings=list(table.headers),
    )


def _titles(sheet, headers):
    """Texts above the headings."""
    titles = []
    for cells in sheet.lines():
        texts = [parse_text(cell) for cell in cells]
        if texts[: len(headers)] == [parse_text(header) for header in headers]:
            break
        titles.append(" ".join(text for text in texts if text))
        if len(titles) > SAMPLES:
            break
    return titles


def _is_total_line(raw, cells):
    """Totals have no document; their word stands in the first filled cell."""
    first = next((parse_text(cell) for cell in cells if parse_text(cell)), "")
    return is_total(first) and not parse_text(raw.get("date"))


class _BadCell(Exception):
    def __init__(self, target, value, code):
        super().__init__(target)
        self.target, self.value, self.code = target, value, code


def _read_debt(number, raw):
    customer = parse_text(raw.get("customer"))
    tax_id, ref = parse_text(raw.get("tax_id")), parse_text(raw.get("ref"))
    name = customer or tax_id or ref
    if not name:
        raise _BadCell("customer", "", "missing")
    document = parse_text(raw.get("document"))
    if not document:
        raise _BadCell("document", "", "missing")
    amounts = {target: _number(target, raw.get(target)) for target in NUMBERS}
    days = {target: _day(target, raw.get(target)) for target in DATES}
    doc_number, doc_day = parse_document(document)
    amount, still_open = _amounts(raw, amounts, days["paid_date"])
    return Debt(
        number,
        name,
        still_open,
        tax_id=tax_id,
        ref=ref,
        contract=parse_text(raw.get("contract")),
        document=document,
        number=doc_number or document,
        date=days["date"] or doc_day,
        due_date=days["due_date"],
        paid_date=days["paid_date"],
        amount=amount,
        currency=parse_text(raw.get("currency")).upper(),
        disputed=parse_text(raw.get("disputed")).lower() in YES,
    )


def _amounts(raw, amounts, paid_date):
    """(amount of the document, what is open) in hundredths."""
    if amounts["open"] is None and amounts["amount"] is None:
        target = "open" if "open" in raw else "amount"
        raise _BadCell(target, "", "missing")
    if amounts["open"] is not None:
        whole = amounts["amount"]
        if whole is None and amounts["paid"] is not None:
            whole = amounts["open"] + amounts["paid"]
        return whole, amounts["open"]
    if amounts["paid"] is not None:
        return amounts["amount"], amounts["amount"] - amounts["paid"]
    return amounts["amount"], 0 if paid_date else amounts["amount"]


def _number(target, value):
    if value is None or not parse_text(value):
        return None
    try:
        return round(parse_number(value) * 100)
    except (ValueError, TypeError):
        raise _BadCell(target, value, "bad_number") from None


def _day(target, value):
    if value in (None, "", False) or not parse_text(value):
        return None
    try:
        if isinstance(value, dt.datetime):
            return value.date()
        return parse_date(value)
    except (ValueError, OverflowError, TypeError):
        raise _BadCell(target, value, "bad_date") from None


def _check_total(total, debts, mapping, headers):
    """The line of totals must be the sum of its columns."""
    number, raw = total
    places = []
    for target in NUMBERS:
        found = _number(target, raw.get(target)) if target in mapping else None
        if found is None:
            continue
        values = {
            "amount": lambda debt: debt.amount or 0,
            "open": lambda debt: debt.open,
            "paid": lambda debt: (debt.amount or 0) - debt.open,
        }[target]
        expected = sum(map(values, debts))
        if expected != found:
            places.append(
                {
                    "row": number,
                    "name": "",
                    "column": headers[mapping[target]],
                    "expected": expected / 100,
                    "found": found / 100,
                }
            )
    if places:
        raise ReportError("totals", *places)
