"""The judgement of the payer's class, on a small history made here."""

import csv
import datetime as dt

import pytest

from tests.bench import payer_history
from tests.bench.frame import MissingData
from tests.bench.lab import Lab

#: Days late of a customer's invoices, one a month: who always is on time, sometimes, never.
HABITS = {"strict": [0], "hesitant": [0, 0, 0, 20], "disloyal": [25]}
HEADER = "customerID invoiceNumber DueDate InvoiceAmount SettledDate Disputed".split()


@pytest.fixture
def sample(tmp_path):
    path = tmp_path / "history.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for habit, lates in HABITS.items():
            for month in range(25):
                due = dt.date(2012 + month // 12, month % 12 + 1, 5)
                paid = due + dt.timedelta(days=lates[month % len(lates)])
                days = (f"{day:%m/%d/%Y}" for day in (due, paid))
                writer.writerow([habit, f"{habit}-{month}", next(days), 100, next(days), "No"])
            writer.writerow([habit, f"{habit}-x", "02/01/2012", 900, "12/01/2013", "Yes"])
    return path


def test_table(sample):
    """PF-17: the class of a day rests on what was known then; disputed invoices rate nobody."""
    parts, rows = payer_history.table(sample)
    assert {len(invoices) for invoices in parts.values()} == {26}
    assert list(rows) == [dt.date(2012, 12, 31), dt.date(2013, 6, 30)]
    for classes in rows.values():
        assert {name: count for name, (count, *_rest) in classes.items()} == {
            "strict": 1, "hesitant": 1, "disloyal": 1, "unrated": 0,
        }  # fmt: skip
        assert classes["strict"][1:] == (0, 0)
        assert 0 < classes["hesitant"][1] < 0.5
        assert classes["disloyal"][1:] == (1, 25)


def test_benches_of_the_file(sample, monkeypatch):
    """Held against the study when a file is given; else skipped, and a wrong path is an error."""
    lab = Lab(100)
    monkeypatch.delenv("RECEIVABLES", raising=False)
    with pytest.raises(MissingData, match="RECEIVABLES=FILE"):
        payer_history.strict_late(lab)
    monkeypatch.setenv("RECEIVABLES", "/nowhere.csv")
    with pytest.raises(FileNotFoundError, match="/nowhere.csv"):
        payer_history.strict_late(lab)
    monkeypatch.setenv("RECEIVABLES", str(sample))
    assert payer_history.strict_late(lab) == 0
    assert payer_history.disloyal_late(lab) == 100
    assert payer_history.hesitant_least(lab) <= payer_history.hesitant_most(lab) < 50
    assert payer_history.class_shares(lab) > 20  # three customers are no study
    assert len(lab.take_notes()) == 8
