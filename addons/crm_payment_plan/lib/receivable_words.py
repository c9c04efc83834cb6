"""Words of debt reports: what headings, lines and dates of accounting programs say."""

import calendar
import datetime as dt
import re

from odoo.addons.crm_bpm_core.lib.table_columns import heading_words
from odoo.addons.crm_bpm_core.lib.table_values import parse_date

#: What a line of a report stands for, by the heading of its column of names.
LEVELS = {
    "customer": (
        "покупатель", "покупатели", "контрагент", "контрагенты", "клиент", "заказчик", "дебитор",
        "покупець", "контрагенти", "customer", "customers", "partner", "debtor", "клиенти",
    ),
    "contract": ("договор", "договоры", "договір", "contract"),
    "document": (
        "документ", "документ расчетов с покупателем", "документ расчетов",
        "документ движения (регистратор)", "документ движения", "регистратор", "document",
    ),
    "account": ("счет", "рахунок", "account"),
}  # fmt: skip
TOTAL = re.compile(
    r"(итого?|всего|разом|усього|всичко|общо|total|grand total|összesen)\b[\s:.]*"
    r"(развернутое|свернутое)?",
    re.IGNORECASE,
)
ACCOUNT = re.compile(r"\d{2,3}(\.[\dА-ЯA-Z]{1,3})*")
DATE = r"(?P<date>\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d{2}-\d{2})"
TIME = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}\s+\d{1,2}:\d{2}(:\d{2})?\s*$")
DOCUMENT = re.compile(
    rf"(?P<number>\S*\d\S*)\s+(?:от|від|від|from|dated|of)\s+{DATE}", re.IGNORECASE
)
DOCUMENT_KINDS = re.compile(
    r"(реализация|поступление|корректировка|ввод остатков|ввод начальных|операция|акт|"
    r"накладная|сч[её]т|возврат|платежн|оплата|списание|взаимозач[её]т|реалізація|invoice|"
    r"credit note|упд)\b",
    re.IGNORECASE,
)
#: Headings of plain tables, which have a document's name and dates in columns of their own.
TABLE_HEADING = re.compile(
    r"документ|накладн|фактур|сч[её]т|invoice|document|номер|рахунок|számla|дата|date|срок",
    re.IGNORECASE,
)
MONTHS = (
    ("январ", "січ", "jan"), ("феврал", "лют", "feb"), ("март", "берез", "mar"),
    ("апрел", "квіт", "apr"), ("ма[йя]", "трав", "may"), ("июн", "черв", "jun"),
    ("июл", "лип", "jul"), ("август", "серп", "aug"), ("сентябр", "верес", "sep"),
    ("октябр", "жовт", "oct"), ("ноябр", "листопад", "nov"), ("декабр", "груд", "dec"),
)  # fmt: skip
DAY_MONTH = re.compile(r"\b(\d{1,2})\s+([^\W\d]{3,})\s+(\d{4})")
MONTH_YEAR = re.compile(r"(?<!\d\s)\b([^\W\d]{3,})\s+(\d{4})")
NUMERIC = re.compile(r"\b\d{1,2}\.\d{1,2}\.\d{4}\b|\b\d{4}-\d{2}-\d{2}\b")

SIDES = {"debit": "дебет|debit|дт", "credit": "кредит|credit|кт"}
#: Role of a column by its heading, the first that fits.
ROLES = (
    ("overdue", r"просроч|простроч|overdue"),
    ("opening", r"нач\w*\.? (остат|сальдо)|на начало|opening|початк"),
    ("closing", r"кон\w*\.? (остат|сальдо)|на конец|closing|на кінець"),
    ("debit", r"приход|увеличение|debit|дебет|надходження"),
    ("credit", r"расход|уменьшение|credit|кредит|витрат"),
    ("debt", r"задолженност|долг|заборгован|debt|задължени|open amount"),
)


def level_of(text):
    """Which level a heading of the column of names means, or None."""
    words = " ".join(str(text).lower().split()).strip(" :")
    return next((level for level, names in LEVELS.items() if words in names), None)


