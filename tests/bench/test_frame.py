"""The frame of the benches, and every bench once at tiny size, so that none rots."""

import json
import os
import subprocess
import sys

import pytest

from tests.bench import frame, table
from tests.bench.frame import Bench, Result
from tools.setup import databases, paths


def test_targets():
    """A target is reached from the right side; without a value never."""
    ratio = Bench("a", None, max_ratio=1.5)
    assert ratio.reached(3, 1.5) and not ratio.reached(3, 1.51) and not ratio.reached(3, None)
    most = Bench("b", None, unit="MB", at_most=1000)
    assert most.reached(1000, None) and not most.reached(1001, None)
    least = Bench("c", None, unit="x", at_least=20)
    assert least.reached(20, None) and not least.reached(19.9, None)
    assert Bench("d", None).reached(1, None)
    assert not Bench("e", None).reached(None, None)


def test_rows_of_failures(capsys):
    """A bench that fails is a row without value, and the others still run."""

    class NoLab:
        def take_notes(self):
            return ["seen"]

    def fails(_lab):
        raise RuntimeError("no data")

    benches = [Bench("broken", fails), Bench("whole", lambda _lab: Result(3, 2), max_ratio=2)]
    broken, whole = frame.run(benches, NoLab())
    assert broken == {
        "name": "broken", "value": None, "unit": "s", "floor": None, "ratio": None,
        "target": None, "ok": False,
    }  # fmt: skip
    assert (whole["value"], whole["floor"], whole["ratio"], whole["ok"]) == (3, 2, 1.5, True)
    printed = capsys.readouterr()
    assert "FAIL" in printed.out and "seen" in printed.out and "no data" in printed.err


def test_missing_data(capsys):
    """A bench whose data nobody gave is named with the cure, and is neither passed nor missed."""

    def needs_a_file(_lab):
        raise frame.MissingData("give the file")

    assert frame.run([Bench("optional", needs_a_file, at_most=1)], None) == []
    printed = capsys.readouterr()
    assert "optional" in printed.out and "skipped: give the file" in printed.out
    assert not printed.err


def test_registration():
    """Two benches cannot share a name, and one bench has one target."""
    with pytest.raises(ValueError, match="several targets"):
        frame.bench("both", max_ratio=1, at_most=1)(len)
    frame.load()
    name = next(iter(frame.REGISTRY))
    with pytest.raises(ValueError, match="Two benches"):
        frame.bench(name)(len)
    with pytest.raises(SystemExit, match="no bench has a name like NAME='nonesuch'"):
        frame.chosen("nonesuch")


def test_table_of_figures(tmp_path):
    """Figures go into their rows; others keep theirs, new benches come, forgotten ones go."""
    frame.load()
    names = list(frame.REGISTRY)[:2]
    known = table.format_row(_row(names[1]), 100_000, "2026-01-02")
    document = tmp_path / "speed.md"
    gone = known.replace(names[1], "gone")
    document.write_text("\n".join(["Before", table.HEAD, table.LINE, gone, known, "", "After\n"]))
    table.update(document, [_row(names[0], 2.5, 2)], 10_000, "2026-02-03")
    lines = document.read_text().splitlines()
    assert lines[:3] == ["Before", table.HEAD, table.LINE] and lines[-2:] == ["", "After"]
    assert [table.get_name(line) for line in lines[3:-2]] == list(frame.REGISTRY)
    for part in (names[0], "10 000", "2.5", "1.25", "2026-02-03", f"{os.cpu_count()} cores"):
        assert part in lines[3]
    assert lines[4] == known and lines[5].count(table.NOTHING) >= 6
    document.write_text("no table")
    with pytest.raises(SystemExit, match="has no table"):
        table.update(document, [], 100)


def _row(name, value=1, floor=None):
    return frame.make_row(frame.REGISTRY[name], Result(value, floor))


def test_table_has_all_benches():
    """docs/speed.md has a row of each bench; ``make bench TABLE=docs/speed.md`` adds new ones."""
    frame.load()
    lines = (paths.REPO / "docs" / "speed.md").read_text().split(table.HEAD)[1].splitlines()
    named = [table.get_name(line) for line in lines if line.startswith("|")]
    assert sorted(filter(None, named)) == sorted(frame.REGISTRY)


def test_all_benches_run(tmp_path):
    """Each bench runs on a few customers and gives a figure; speed is not judged."""
    report = tmp_path / "bench.json"
    command = [sys.executable, "-m", "tests.bench", "--smoke", "--size=300", f"--json={report}"]
    env = {**os.environ, **databases.odoo_env()}
    done = subprocess.run(
        command, cwd=paths.REPO, env=env, capture_output=True, text=True, check=False
    )
    said = f"{done.stdout[-4000:]}\n{done.stderr[-6000:]}"
    assert report.exists(), said
    rows = json.loads(report.read_text())
    assert [row["name"] for row in rows if row["value"] is None] == [], said
