"""Ten thousand runs under three workers and a server that are killed at random."""

import tempfile
from pathlib import Path

from tests import soaking
from tests.bench.frame import bench

RUNS, KILLS, WORKERS = 10_000, 60, 3


@bench("soak: 10 000 runs, programs killed 60 times", unit="runs/s", smoke=False)
def soak(lab):
    """Fails if any token, task, wait, job or effect is lost or doubled."""
    with tempfile.TemporaryDirectory() as folder:
        one = soaking.Soak(lab.fresh(), Path(folder), RUNS, KILLS, WORKERS)
        report = one.run(timeout=6 * 3600)
    if report.trouble:
        raise AssertionError("\n".join(report.trouble[:20]))
    lab.note(f"{report.size} runs, {report.kills} kills, {report.seconds:.0f} s, nothing lost")
    return report.size / report.seconds