def is_total(text):
    """Is this the line of totals?"""
    return bool(TOTAL.fullmatch(text.strip()))


def is_document(text):
    """Does a line of a report name a document? 1C writes its time, contracts have none."""
    if TIME.search(text):
        return True
    return bool(DOCUMENT_KINDS.match(text) and DOCUMENT.search(text))


def parse_document(text):
    """(number, day) of a document as 1C names it; None for what it does not say.

    >>> parse_document("Реализация (акт, накладная) 0000-471326 от 28.10.2026 9:16:07")
    ('0000-471326', datetime.date(2026, 10, 28))
    """
    match = DOCUMENT.search(text)
    if not match:
        return None, None
    try:
        return match["number"].lstrip("№"), parse_date(match["date"])
    except ValueError:
        return match["number"].lstrip("№"), None


def parse_interval(heading):
    """(first, last) day of delay that a column holds; None where it has no end.

    >>> parse_interval("Не просрочено"), parse_interval("До 7 дней")
    ((None, 0), (1, 7))
    >>> parse_interval("8 - 15 дней"), parse_interval("Свыше 30 дней")
    ((8, 15), (31, None))
    """
    text = heading_words(heading)
    if re.search(r"\b(не|not) (просроч|простроч|overdue|due)|\bв срок\b|\bcurrent\b", text):
        return None, 0
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if not numbers or len(numbers) > 2:
        return None
    if len(numbers) == 2:
        return (numbers[0], numbers[1]) if numbers[0] <= numbers[1] else None
    if re.search(r"\b(до|to|under|менее|до)\b", text):
        return 1, numbers[0]
    if re.search(r"\b(свыше|более|больше|понад|over|above|above|над)\b|\+", text + heading):
        return numbers[0] + 1, None
    return None


def role_of(parts):
    """Role of a column from its headings, the upper first: see ROLES; None for others."""
    text = " ".join(" ".join(str(part).lower().split()) for part in parts)
    role = next((role for role, words in ROLES if re.search(words, text)), None)
    if role in ("opening", "closing"):
        for side, words in SIDES.items():
            if re.search(words, text):
                return f"{role}_{side}"
    return role


def parse_report_date(lines):
    """The day up to which a report speaks, from its title lines; None if it says none."""
    for text in lines:
        days = [day for day in map(_day_of_numbers, NUMERIC.findall(text)) if day]
        if days:
            return max(days)
        if day := _day_of_words(text):
            return day
    return None


def _day_of_numbers(text):
    try:
        return parse_date(text)
    except ValueError:
        return None


def _day_of_words(text):
    for day, name, year in DAY_MONTH.findall(text):
        month = _month(name)
        if month and 1 <= int(day) <= calendar.monthrange(int(year), month)[1]:
            return dt.date(int(year), month, int(day))
    for name, year in MONTH_YEAR.findall(text):
        if month := _month(name):
            return dt.date(int(year), month, calendar.monthrange(int(year), month)[1])
    return None


def _month(name):
    for number, roots in enumerate(MONTHS, 1):
        if any(re.match(root, name.lower()) for root in roots):
            return number
    return None


def name_key(name):
    """A firm's name in a form that is equal only for spellings of the same name.

    Quotes, case, spaces and ё are the same; the legal form and what stands in brackets
    are part of the name, so that a branch is not taken for its mother.

    >>> name_key('ООО  «Ромашка»') == name_key('ооо "РОМАШКА"')
    True
    >>> name_key('ООО "Ромашка"') == name_key('ООО "Ромашка" (Тверь)')
    False
    """
    text = re.sub(r"[\"'«»“”„`’]", " ", str(name)).lower().replace("ё", "е")
    text = re.sub(r"\s*([().,;-])\s*", r" \1 ", text)
    return " ".join(text.split())


def tax_id_key(text):
    """A tax number with letters and digits only, in capitals; '' if it has no digits."""
    key = re.sub(r"[\W_]", "", str(text or "")).upper()
    return key if re.search(r"\d", key) else ""
