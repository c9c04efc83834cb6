"""Rows of a transaction log: which column means what, and what a cell says."""

import re

from .table_columns import guess_columns, heading_words
from .table_values import parse_date, parse_number, parse_text

#: What a column can mean, in the order in which columns are guessed.
TARGETS = (
    "date",
    "quantity",
    "amount",
    "customer_name",
    "customer",
    "order_ref",
    "article",
    "key",
)
REQUIRED = ("customer", "date", "amount")

# Headings, the surest first; "_" and "-" are read as spaces.
WORDS = {
    "date": ("date", "дата", "order date", "timestamp", "day", "день", "период", "period"),
    "quantity": ("quantity", "qty", "количество", "кол во", "кол", "units", "штук", "шт"),
    "amount": (
        "amount", "сумма", "sales value", "turnover", "revenue", "sum", "total", "sales",
        "выручка", "стоимость", "value",
    ),
    "customer_name": (
        "customer name", "client name", "partner name", "наименование клиента",
        "наименование контрагента", "имя клиента",
    ),
    "customer": (
        "customer", "client", "partner", "household", "контрагент", "клиент", "покупатель",
        "заказчик", "инн", "vat", "customers",
    ),
    "order_ref": (
        "order", "заказ", "basket", "invoice", "receipt", "document", "документ", "накладная",
        "чек",
    ),
    "article": (
        "article", "артикул", "sku", "product", "товар", "номенклатура", "item", "goods",
    ),
    "key": (
        "key", "line id", "row id", "uid", "guid", "ключ", "ид строки", "transaction id",
    ),
}  # fmt: skip
VAT_WORDS = re.compile(r"\b(инн|vat|tax id|едрпоу|єдрпоу|еик)\b")


PARSERS = {"date": parse_date, "quantity": parse_number, "amount": parse_number}


def guess_mapping(headers, samples=()):
    """{target: column index} from headings; dates must look like dates.

    :param samples: some rows of cells
    """
    words = {target: WORDS[target] for target in TARGETS}
    return guess_columns(words, headers, samples, PARSERS)


def guess_customer_by(header, values):
    """How customers are named in a column: vat, ref or name."""
    if VAT_WORDS.search(heading_words(header)):
        return "vat"
    texts = [parse_text(value) for value in values]
    spaced = [text for text in texts if " " in text]
    return "name" if len(spaced) * 2 > len(texts) else "ref"


class BadCell(Exception):
    """A cell that cannot be read: which target, what stands there, and why (a code)."""

    def __init__(self, target, value, code):
        super().__init__(code)
        self.target, self.value, self.code = target, parse_text(value), code


class RowParser:
    """Turns raw cells into values of a transaction; remembers dates it has read."""

    def __init__(self):
        self._dates = {}

    def parse(self, raw):
        """Values of one row.

        :param raw: dict of cells by target; quantity may lack: one, or one back
            for a negative amount
        :return: dict of customer, customer_name, date, quantity, amount, article,
            order_ref, key
        :raise BadCell: for the first cell that cannot be read
        """
        customer = parse_text(raw.get("customer"))
        if not customer:
            raise BadCell("customer", "", "missing")
        day = self._date(raw.get("date"))
        amount = self._number("amount", raw.get("amount"))
        quantity = raw.get("quantity")
        if quantity in (None, ""):
            quantity = -1.0 if amount < 0 else 1.0
        else:
            quantity = self._number("quantity", quantity)
        values = {name: parse_text(raw.get(name)) or None for name in
                  ("customer_name", "article", "order_ref", "key")}  # fmt: skip
        return {
            "customer": customer, "date": day, "quantity": quantity, "amount": amount, **values
        }  # fmt: skip

    def parse_what_can(self, raw):
        """Those values of a bad row that can be read, to be shown with its error."""
        readers = {
            "date": self._date,
            "quantity": lambda value: self._number("quantity", value),
            "amount": lambda value: self._number("amount", value),
        }
        values = {}
        for target, value in raw.items():
            try:
                values[target] = readers.get(target, parse_text)(value) or None
            except BadCell:
                values[target] = None
        return values

    def _date(self, value):
        if value in (None, "", False):
            raise BadCell("date", "", "missing")
        try:
            day = self._dates.get(value)
            if day is None:
                day = self._dates[value] = parse_date(value)
        except (ValueError, OverflowError, TypeError) as error:
            raise BadCell("date", value, "bad_date") from error
        if len(self._dates) > 100_000:
            self._dates.clear()
        return day

    def _number(self, target, value):
        if value in (None, ""):
            raise BadCell(target, "", "missing")
        try:
            return parse_number(value)
        except (ValueError, TypeError) as error:
            raise BadCell(target, value, "bad_number") from error
