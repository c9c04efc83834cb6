"""Databases with thousands of due customers, and sweeps over them in own processes."""

import datetime
import os
import subprocess
import time
import uuid

import psycopg2

from tools.setup import databases, paths, postgres

TEMPLATE = os.environ.get("CRM_BPM_TEMPLATE")
NIGHT = datetime.date(2026, 3, 2)
CUSTOMERS = 1500

#: Customers due on four days, of three people, of different value; every fifth ordered
#: four times yesterday and is to be promoted; every fiftieth has no responsible.
SEED = f"""
from datetime import date, timedelta
from odoo.tests import new_test_user
night = date({NIGHT:%Y, %-m, %-d})
groups = "crm_bpm_core.group_full"
env.company.write({{"nightly_tz": "Europe/Moscow", "nightly_active": False}})
people = [new_test_user(env, login=f"p{{n}}", groups=groups, email=f"p{{n}}@example.com")
          for n in range(3)]
permanent = env.ref("crm_bpm_core.customer_status_permanent")
first_order = env.ref("crm_bpm_core.customer_status_first_order")
partners = env["res.partner"].with_context(tracking_disable=True).create([
    {{"name": f"Customer {{n:05}}", "is_company": True,
      "user_id": False if n % 50 == 49 else people[n % 3].id,
      "customer_status_id": (first_order if n % 5 == 0 else permanent).id,
      "monitoring_active": n % 5 != 0,
      "monitoring_next_date": n % 5 != 0 and night - timedelta(days=n % 4)}}
    for n in range({CUSTOMERS})])
env.flush_all()
env.cr.execute('''
    INSERT INTO crm_order_day
           (company_id, partner_id, day, order_count, line_count, quantity, amount)
    SELECT %s, p.id, day, 4, 4, 4, p.id %% 17 * 100
      FROM unnest(%s) AS p(id), (VALUES (%s::date - 1), (%s::date - 30)) AS d(day)''',
    [env.company.id, partners.ids, night, night])
env.cr.commit()
"""

SWEEP = f"""
from datetime import date
run = env["crm.nightly.run"].with_context(nightly_commit=True, nightly_batch_size=50)
night = date({NIGHT:%Y, %-m, %-d})
print("READY", flush=True)
run = run._run_night(env.company, night, "replay")
print("STATE", run.state, flush=True)
env.cr.commit()
"""

#: What a sweep leaves behind, without ids and moments.
TRACES = (
    """SELECT p.name, u.login, a.call_reason, a.date_deadline, a.active
         FROM mail_activity a JOIN res_partner p ON p.id = a.res_id
         LEFT JOIN res_users u ON u.id = a.user_id
        WHERE a.call_reason IS NOT NULL ORDER BY 1, 3""",
    """SELECT p.name, s.code, monitoring_active, monitoring_next_date, monitoring_last_date
         FROM res_partner p JOIN crm_customer_status s ON s.id = customer_status_id ORDER BY 1""",
    """SELECT p.name, s.code, h.rule_id FROM crm_customer_status_history h
         JOIN res_partner p ON p.id = h.partner_id
         JOIN crm_customer_status s ON s.id = h.to_status_id ORDER BY 1, h.id""",
    """SELECT i.stage, p.name, i.message FROM crm_nightly_run_issue i
         LEFT JOIN res_partner p ON p.id = i.partner_id ORDER BY 1, 2""",
    "SELECT night, state FROM crm_nightly_run ORDER BY 1",
    "SELECT code, state, created, processed FROM crm_nightly_run_stage ORDER BY sequence",
    """SELECT day, status_id, user_id, customer_count, arrived_count, without_step_count
         FROM crm_customer_snapshot ORDER BY 1, 2, 3""",
)


def new_name(kind: str) -> str:
    return f"{databases.PREFIX}_sweep_{kind}_{uuid.uuid4().hex[:8]}"


def start(database: str, script: str) -> subprocess.Popen:
    """An Odoo process of its own that does ``script``."""
    process = subprocess.Popen(
        [str(paths.VENV_PYTHON), "-m", "odoo", "shell", "-d", database, "--no-http",
         "--log-level=warn", "--max-cron-threads=0"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, **databases.odoo_env()}, cwd=paths.REPO,
    )  # fmt: skip
    process.stdin.write(script)
    process.stdin.close()
    return process


def finish(process: subprocess.Popen) -> str:
    output = process.stdout.read()
    process.stdout.close()
    assert process.wait() == 0, output
    return output


def seeded() -> str:
    """A new database with customers to sweep."""
    name = new_name("seed")
    databases.clone(TEMPLATE, name)
    finish(start(name, SEED))
    return name


def copy(database: str, kind: str) -> str:
    wait_until(lambda: not connections(database))
    name = new_name(kind)
    databases.clone(database, name)
    return name


def connections(database: str) -> int:
    query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'"
    return int(postgres.psql(query))


def count_calls(database: str) -> int:
    # Asked often while a sweep runs: no process for each question.
    connection = psycopg2.connect(dbname=database)
    try:
        with connection.cursor() as cr:
            cr.execute("SELECT count(*) FROM mail_activity WHERE call_reason IS NOT NULL")
            return cr.fetchone()[0]
    finally:
        connection.close()


def traces(database: str) -> list[list[str]]:
    return [postgres.psql(query, database).splitlines() for query in TRACES]


def wait_until(condition, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
