"""A whole night in a process of its own: time, memory, growth."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.bench import dataset, stock
from tests.bench.frame import Result, bench

MEGABYTE = 1e6


def night(lab, size=None) -> dict:
    """The sweep of the night on a fresh copy, as a cron worker would run it."""
    size = size or lab.large
    return lab.once(("night", size), lambda: run_night(lab, size))


def run_night(lab, size) -> dict:
    database = lab.night_database(size)
    command = [sys.executable, "-m", "tests.bench.core_night", database]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
    stock.drop(database)
    if done.returncode:
        raise AssertionError(f"The night failed:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def main(database: str) -> None:
    """Child process: one night, then one line of JSON."""
    from tests.bench.lab import boot
    from tests.running import environment

    boot()
    with environment(database, commit=True) as env:
        before = _status("VmRSS")
        started = time.perf_counter()
        run = env["crm.nightly.run"]._run_night(env.company, dataset.NIGHT, "replay")
        env.flush_all()
        report = {
            "seconds": time.perf_counter() - started,
            "before": before,
            "peak": _status("VmHWM"),
            "state": run.state,
            "stages": [
                [stage.code, stage.duration, stage.created, stage.message or ""]
                for stage in run.stage_ids
            ],
            "issues": run.issue_ids[:5].mapped("message"),
        }
    print(json.dumps(report))


def _status(name: str) -> int:
    """Bytes; the process's own peak, not that of the one it was forked from."""
    text = Path("/proc/self/status").read_text()
    return int(re.search(rf"^{name}:\s+(\d+) kB", text, re.M)[1]) * 1024


@bench("night: whole sweep")
def night_time(lab):
    found = night(lab)
    for code, took, created, message in found["stages"]:
        lab.note(f"{code:<12} {took:7.2f} s {created:>7} made  {message}")
    if found["state"] != "done":
        raise AssertionError(f"The night ended as {found['state']}: {found['issues']}")
    return found["seconds"]


@bench("night: peak memory of the process", unit="MB", at_most=1000)
def night_memory(lab):
    found = night(lab)
    lab.note(f"before the sweep {found['before'] / MEGABYTE:.0f} MB")
    return found["peak"] / MEGABYTE


@bench("night: linear from small to large", unit="us/cust.", max_ratio=1.5)
def night_linear(lab):
    large, small = night(lab), night(lab, lab.small)
    return Result(large["seconds"] / lab.large * 1e6, small["seconds"] / lab.small * 1e6)


if __name__ == "__main__":
    main(sys.argv[1])
