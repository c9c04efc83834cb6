"""Weekly files of a whole history of invoices, taken one after the other as accounting sends them.

``make bench NAME=replay RECEIVABLES=FILE.csv`` writes, for every Friday of the history that
``payer_history`` reads, the file of what was open on that day, applies them in order, and
compares what the product knows at the end with the history: on which day each debt was settled,
what is still open, and the class of each payer by the files with that by the true days.
"""

import base64
import csv
import datetime as dt
import os
from pathlib import Path

from tests.bench import payer_history
from tests.bench.frame import MissingData, bench

FRIDAY = 5
WEEK = dt.timedelta(days=7)
HEADERS = "Customer;Tax ID;Document;Document date;Due date;Amount;Debt"


def read_invoices(path):
    """Dicts of customer, number, date, due, paid and amount of the history."""
    rows = []
    with open(path, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            due, paid = (
                dt.datetime.strptime(row[name], payer_history.DAY).date() if row[name] else None
                for name in ("DueDate", "SettledDate")
            )
            issued = row.get("InvoiceDate")
            issued = dt.datetime.strptime(issued, payer_history.DAY).date() if issued else None
            rows.append(
                {"customer": row["customerID"], "number": row["invoiceNumber"], "due": due,
                 "paid": paid, "date": issued or due - dt.timedelta(days=30),
                 "amount": float(row["InvoiceAmount"])}
            )  # fmt: skip
    return rows


def fridays(rows):
    """From the first week of the history to the one in which all is settled."""
    first = min(row["date"] for row in rows)
    last = max(row["paid"] or row["due"] for row in rows)
    day = first + dt.timedelta(days=(FRIDAY - first.isoweekday()) % 7)
    days = [day]
    while days[-1] < last:
        days.append(days[-1] + WEEK)
    return days


def content(rows, day):
    """The file of a day: debts open on it, or None when there is none."""
    lines = [
        f"{row['customer']};{row['customer']};{row['number']};{row['date']};{row['due']};"
        f"{row['amount']:.2f};{row['amount']:.2f}"
        for row in rows
        if row["date"] <= day and (row["paid"] is None or row["paid"] > day)
    ]
    return "\n".join([HEADERS, *lines]).encode() if lines else None


def take(env, text, day):
    file = env["crm.receivable.import"].create(
        {"file": base64.b64encode(text), "file_name": f"{day}.csv", "date": day}
    )
    file.digest = str(day)
    file._read_or_refuse()
    if file.state == "columns":
        file._learn_layout()
        file._read_or_refuse()
    assert file.state == "preview", file.message
    file.is_partial = False
    file._apply()
    assert file.state == "done", file.message


def replay(lab, path):
    """Figures of the comparison, in per cent; see the benches."""
    rows = read_invoices(path)
    days = fridays(rows)
    with lab.env(database=lab.fresh()) as env:
        names = sorted({row["customer"] for row in rows})
        partners = env["res.partner"].create(
            [{"name": name, "is_company": True, "vat": name} for name in names]
        )
        env.flush_all()
        taken = []
        for day in days:
            text = content(rows, day)
            if text:
                take(env, text, day)
                taken.append(day)
        env.invalidate_all()
        figures = compare(env, rows, dict(zip(names, partners, strict=True)), taken)
        env.cr.rollback()
    lab.note(f"{len(rows)} invoices of {len(names)} customers in {len(taken)} files")
    return figures


def compare(env, rows, partners, days):
    """Shares of debts settled within a week, kept and open as they truly are; of classes."""
    items = {item.number: item for item in env["crm.receivable.item"].search([])}
    # Who pays within the week of the invoice never stands in a file.
    shown = [row for row in rows if any(row["date"] <= day and (
        row["paid"] is None or day < row["paid"]) for day in days)]  # fmt: skip
    in_time = right = 0
    for row in shown:
        item = items.get(row["number"])
        if not item:
            continue
        settled = row["paid"] is not None and row["paid"] <= days[-1]
        right += item.state == ("settled" if settled else "open")
        late = (item.settled_date - row["paid"]).days if settled and item.settled_date else 0
        in_time += 0 <= late <= WEEK.days
    return {
        "kept": 100 * sum(row["number"] in items for row in shown) / len(shown),
        "right": 100 * right / len(shown),
        "in time": 100 * in_time / len(shown),
        "class": 100 * same_classes(env, shown, partners, days),
    }


def same_classes(env, rows, partners, days):
    """Share of payers whose class by the files is that by the true days.

    Judged on the last day of each half year, when there is a year of debts to judge by.
    """
    payer = payer_history.formula()
    limits = payer.Thresholds()
    parts = {}
    for row in rows:
        part = payer.Part(row["number"], row["amount"], row["due"], row["paid"])
        parts.setdefault(row["customer"], []).append(part)
    found = [day for day in days if day.month in (6, 12) and (day + WEEK).month not in (6, 12)]
    same = count = 0
    rule = env["crm.payer.rule"]._get_of_company(env.company)
    Payer = env["crm.payer.discipline"]
    for day in found:
        seen = Payer._get_all_figures(env.company, day, rule, limits)
        for customer, own in parts.items():
            known = seen.get(partners[customer].id, payer.Figures())
            true = payer.figures(own, day, limits)
            same += payer.classify(known, limits) == payer.classify(true, limits)
            count += 1
    return same / max(count, 1)


def figures(lab):
    path = os.environ.get(payer_history.VARIABLE)
    if not path:
        raise MissingData(f"give a history of invoices: {payer_history.VARIABLE}=FILE.csv")
    if not Path(path).is_file():
        raise FileNotFoundError(f"{payer_history.VARIABLE}={path}: there is no such file")
    return lab.once(("replay", path), lambda: replay(lab, path))


@bench("replay: debts that the files showed and the product kept", unit="%", at_least=100)
def kept(lab):
    return figures(lab)["kept"]


@bench("replay: debts open or settled as they truly are", unit="%", at_least=100)
def right(lab):
    return figures(lab)["right"]


@bench("replay: debts settled within a week of their payment", unit="%", at_least=100)
def in_time(lab):
    return figures(lab)["in time"]


# A file tells the day of a payment to the week only; at the limits of a class it may decide.
@bench("replay: payers whose class is that by the true days", unit="%", at_least=90)
def classes(lab):
    return figures(lab)["class"]
