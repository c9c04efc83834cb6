"""The weekly files that the replay makes of a history of invoices."""

import csv
import datetime as dt

import pytest

from tests.bench import receivable_replay
from tests.bench.frame import MissingData
from tests.bench.lab import Lab

HEADER = "customerID invoiceNumber InvoiceDate DueDate InvoiceAmount SettledDate".split()
INVOICES = (
    ("A", "1", "01/01/2013", "01/31/2013", "10.50", "01/10/2013"),
    ("A", "2", "01/02/2013", "02/01/2013", "20", "01/03/2013"),
    ("B", "3", "01/08/2013", "02/07/2013", "30", ""),
)


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "history.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *INVOICES])
    return path


def test_files(history):
    """PF-20: a file a Friday, of what is open on it; paid within the week stands in none."""
    rows = receivable_replay.read_invoices(history)
    days = receivable_replay.fridays(rows)
    assert days[0] == dt.date(2013, 1, 4)
    assert days[-1] >= dt.date(2013, 2, 7)
    numbers = []
    for day in days[:2]:
        lines = receivable_replay.content(rows, day).decode().splitlines()[1:]
        numbers.append([line.split(";")[2] for line in lines])
    assert numbers == [["1"], ["3"]]
    assert receivable_replay.content(rows[:2], dt.date(2013, 2, 1)) is None


def test_without_history(monkeypatch):
    """Skipped without a file, a wrong path is an error."""
    monkeypatch.delenv("RECEIVABLES", raising=False)
    with pytest.raises(MissingData, match="RECEIVABLES=FILE"):
        receivable_replay.figures(Lab(100))
    monkeypatch.setenv("RECEIVABLES", "/nowhere.csv")
    with pytest.raises(FileNotFoundError, match="/nowhere.csv"):
        receivable_replay.figures(Lab(100))
