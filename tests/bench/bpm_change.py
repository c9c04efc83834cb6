"""Moving a thousand running instances to a new version, and what triggers cost a write."""

import contextlib

from tests.bench.bpm_growth import multiply
from tests.bench.bpm_process import draw, publish
from tests.bench.frame import Result, bench
from tests.bench.lab import seconds

MOVED = 1000
#: Writes per round; rounds in turns, the least counts.
WRITES, ROUNDS = 50, 40
KEY = "bench_move"


def migration(lab) -> dict:
    return lab.once("bpm migration", lambda: migrate(lab))


def migrate(lab) -> dict:
    """Check and move instances that stand at a task; each keeps its task and its place."""
    count = 20 if lab.tiny else MOVED
    database = lab.fresh()
    with lab.env(database=database, commit=True) as env:
        model = env["ir.model"]._get_id("res.partner")
        process = publish(env, KEY, draw(KEY, "user"), model_id=model)
        user = env(user=env.ref("base.user_admin").id)
        partner = user["res.partner"].create({"name": "Pattern"})
        pattern = user["bpm.process"].start(KEY, "res.partner", partner.id)
        multiply(env, pattern, count - 1, "true")
        publish(env, KEY, draw(KEY, "user", "user"))
    with lab.env(database=database) as env:
        process = env["bpm.process"].search([("key", "=", KEY)])
        changes = env["bpm.migration"]
        process.published_version_id.action_check_older()
        change = changes.search([("process_id", "=", process.id)], order="id desc", limit=1)
        checked = seconds(lambda: check(change))
        if change.count_moves != count:
            raise AssertionError(f"Only {change.count_moves} of {count} can move.")
        moved = seconds(lambda: move(change))
        standing = process.instance_ids.filtered(
            lambda i: i.version_id == process.published_version_id
            and i.task_ids.element_id.version_id == i.version_id
        )
        if len(standing) != count:
            raise AssertionError(f"{len(standing)} of {count} stand on the new version.")
    return {"check": checked / count, "move": moved / count, "count": count}


def check(change):
    """Look at all anew, as the background does for many."""
    change._check_instances()
    while change.state == "checking":
        change._check_batch()
        change.env.flush_all()


def move(change):
    change.action_move()
    with contextlib.suppress(StopIteration):
        while change.state == "running" and change._get_open_lines(1):
            change._move_batch(50)
            change.env.flush_all()
    change._finish_if_through()


@bench("process: verdict on a running instance", unit="ms/inst.", at_most=20)
def verdicts(lab):
    return migration(lab)["check"] * 1000


@bench("process: move of a running instance", unit="ms/inst.", at_most=50)
def moves(lab):
    found = migration(lab)
    lab.note(f"{found['count']} instances in {found['move'] * found['count']:.1f} s")
    return found["move"] * 1000


def writes(env):
    """Writes of one field on the cheapest of models, each sent to the database."""
    tag = env["res.partner.category"].search([], limit=1) or env["res.partner.category"].create(
        {"name": "Written"}
    )

    def run():
        for number in range(WRITES):
            tag.write({"color": number % 11})
            tag.flush_recordset()

    return run


@contextlib.contextmanager
def without_product():
    """Odoo's own write: the product's is taken out of the classes of all models."""
    from odoo.addons.bpm_engine.models.base import Base

    write = Base.write
    del Base.write
    try:
        yield
    finally:
        Base.write = write


def measure(lab, env) -> Result:
    """In short turns; after each change of classes Python first warms up again."""
    run = writes(env)
    ours, plain = [], []
    for _round in range(1 if lab.tiny else ROUNDS):
        run()
        ours.append(seconds(run))
        with without_product():
            run()
            plain.append(seconds(run))
    return Result(min(ours) / WRITES * 1e6, min(plain) / WRITES * 1e6)


@bench("process: a write where nothing triggers, to plain Odoo", unit="us", max_ratio=1.05)
def untouched(lab):
    with lab.env(database=lab.once("bpm writes", lab.fresh)) as env:
        return measure(lab, env)


@bench("process: a write where a change may start a process", unit="us")
def watched(lab):
    """A process that starts on a change of another field, and one whose field changes."""
    with lab.env(database=lab.once("bpm writes", lab.fresh)) as env:
        model = env["ir.model"]._get("res.partner.category")
        fields = {field.name: field.id for field in model.field_id}
        process = publish(env, "bench_watch", draw("bench_watch", "timer"), model_id=model.id)
        env["bpm.process.trigger"].create(
            [
                {"process_id": process.id, "kind": "change", "field_ids": [fields[name]],
                 "domain": "[('name', '=', 'nobody')]"}
                for name in ("active", "color")
            ]
        )  # fmt: skip
        return measure(lab, env)
