"""Figures of benches as a table in Markdown, which keeps those of former runs."""

import datetime as dt
import os
from pathlib import Path

from tests.bench import frame

COLUMNS = ("Bench", "Size", "Figure", "Floor", "Ratio", "Target", "Day", "Machine")
HEAD = f"| {' | '.join(COLUMNS)} |"
LINE = f"| --- | {'---: | ' * 4}--- | --- | --- |"
NOTHING = "–"


def update(path: Path, rows: list[dict], size: int, day=None) -> None:
    """Write the rows of a run into the table of a document.

    Every registered bench has a row, in their order; who has not run keeps the row he had.
    The text around the table stays. A bench that failed leaves no figure.

    :raises SystemExit: if the document has no such table
    """
    text = path.read_text()
    before, found, rest = text.partition(HEAD)
    if not found:
        raise SystemExit(f"error: {path} has no table that begins with\n{HEAD}")
    lines = rest.splitlines()[1:]
    length = next((n for n, line in enumerate(lines) if not line.startswith("|")), len(lines))
    known = {name: line for line in lines[1:length] if (name := get_name(line))}
    fresh = {row["name"]: format_row(row, size, day) for row in rows}
    table = [
        fresh.get(one.name) or known.get(one.name) or format_empty(one)
        for one in frame.REGISTRY.values()
    ]
    path.write_text("\n".join([before + HEAD, LINE, *table, *lines[length:]]) + "\n")


def get_name(line: str) -> str:
    """The bench of a row; empty for the line below the headings."""
    name = line.strip("|").split("|")[0].strip()
    return "" if set(name) <= set("-: ") else name


def format_row(row: dict, size: int, day=None) -> str:
    one = frame.REGISTRY[row["name"]]
    day = day or dt.date.today()
    figure, floor = (
        NOTHING if row[key] is None else f"{row[key]:g} {one.unit}" for key in ("value", "floor")
    )
    ratio = NOTHING if row["ratio"] is None else f"{row['ratio']:.2f}"
    verdict = "" if row["ok"] else " (missed)"
    return _join(
        one.name, f"{size:,}".replace(",", " "), figure, floor, ratio,
        (one.target_text() or NOTHING) + verdict, str(day), f"{os.cpu_count()} cores",
    )  # fmt: skip


def format_empty(one: frame.Bench) -> str:
    """A bench that nobody has run at full size yet."""
    nothing = [NOTHING] * 4
    return _join(one.name, *nothing, one.target_text() or NOTHING, NOTHING, NOTHING)


def _join(*cells):
    return f"| {' | '.join(cells)} |"
