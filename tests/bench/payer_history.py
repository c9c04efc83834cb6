"""Does the payer's class tell how he will pay? Judged on a history of invoices.

``python -m tests.bench.payer_history FILE.csv`` reads columns customerID, invoiceNumber,
DueDate, InvoiceAmount, SettledDate (month/day/year) and Disputed, as in IBM's public sample
of receivables, which is neither shipped nor downloaded here. On the last day of each half
year it classes every customer by what was known then, and prints what the next half year
brought: share of the amount that came later than the grace, and days late by amount.

``make bench NAME=discipline RECEIVABLES=FILE.csv`` holds the same figures against what the
study of the formula found on the whole sample; without a file these benches are skipped.
"""

import csv
import datetime as dt
import importlib.util
import os
import sys
from collections import defaultdict
from pathlib import Path

from tests.bench.frame import MissingData, bench
from tools.setup import paths

DAY = "%m/%d/%Y"
CLASSES = ("strict", "hesitant", "disloyal", "unrated")
#: Names the file; ``make`` hands RECEIVABLES=FILE on to what it runs.
VARIABLE = "RECEIVABLES"
#: What the study found on all 100 customers: share of the customers in each class.
STUDY = {
    dt.date(2012, 12, 31): {"strict": 0.53, "hesitant": 0.30, "disloyal": 0.10, "unrated": 0.07},
    dt.date(2013, 6, 30): {"strict": 0.54, "hesitant": 0.31, "disloyal": 0.07, "unrated": 0.08},
}


def formula():
    """The product's own formula, without Odoo."""
    path = paths.REPO / "addons" / "crm_payment_plan" / "lib" / "payer_discipline.py"
    spec = importlib.util.spec_from_file_location("payer_discipline", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def read(path, part):
    """{customer: [(part of a debt, disputed)]}; open invoices have no day of payment."""
    parts = defaultdict(list)
    with open(path, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            due, paid = (
                dt.datetime.strptime(row[name], DAY).date() if row[name] else None
                for name in ("DueDate", "SettledDate")
            )
            debt = part(row["invoiceNumber"], float(row["InvoiceAmount"]), due, paid)
            parts[row["customerID"]].append((debt, row.get("Disputed") == "Yes"))
    return parts


def ends_of_half_years(parts):
    """Days with a half year of invoices before and after them."""
    dues = [part.due for parts_of_one in parts.values() for part, _disputed in parts_of_one]
    days = [
        dt.date(year, month, day)
        for year in range(min(dues).year, max(dues).year + 1)
        for month, day in ((6, 30), (12, 31))
    ]
    half = dt.timedelta(days=182)
    return [day for day in days if min(dues) + half <= day and day + half <= max(dues)]


def judge(parts, day, payer, limits):
    """{class: (customers, late share of the next half year, days late by amount)}."""
    totals = {name: [0, 0.0, 0.0, 0.0] for name in CLASSES}
    until = day + dt.timedelta(days=184)
    for parts_of_one in parts.values():
        known = [part for part, disputed in parts_of_one if not disputed]
        total = totals[payer.classify(payer.figures(known, day, limits), limits)]
        total[0] += 1
        for part, _disputed in parts_of_one:
            if day < part.due <= until and part.paid:
                late = (part.paid - part.due).days
                total[1] += part.amount
                total[2] += part.amount * (late > limits.grace)
                total[3] += part.amount * max(late, 0)
    return {
        name: (count, late / (amount or 1), days / (amount or 1))
        for name, (count, amount, late, days) in totals.items()
    }


def table(path):
    """{day: {class: (customers, late share, days late)}} of a history."""
    payer = formula()
    limits = payer.Thresholds()
    parts = read(path, payer.Part)
    return parts, {day: judge(parts, day, payer, limits) for day in ends_of_half_years(parts)}


def describe(rows):
    for day, classes in rows.items():
        for name, (count, late, days) in classes.items():
            yield f"{day}  {name:<9} {count:>5} customers  {late:>4.0%} late  {days:>4.1f} days"


# Held against the study ----------------------------------------------------
def shares(lab, name):
    """Late shares of a class, in percent of the amount, on each of the days."""
    return [100 * classes[name][1] for classes in history(lab).values()]


def history(lab):
    path = os.environ.get(VARIABLE)
    if not path:
        raise MissingData(f"give a history of invoices: {VARIABLE}=FILE.csv")
    if not Path(path).is_file():
        raise FileNotFoundError(f"{VARIABLE}={path}: there is no such file")
    return lab.once(("payer history", path), lambda: measured(lab, path))


def measured(lab, path):
    _parts, rows = table(path)
    for line in describe(rows):
        lab.note(line)
    return rows


@bench("discipline: late share of strict payers, most", unit="%", at_most=15)
def strict_late(lab):
    return max(shares(lab, "strict"))


@bench("discipline: late share of hesitant payers, least", unit="%", at_least=30)
def hesitant_least(lab):
    return min(shares(lab, "hesitant"))


@bench("discipline: late share of hesitant payers, most", unit="%", at_most=50)
def hesitant_most(lab):
    return max(shares(lab, "hesitant"))


@bench("discipline: late share of disloyal payers, least", unit="%", at_least=55)
def disloyal_late(lab):
    return min(shares(lab, "disloyal"))


@bench("discipline: share of a class, distance from the study", unit="points", at_most=5)
def class_shares(lab):
    """The largest difference on the study's two days; a part of its customers will do."""
    rows = history(lab)
    distances = []
    for day, expected in STUDY.items():
        total = sum(count for count, _late, _days in rows[day].values())
        distances += [abs(100 * (rows[day][name][0] / total - expected[name])) for name in expected]
    return max(distances)


def main(path):
    parts, rows = table(path)
    print(f"{len(parts)} customers, {sum(map(len, parts.values()))} invoices")
    print(*describe(rows), sep="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
