"""Reports without a single line under their title: nobody owes.

An accounting program that finds no debts writes the title of the report and what it was
asked for, often without headings. A report that was never generated has no title either,
and says nothing about debts.
"""

import re

from odoo.addons.crm_bpm_core.lib.table_values import parse_number, parse_text

from .receivable_report import Report, narrows
from .receivable_words import parse_report_date

#: More lines than a title and its filters have.
TITLE_LINES = 15
TITLES = {
    "ageing": re.compile(
        r"задолженност\w* (покупател|контрагент|клиент|дебитор)|"
        r"заборгован\w* (покупц|контрагент|клієнт)|aged receivable|debts? by age",
        re.IGNORECASE,
    ),
    "statement": re.compile(
        r"ведомость по (взаиморасч|расч[её]т)\w*|відомість (по|за) (взаєморозрахунк|розрахунк)|"
        r"statement of settlements",
        re.IGNORECASE,
    ),
    "trial_balance": re.compile(
        r"оборотно-сальдов\w+ ведомость по сч[её]ту 62|"
        r"оборотно-сальдова відомість (по|за) рахунк\w+ 36",
        re.IGNORECASE,
    ),
}


def read_titles(sheet):
    """The report that has only its title, with its day, and nothing under it; or None.

    One figure anywhere, and it is a report that is not understood, not an empty one.
    """
    titles = []
    for cells in sheet.lines():
        filled = [cell for cell in cells if parse_text(cell)]
        if any(map(_is_number, filled)):
            return None
        if filled:
            titles.append(" ".join(map(parse_text, filled)))
        if len(titles) > TITLE_LINES:
            return None
    kind = next(
        (kind for kind, words in TITLES.items() if any(map(words.search, titles[:3]))), None
    )
    day = parse_report_date(titles)
    if not kind or not day:
        return None
    filtered = next(filter(narrows, titles), "")
    return Report(kind=kind, date=day, title=titles[0], debts=[], total=0, filtered=filtered)


def _is_number(cell):
    try:
        parse_number(cell)
    except (ValueError, TypeError):
        return False
    return True
