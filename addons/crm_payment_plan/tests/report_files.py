"""Debt reports as 1C saves them, made for the tests: nothing here comes from a customer.

What is copied from real exports are their oddities: the part of texts named with a capital
S, a dimension of one cell, three lines of headings with merges, outline levels or none,
numbers as text with hard spaces, BIFF workbooks and web pages under the name .xls.
"""

import io
import zipfile
from collections import namedtuple

import openpyxl
import xlwt

Doc = namedtuple("Doc", "customer contract name amount interval")
INTERVALS = ("Не просрочено", "До 7 дней", "8 - 15 дней", "16 - 30 дней", "Свыше 30 дней")
CONTRACT = "Основной договор № 7/2026 от 12.01.2026"
ORGANISATION = 'ООО "Наша Организация"'
DAY = "20 ноября 2026 г."


def doc(customer, number, day, amount, interval=0, contract=CONTRACT):
    """A document of the report; ``interval`` is its place in INTERVALS."""
    name = f"Реализация (акт, накладная, УПД) {number} от {day} 9:16:07"
    return Doc(customer, contract, name, amount, interval)


def ageing_rows(docs, day=DAY, total=None, filtered=None):
    """(level, cells) of the report of debts by age."""
    rows = [
        (0, [ORGANISATION]),
        (0, [f"Задолженность покупателей по срокам долга на {day}"]),
        (0, ["Выводимые данные:", None, "БУ (данные бухгалтерского учета)"]),
        (0, [filtered or "Отбор:", None, 'Счет Равно "62.01"']),
        (0, []),
        (0, ["Покупатель", None, "Задолженность", "Просрочено", "Интервалы задолженности"]),
        (0, ["Договор", None, None, None, *INTERVALS]),
        (0, ["Документ расчетов с покупателем"]),
    ]
    for customer in dict.fromkeys(doc.customer for doc in docs):
        mine = [doc for doc in docs if doc.customer == customer]
        rows.append((0, [customer, None, *sums(mine)]))
        for contract in dict.fromkeys(doc.contract for doc in mine):
            theirs = [doc for doc in mine if doc.contract == contract]
            rows.append((1, [contract, None, *sums(theirs)]))
            rows += [(2, [doc.name, None, *sums([doc])]) for doc in theirs]
    rows.append((0, ["Итого", None, *(total or sums(docs))]))
    rows += [(0, []), (0, ["Ответственный:", None, "Петрова П. П."])]
    return rows


def sums(docs):
    """Debt, overdue and intervals of documents; nothing where it is zero."""
    parts = [round(sum(d.amount for d in docs if d.interval == place), 2) for place in range(5)]
    debt, late = round(sum(parts), 2), round(sum(parts[1:]), 2)
    return [value or None for value in (debt, late, *parts)]


def statement_rows(balances, wrong=0.0):
    """(level, cells) of a statement of settlements: {customer: (opening, debit, credit)}."""
    rows = [
        (0, ["Ведомость по взаиморасчетам с контрагентами"]),
        (0, ["Период: 01.10.2026 - 31.10.2026"]),
        (0, ["Группировки: Контрагент, Договор, Документ движения (регистратор)"]),
        (0, []),
        (0, ["Контрагент", None, "Сумма"]),
        (0, ["Договор", None, "Нач. остаток", "Приход", "Расход", "Кон. остаток"]),
        (0, ["Документ движения (регистратор)"]),
    ]
    every = [round(sum(column), 2) for column in zip(*balances.values(), strict=True)]
    rows.append((0, ["Покупатели", None, *_balance(*every)]))
    for customer, (opening, debit, credit) in balances.items():
        balance = _balance(opening, debit, credit)
        rows.append((1, [customer, None, *balance[:3], round(balance[3] + wrong, 2)]))
        rows.append((2, ["Без договора", None, *balance]))
        name = "Реализация товаров и услуг ТК00-000123 от 05.10.2026 12:00:01"
        rows.append((3, [name, None, None, debit]))
        name = "Поступление на расчетный счет 000000045 от 19.10.2026 0:00:00"
        rows.append((3, [name, None, None, None, credit]))
    rows.append((0, ["Итог", None, *_balance(*every)]))
    return rows


def _balance(opening, debit, credit):
    return [opening, debit, credit, round(opening + debit - credit, 2)]


def trial_balance_rows(balances):
    """(level, cells) of the trial balance of account 62: {customer: (opening, debit, credit)}."""
    rows = [
        (0, [ORGANISATION]),
        (0, ["Оборотно-сальдовая ведомость по счету 62 за Октябрь 2026 г."]),
        (0, []),
        (0, ["Счет", "Сальдо на начало периода", None, "Обороты за период", None,
             "Сальдо на конец периода", None]),
        (0, ["Контрагенты", *["Дебет", "Кредит"] * 3]),
    ]  # fmt: skip
    lines = {name: _sides(*values) for name, values in balances.items()}
    every = [round(sum(filter(None, column)), 2) for column in zip(*lines.values(), strict=True)]
    rows += [(0, ["62", *every]), (1, ["62.01", *every])]
    rows += [(2, [name, *values]) for name, values in lines.items()]
    rows.append((0, ["Итого", *every]))
    return rows


def _sides(opening, debit, credit):
    closing = round(opening + debit - credit, 2)
    sides = [(value, None) if value >= 0 else (None, -value) for value in (opening, closing)]
    return [*sides[0], debit, credit, *sides[1]]


def as_text(rows, space="\u00a0"):
    """The numbers as 1C writes them into texts: 1 234,50."""

    def text(cell):
        if not isinstance(cell, float | int):
            return cell
        return f"{cell:,.2f}".replace(",", space).replace(".", ",")

    return [(level, [text(cell) for cell in cells]) for level, cells in rows]


def xlsx(rows, odd=True, levels=True):
    """A workbook; ``odd`` with the part names and dimension of 1C."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "TDSheet"
    for number, (level, cells) in enumerate(rows, 1):
        for column, cell in enumerate(cells, 1):
            if cell is not None:
                sheet.cell(number, column, cell)
        if level and levels:
            sheet.row_dimensions[number].outlineLevel = level
    file = io.BytesIO()
    book.save(file)
    return _as_1c(file.getvalue()) if odd else file.getvalue()


def _as_1c(content):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for item in old.infolist():
            part = old.read(item)
            if item.filename.startswith("xl/worksheets/"):
                start = part.index(b"<dimension")
                part = part[:start] + b'<dimension ref="A1"' + part[part.index(b"/>", start) :]
            new.writestr(item.filename.replace("sharedStrings", "SharedStrings"), part)
    return file.getvalue()


def xls(rows, levels=True):
    """A BIFF workbook."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("TDSheet")
    for number, (level, cells) in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(number, column, cell)
        if level and levels:
            sheet.row(number).level = level
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def page(rows):
    """A web page in windows-1251, which people send under the name .xls."""
    lines = "".join(
        "<tr>" + "".join(f"<td>{'' if cell is None else cell}</td>" for cell in cells) + "</tr>"
        for _level, cells in as_text(rows, "&#8239;")
    )
    head = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'
    return f"<html><head>{head}</head><body><table>{lines}</table></body></html>".encode("cp1251")


def table_csv(rows, headers=None):
    """A plain table: customer, INN, document, date, due date, amount, paid."""
    headers = headers or (
        "Контрагент", "ИНН", "Документ", "Дата документа", "Срок оплаты", "Сумма", "Оплачено",
    )  # fmt: skip
    return "\n".join(";".join(map(str, row)) for row in [headers, *rows]).encode("cp1251")
