"""``make ledger``: verify the daily order ledger of a database, or rebuild it.

    make ledger                     verify the database of 'make run'
    make ledger DO=rebuild          derive it anew, then verify
    python3 -m tools.ledger verify --database crmbpm --company 1

Ends with 1 when the ledger differs from orders and transactions.
"""

import argparse
import json
import os
import subprocess
import sys

from tools.run import DATABASE
from tools.setup import databases, paths, postgres
from tools.setup.shell import SetupError, fail, only_one, say

SHOWN = 20
MARK = "LEDGER RESULT "
CODE = """
import json, time
started = time.monotonic()
ledger = env["crm.order.day"]
if {rebuild}:
    ledger.rebuild_ledger({companies})
    env.cr.commit()
differences = ledger.verify_ledger({companies})
env.cr.commit()
ledger.flush_model()
env.cr.execute("SELECT count(*) FROM crm_order_day")
print("{mark}" + json.dumps({{
    "differences": differences,
    "days": env.cr.fetchone()[0],
    "seconds": time.monotonic() - started,
}}))
"""


def main() -> None:
    options = _parse()
    with only_one("setup"):
        postgres.start_postgres()
    if not databases.exists(options.database):
        raise SetupError(
            f"There is no database {options.database}: make run makes it, DATABASE= names another."
        )
    result = _run(options)
    say(f"{options.database}: {result['days']} order days, {result['seconds']:.1f} s")
    for difference in result["differences"][:SHOWN]:
        say("  company {company_id}, {partner} ({partner_id}), {day}: expected {expected}, "
            "found {found}".format(**difference))  # fmt: skip
    if result["differences"]:
        say(f"{len(result['differences'])} day(s) differ. Cure: make ledger DO=rebuild")
        sys.exit(1)
    say("The ledger agrees with all orders and transactions.")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Verify or rebuild the daily order ledger.")
    parser.add_argument("do", choices=("verify", "rebuild"), nargs="?", default="verify")
    parser.add_argument("--database", default=DATABASE)
    parser.add_argument("--company", type=int, action="append", help="id; default: all")
    return parser.parse_args()


def _run(options: argparse.Namespace) -> dict:
    code = CODE.format(rebuild=options.do == "rebuild", companies=options.company, mark=MARK)
    command = [paths.VENV_PYTHON, "-m", "odoo", "shell", "-d", options.database, "--no-http"]
    process = subprocess.run(
        [str(part) for part in command],
        input=code,
        capture_output=True,
        text=True,
        cwd=paths.REPO,
        env={**os.environ, **databases.odoo_env()},
        check=False,
    )
    for line in process.stdout.splitlines():
        if MARK in line:
            return json.loads(line.split(MARK, 1)[1])
    tail = "\n".join((process.stderr or process.stdout).strip().splitlines()[-8:])
    raise SetupError(f"Odoo could not work on {options.database}:\n{tail}")


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        fail(error)
