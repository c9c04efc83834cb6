"""Years of processes: what takes longer with a hundred thousand runs than with ten thousand.

A hundred runs a day for as many days as it takes; of the last ten days all still run and
wait for a moment to come. They are copied by SQL from two runs that the product made.
"""

import contextlib
from datetime import timedelta

from tests.bench.bpm_process import draw, publish
from tests.bench.frame import Result, bench
from tests.bench.lab import seconds

FIRST = 10_000_000
PER_DAY, RUNNING, DUE = 100, 1000, 50
STEPS = 10
KEY = "bench_growth"

#: Columns of the copies that differ from the pattern's; all else is copied as it is.
SHIFTED = {
    "bpm_instance": {
        "id": "%(first)s + n",
        "res_id": "%(first)s + n",
        "date_start": "date_start - {age}",
        "date_end": "date_end - {age}",
        "single_key": "NULL",
        "next_due": "CASE WHEN next_due IS NULL THEN NULL WHEN n <= %(due)s "
        "THEN next_due - interval '2 hours' ELSE next_due + n * interval '1 minute' END",
    },
    "bpm_log": {"instance_id": "%(first)s + n", "at": "at - {age}"},
    "bpm_task": {"instance_id": "%(first)s + n", "res_id": "%(first)s + n"},
    "bpm_wait": {"instance_id": "%(first)s + n", "res_id": "%(first)s + n"},
}
AGE = "(n / %(per_day)s) * interval '1 day'"


def multiply(env, pattern: int, size: int, where: str) -> None:
    """Copy a run with all its rows for each number up to the size that the condition takes."""
    env.flush_all()
    env.cr.execute("SELECT greatest(%s, max(id)) FROM bpm_instance", [FIRST])
    (first,) = env.cr.fetchone()
    values = {"first": first, "pattern": pattern, "size": size, "due": DUE, "per_day": PER_DAY}
    for table, shifted in SHIFTED.items():
        env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
        )
        columns = [name for (name,) in env.cr.fetchall() if name != "id" or "id" in shifted]
        given = [shifted.get(name, name).format(age=AGE) for name in columns]
        key = "id" if table == "bpm_instance" else "instance_id"
        env.cr.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(given)} FROM {table}, "
            f"generate_series(1, %(size)s) n WHERE {key} = %(pattern)s AND {where}",
            values,
        )
    env.cr.execute("SELECT setval('bpm_instance_id_seq', max(id)) FROM bpm_instance")


def prepare(lab, size: int) -> str:
    database = lab.fresh()
    with lab.env(database=database, commit=True) as env:
        model = env["ir.model"]._get_id("res.partner")
        process = publish(env, KEY, draw(KEY, "timer", "user"), model_id=model)
        admin = env(user=env.ref("base.user_admin").id, context={"bpm_quiet": True})
        running, done = (start(admin, "Pattern") for _number in range(2))
        finish(process.instance_ids.browse(done))
        multiply(env, running, size, f"n <= {RUNNING}")
        multiply(env, done, size, f"n > {RUNNING}")
    with lab.env(database=database, commit=True) as env:
        env.cr.execute("ANALYZE bpm_instance, bpm_log, bpm_task, bpm_wait")
    return database


def start(env, name: str) -> int:
    partner = env["res.partner"].create({"name": name})
    return env["bpm.process"].start(KEY, "res.partner", partner.id)


def finish(instance) -> None:
    """To its end, as the clock and a person do it."""
    from tests.bench.bpm_run import clock_ahead

    with clock_ahead("timer"):
        instance._fire_timers()
    instance.task_ids.action_complete("done")
    if instance.state != "done":
        raise AssertionError("The pattern does not end.")


@contextlib.contextmanager
def both(lab):
    """Environments of the large and of the small database."""
    names = [
        lab.once(("bpm growth", size, lab.tiny), lambda size=size: prepare(lab, size))
        for size in sizes(lab)
    ]
    with lab.env(database=names[0]) as large, lab.env(database=names[-1]) as small:
        yield [
            env(user=env.ref("base.user_admin").id, context={"bpm_quiet": True})
            for env in (large, small)
        ]


def sizes(lab):
    return [lab.large] if lab.tiny else [lab.large, lab.small]


def compare(lab, act, repeat=5) -> Result:
    """Milliseconds of an act in the large database and in the small one."""
    with both(lab) as (large, small):
        act(large), act(small)
        ours, floor = lab.best(lambda: act(large), lambda: act(small), repeat=repeat)
    return Result(ours * 1000, floor * 1000)


@bench("process: start among 100 k runs, against 10 k", unit="ms", max_ratio=1.5)
def growth_start(lab):
    return compare(lab, lambda env: [start(env, "New") for _number in range(STEPS)])


@bench("process: complete among 100 k runs, against 10 k", unit="ms", max_ratio=1.5)
def growth_complete(lab):
    """Tasks made by the clock just before; only completing them is timed."""
    from tests.bench.bpm_run import clock_ahead

    rounds, times = 1 if lab.tiny else 4, ([], [])
    with both(lab) as envs:
        for _round in range(rounds):
            for env, taken in zip(envs, times, strict=True):
                instances = env["bpm.instance"].browse([start(env, "New") for _n in range(STEPS)])
                with clock_ahead("timer"):
                    for instance in instances.sudo():
                        instance._fire_timers()
                tasks = instances.sudo().task_ids.sudo(False)
                env.flush_all()
                env.invalidate_all()
                taken.append(
                    seconds(lambda tasks=tasks: [t.action_complete("done") for t in tasks])
                )
                if set(instances.sudo().mapped("state")) != {"done"}:
                    raise AssertionError("Not all runs have ended.")
    return Result(min(times[0]) * 1000, min(times[1]) * 1000)


def complete(tasks) -> None:
    for task in tasks:
        task.action_complete("done")


@bench("process: find due timers among 100 k runs, against 10 k", unit="ms", max_ratio=1.5)
def growth_timers(lab):
    def find(env):
        env.invalidate_all()
        model = env["bpm.instance"].sudo()
        found = model.search(model._get_due_domain(), order="next_due, id", limit=200)
        if len(found) < min(DUE, lab.small):
            raise AssertionError(f"Only {len(found)} due runs were found.")

    return compare(lab, find, repeat=15)


@bench("process: heat of 30 days among 100 k runs, against 10 k", unit="ms", max_ratio=1.5)
def growth_heat(lab):
    from odoo import fields

    today = fields.Date.today()
    options = {"date_from": str(today - timedelta(days=30)), "date_to": str(today)}

    def heat(env):
        env.invalidate_all()
        process = env["bpm.process"].search([("key", "=", KEY)])
        found = env["bpm.heat"].get_heat(process.id, options)
        if not found["elements"]:
            raise AssertionError("The heat map is empty.")

    return compare(lab, heat)
