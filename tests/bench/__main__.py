"""``python -m tests.bench``: what ``make bench`` runs after the set-up."""

import argparse
import signal
import sys
from pathlib import Path

from tests.bench import frame, table
from tests.bench.lab import Lab


def main() -> int:
    options = _options()
    # Stopped by 'kill' it drops its databases, as when stopped by Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(143))
    frame.load()
    benches = frame.chosen(options.name, options.smoke)
    with Lab(options.size, tiny=options.smoke) as lab:
        rows = frame.run(benches, lab)
    frame.write_json(rows, options.json)
    if options.table:
        table.update(options.table, rows, options.size)
    missed = [row["name"] for row in rows if not row["ok"]]
    print(f"\n{len(rows)} benches, {len(missed)} missed their target; figures: {options.json}")
    return 1 if missed else 0


def _options():
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--name", default="", help="only benches whose name has this")
    parser.add_argument("--size", type=_size, default=100_000, help="customers")
    parser.add_argument("--smoke", action="store_true", help="only see that they run")
    parser.add_argument("--json", type=Path, default=Path("bench.json"))
    parser.add_argument("--table", type=Path, help="document whose table gets the figures")
    return parser.parse_args()


def _size(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if not 100 <= number <= 10_000_000:
        raise argparse.ArgumentTypeError(f"SIZE={text}: customers, a number from 100 to 10000000")
    return number


if __name__ == "__main__":
    sys.exit(main())
