"""Thousands of runs under three workers and a server that are killed at random.

``make bench NAME=soak``: ten thousand runs, 60 kills; SIZE=5000 makes it 500 runs. Broken
off (Ctrl-C, a closed terminal) it goes on where it stood when it is started again with the
same source; its database stays until it has ended well.
"""

from tests import soaking
from tests.bench import stock
from tests.bench.frame import bench
from tools.setup import paths

#: Runs per kill; workers, and how many of them act without activities, as programs do.
PER_KILL, WORKERS, QUIET = 165, 3, 2


@bench("soak: 10 000 runs, programs killed 60 times", unit="runs/s", smoke=False)
def soak(lab):
    """Fails if any token, task, wait, job or effect is lost or doubled."""
    runs = lab.small
    database, folder = stock.soak_database(runs), paths.LOGS / f"soak_{runs}"
    folder.mkdir(parents=True, exist_ok=True)
    one = soaking.Soak(
        database, folder, runs, max(runs // PER_KILL, 6), WORKERS, QUIET,
        tell=lambda line: print(f"  {line}", flush=True),
    )  # fmt: skip
    report = one.run(timeout=6 * 3600)
    for line in report.lines():
        lab.note(line)
    if report.trouble:
        raise AssertionError(f"{len(report.trouble)} contradictions; database {database} is kept")
    stock.drop(database)
    return report.size / report.seconds
