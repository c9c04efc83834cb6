"""Does the payer's class tell how he will pay? Judged on a history of invoices.

``python -m tests.bench.payer_history FILE.csv`` reads columns customerID, invoiceNumber,
DueDate, InvoiceAmount, SettledDate (month/day/year) and Disputed, as in IBM's public sample
of receivables, which is neither shipped nor downloaded here. On the last day of each half
year it classes every customer by what was known then, and prints what the next half year
brought: share of the amount that came later than the grace, and days late by amount.
"""

import csv
import datetime as dt
import importlib.util
import sys
from collections import defaultdict

from tools.setup import paths

DAY = "%m/%d/%Y"
CLASSES = ("strict", "hesitant", "disloyal", "unrated")


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


def main(path):
    payer = formula()
    limits = payer.Thresholds()
    parts = read(path, payer.Part)
    print(f"{len(parts)} customers, {sum(map(len, parts.values()))} invoices")
    for day in ends_of_half_years(parts):
        for name, (count, late, days) in judge(parts, day, payer, limits).items():
            print(f"{day}  {name:<9} {count:>5} customers  {late:>4.0%} late  {days:>4.1f} days")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
