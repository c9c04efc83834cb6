"""``make replay DB=shop FROM=2025-01-01 TO=2025-12-31``: play the nights of a period.

DATA=cj or DATA=cdnow plays a public log of transactions instead (see
tests/bench/real_data.py): it is imported first, through the product's own import.
Works on a copy of the database, so that nothing of it changes; the copy is dropped
afterwards unless KEEP=1. Prints alarms, calls and outcomes by month, and at the
end how good the alarms were; writes the alarms as CSV and a chart into build/.
ONLY=recession leaves the other stages of the nights out, FACTOR=3 plays another
sensitivity, COMPANY=2 another company than the first.
"""

import argparse
import csv
import logging
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from tools.setup import databases, odoo, paths, postgres, python_env
from tools.setup.shell import SetupError, digest, fail, only_one, run, say, step

OPTIONS = ("FROM", "TO", "ONLY", "FACTOR", "COMPANY")


def main() -> None:
    data, source = os.environ.get("DATA"), os.environ.get("DB")
    if not data and not source:
        raise SetupError(
            "Which database? Say  make replay DB=name , or  make replay DATA=cj  for a public "
            "log of transactions (see 'make help')."
        )
    with only_one("setup"):
        odoo.obtain_odoo()
        python_env.python_env(dev=True)
        postgres.start_postgres()
        template = databases.build_template(demo=False) if data else None
    if data:
        # Takes minutes: under its own lock, so that nobody's set-up waits for it.
        with only_one(f"data-{data}"):
            source = _imported(data, template)
    if not databases.exists(source):
        raise SetupError(f"There is no database {source!r} on this server.")
    scratch = f"{databases.PREFIX}_replay_{digest(source, str(os.getpid()))}"
    try:
        with step("Copy of the database") as note:
            databases.clone(source, scratch)
            note(scratch)
        code = subprocess.run(_command(scratch), cwd=paths.REPO, env=_environment(), check=False)
    finally:
        if not os.environ.get("KEEP"):
            databases.drop(scratch)
    sys.exit(code.returncode)


def _imported(data: str, template: str) -> str:
    """The database with a public log of transactions; imported unless it is there."""
    name = f"{databases.PREFIX}_data_{digest(template, data)}_{data}"
    if not databases.exists(name):
        building = f"{name}_building"
        with step(f"Import of {data}") as note:
            databases.clone(template, building)
            command = [paths.VENV_PYTHON, "-m", "tests.bench.real_data", "--into", building, data]
            note(run(command, log="real-data", env=_environment(), cwd=paths.REPO).strip())
            databases.rename(building, name)
    return name


def _command(database: str) -> list[str]:
    given = {name.lower(): os.environ.get(name) for name in OPTIONS}
    options = [part for name, value in given.items() if value for part in (f"--{name}", value)]
    return [str(paths.VENV_PYTHON), "-m", "tools.replay", "--inside", database, *options]


def _environment() -> dict:
    return {**os.environ, **databases.odoo_env()}


# What follows runs in the product's own Python, beside Odoo.
def inside(arguments) -> None:
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.exceptions import UserError
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-d", arguments.inside, "--no-http", "--log-level=error"])
    with Registry(arguments.inside).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        company = _company(env, arguments.company)
        try:
            replay(env, company, arguments)
        except UserError as error:
            raise SystemExit(f"error: {error}") from error


def _company(env, company_id):
    companies = env["res.company"].search([], order="id")
    found = companies.filtered(lambda company: company.id == company_id) or companies[:1]
    if company_id and found.id != company_id:
        names = ", ".join(f"{company.id} {company.name}" for company in companies)
        raise SystemExit(f"error: no company has the number {company_id}. There are: {names}")
    return found


def replay(env, company, arguments) -> dict:
    """Play the nights and print what came of them; the score as a dict."""
    engine = env["crm.recession.replay"]
    first, last = engine._get_period(company)
    first, last = max(first, arguments.first or first), min(last, arguments.last or last)
    if first > last:
        raise SystemExit("error: no orders between FROM and TO; see the first day in the ledger.")
    rule = engine._prepare_rule(company, arguments.factor)
    whole = arguments.only != "recession"
    say(f"{company.name}: nights {first} to {last}, k = {rule.factor:g}")

    def on_night(night, _result):
        if night.day == 1:
            env.cr.commit()
            print(f"  {night:%Y-%m} ...", file=sys.stderr, flush=True)

    with step("Nights") as note:
        engine._replay(company, first, last, whole=whole, on_night=on_night)
        note(f"{(last - first).days + 1} nights")
    print_months(engine._get_months(company, first, last))
    score = engine._get_score(company, first, last).as_dict()
    print_score(score)
    write_files(engine, company, first, last)
    env.cr.commit()
    return score


def print_months(months) -> None:
    columns = ("month", "alarms", "calls", "recovered", "came_back", "lost")
    say("".join(f"{name.replace('_', ' '):>11}" for name in columns))
    for row in months:
        say("".join(f"{row[name]:>11}" for name in columns))
    totals = [sum(row[name] for row in months) for name in columns[1:]]
    say("".join(f"{value:>11}" for value in ("total", *totals)))


def print_score(score) -> None:
    say(
        f"Recessions {score['episodes']}, found in time {score['found']}: "
        f"recall {score['recall']:.2f}\n"
        f"Alarms judged {score['alarms']}, right {score['right']}: "
        f"precision {score['precision']:.2f} "
        f"({score['strict_precision']:.2f} stayed away from the alarm on), F1 {score['f1']:.2f}\n"
        f"Delay {score['delay_median']} days from the last normal order, "
        f"{score['overdue_median']} after the missed one (medians)\n"
        f"Load {score['load_per_100_week']} alarms a week on 100 regular customers"
    )


def write_files(engine, company, first, last) -> None:
    folder = paths.REPO / "build" / "replay"
    folder.mkdir(parents=True, exist_ok=True)
    alarms = folder / "alarms.csv"
    with alarms.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["partner", "alarm_date"])
        writer.writerows(engine._get_alarms(company, first, last))
    chart = draw(engine._get_months(company, first, last), folder / "replay.png")
    say(f"Written: {alarms}" + (f", {chart}" if chart else ""))


def draw(months, target: Path):
    """Alarms a month and how alarms ended; needs matplotlib, a tool of developers."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    logging.getLogger("matplotlib").setLevel(logging.WARNING)
    figure = Figure(figsize=(9, 4), layout="constrained")
    axes = figure.subplots()
    labels = [row["month"] for row in months]
    axes.bar(labels, [row["alarms"] for row in months], color="#9fd0d2", label="alarms")
    for name, colour in (("came_back", "#017e84"), ("recovered", "#28a745"), ("lost", "#d9534f")):
        axes.plot(labels, [row[name] for row in months], color=colour, label=name.replace("_", " "))
    axes.legend()
    axes.set_title("Recession alarms by month, and how they ended")
    axes.tick_params(axis="x", rotation=45)
    figure.savefig(target, dpi=120)
    return target


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inside")
    parser.add_argument("--from", dest="first", type=date.fromisoformat)
    parser.add_argument("--to", dest="last", type=date.fromisoformat)
    parser.add_argument("--only", choices=["recession"])
    parser.add_argument("--factor", type=float)
    parser.add_argument("--company", type=int)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    try:
        options = parse()
        inside(options) if options.inside else main()
    except SetupError as error:
        fail(error)
