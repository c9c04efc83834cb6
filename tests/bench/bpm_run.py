"""Steps of a process in Odoo against bare SpiffWorkflow with the same persistence.

One operation is one transaction, as a click is: lock, load, step, save, history,
tasks and waits, commit. All sides run in the same database in turns; see bpm_bare for
what the floor keeps. Beside the ratio stand the floor that only keeps the library's
state, the time that this program itself used, and the number of statements.
"""

import contextlib
import gc
import time
from collections import defaultdict
from datetime import timedelta
from unittest.mock import patch

from tests.bench.bpm_bare import Bare, BareKept
from tests.bench.bpm_process import draw, publish
from tests.bench.frame import Result, bench

#: Operations per round, and rounds.
BATCH, ROUNDS = 20, 4
KINDS = ("user", "timer", "message")
#: The product; the library with the same persistence; the library with the least.
SIDES = ("ours", "bare", "least")
LONG_AGO = "2020-01-01 00:00:00"


class Runs:
    """Open runs of one kind of wait, in the product and bare, ready for one more step."""

    def __init__(self, lab, env, kind, quiet):
        self.env, self.kind = env, kind
        context = {"bpm_quiet": True} if quiet else {}
        self.user = env(user=env.ref("base.user_admin").id, context={**env.context, **context})
        self.process = self.user["bpm.process"].search([("key", "=", f"bench_{kind}")])
        self.size = 3 if lab.tiny else BATCH

    def records(self, count):
        made = self.env["res.partner"].create([{"name": f"Run {n}"} for n in range(count)])
        self.env.cr.commit()
        return made.ids

    def prepare(self, started):
        """What a client knows of open runs, as its screen shows them: the task's id, the record."""
        self.env.transaction.clear()
        if self.kind != "user":
            instances = self.env["bpm.instance"].browse(started)
            return [(instance.id, instance.res_id) for instance in instances]
        tasks = self.env["bpm.task"].search(
            [("instance_id", "in", started), ("state", "=", "todo")]
        )
        return [(task.instance_id.id, task.id) for task in tasks]

    def start(self, record_id):
        """What a click on "Start" does, with its commit."""
        started = self.process.start(f"bench_{self.kind}", "res.partner", record_id)
        self.env.cr.commit()
        return started

    def step(self, known):
        self.env.transaction.clear()
        getattr(self, f"_do_{self.kind}")(*known)
        self.env.cr.commit()

    def _do_user(self, _instance_id, task_id):
        self.user["bpm.task"].browse(task_id).action_complete("done")

    def _do_timer(self, instance_id, _record_id):
        self.user["bpm.instance"].browse(instance_id).sudo()._fire_apart()

    def _do_message(self, _instance_id, record_id):
        self.process.send_message("go", "res.partner", record_id, {"x": 1})


class BareRuns:
    """As Runs, with bare SpiffWorkflow and one of its two ways to keep a run."""

    def __init__(self, bare, kind):
        self.start = bare.start
        self.step = {"user": bare.complete, "timer": bare.fire, "message": bare.message}[kind]


@contextlib.contextmanager
def prepared(lab, kind, quiet):
    """A fresh database with the processes: ours, and the library on the same drawing."""
    database = lab.once("bpm runs", lambda: prepare(lab))
    key = f"bare_{kind}"
    xml = drawing(key, kind)
    with lab.env(database=database) as env, contextlib.ExitStack() as stack:
        sides = {
            "bare": BareKept(database, xml, key, env.ref("base.user_admin").id),
            "least": Bare(database, xml, key),
        }
        for bare in sides.values():
            stack.callback(bare.close)
        runs = Runs(lab, env, kind, quiet)
        yield runs, {name: BareRuns(bare, kind) for name, bare in sides.items()}


def drawing(key, kind):
    return draw(key, kind, "message" if kind == "timer" else "timer")


def prepare(lab) -> str:
    """The floor's runs are of processes of their own: the product's must not meet them."""
    database = lab.fresh()
    with lab.env(database=database, commit=True) as env:
        model = env["ir.model"]._get_id("res.partner")
        for kind in KINDS:
            for key in (f"bench_{kind}", f"bare_{kind}"):
                publish(env, key, drawing(key, kind), model_id=model, one_per_record=False)
    return database


def measure(lab, kind, quiet) -> dict:
    """Seconds per operation of start and of the step behind the wait, ours and bare."""
    found, cpu = defaultdict(list), defaultdict(list)
    with prepared(lab, kind, quiet) as (runs, floors):
        sides = {"ours": runs, **floors}
        for _round in range(1 if lab.tiny else ROUNDS):
            # Records of their own: a message would find the floor's runs too.
            records = {name: runs.records(runs.size) for name in sides}
            started = take(sides, "start", records, (found, cpu))
            make_due(runs, kind, started["ours"])
            known = started | {"ours": runs.prepare(started["ours"])}
            with clock_ahead(kind):
                take(sides, "step", known, (found, cpu))
        check(runs, runs.process.key)
        check(runs, f"bare_{kind}")
        counts = count(runs, kind)
    return counts | {
        (what, name): fastest(times)
        for what, taken in (("wall", found), ("cpu", cpu))
        for name, times in taken.items()
    }


def take(sides, act, items, where) -> dict:
    """Time of one act on each item, side by side: what else the machine does hits all alike.

    :return: {side: what the act gave for each item}.
    """
    found, cpu = where
    results = {name: [] for name in sides}
    gc.collect()
    gc.disable()
    try:
        for row in zip(*items.values(), strict=True):
            for name, item in zip(items, row, strict=True):
                used, begun = time.process_time(), time.perf_counter()
                results[name].append(getattr(sides[name], act)(item))
                found[act, name].append(time.perf_counter() - begun)
                cpu[act, name].append(time.process_time() - used)
    finally:
        gc.enable()
    return results


def fastest(times) -> float:
    """Mean of the fastest quarter: of the others a part is waiting for other programs."""
    least = sorted(times)[: max(len(times) // 4, 1)]
    return sum(least) / len(least)


def count(runs, kind) -> dict:
    """Statements of one more start and step."""
    (record,) = runs.records(1)
    with counted(runs.env.cr) as started:
        instance = runs.start(record)
    make_due(runs, kind, [instance])
    (known,) = runs.prepare([instance])
    with clock_ahead(kind), counted(runs.env.cr) as stepped:
        runs.step(known)
    return {"queries start": started[0], "queries step": stepped[0]}


@contextlib.contextmanager
def counted(cr):
    result = []
    before = cr.sql_log_count
    yield result
    result.append(cr.sql_log_count - before)


def make_due(runs, kind, instances):
    """Time passes: what waits for the clock is due."""
    if kind == "timer":
        runs.env.cr.execute(
            "UPDATE bpm_instance SET next_due = %s WHERE id = ANY(%s)", [LONG_AGO, instances]
        )
        runs.env.cr.commit()


@contextlib.contextmanager
def clock_ahead(kind):
    """Two hours later, by the clock that processes read."""
    if kind != "timer":
        yield
        return
    from odoo import fields

    from odoo.addons.bpm_engine.models.bpm_instance_host import Host

    later = fields.Datetime.now() + timedelta(hours=2)
    with (
        patch.object(fields.Datetime, "now", staticmethod(lambda *_args: later)),
        patch.object(Host, "working_time", lambda self, given, start: given),
    ):
        yield


def check(runs, key):
    """Each run stands behind its first wait, with all its rows: the same of both sides.

    Lines of history: started; begin, wait, choice and service entered and left; a second
    wait entered; of events that they fired.
    """
    runs.env.cr.execute(
        """SELECT count(*), count(*) FILTER (WHERE EXISTS (
                  SELECT FROM bpm_log l WHERE l.instance_id = i.id AND l.element = 'Note0'
                     AND l.event = 'left'))
             FROM bpm_instance i JOIN bpm_process p ON p.id = i.process_id
            WHERE p.key = %s AND i.state = 'running'
              AND EXISTS (SELECT FROM bpm_log l WHERE l.instance_id = i.id
                             AND l.element = 'Wait0' AND l.event = 'left')
              AND (SELECT count(*) FROM bpm_log l WHERE l.instance_id = i.id) = %s
              AND (SELECT count(*) FROM bpm_wait w WHERE w.instance_id = i.id) = 1
              AND (SELECT count(*) FROM bpm_task t WHERE t.instance_id = i.id) = %s
              AND NOT EXISTS (SELECT FROM bpm_task t WHERE t.instance_id = i.id
                                 AND t.state <> 'done')""",
        [key, 10 if runs.kind == "user" else 11, int(runs.kind == "user")],
    )
    gone_on, noted = runs.env.cr.fetchone()
    if gone_on < runs.size or gone_on != noted:
        raise AssertionError(f"{key}: {gone_on} runs went on, {noted} did their service.")


def figures(lab, kind, quiet=True) -> dict:
    return lab.once(("bpm", kind, quiet), lambda: measure(lab, kind, quiet))


def milliseconds(lab, found, act) -> Result:
    ours, bare, least = (found["wall", (act, side)] * 1000 for side in SIDES)
    used, bare_used, _least = (found["cpu", (act, side)] * 1000 for side in SIDES)
    lab.note(
        f"{found[f'queries {act}']} statements; without the database server: {used:.1f} ms,"
        f" bare {bare_used:.1f} ms; against bare with one row of state ({least:.1f} ms):"
        f" {ours / least:.1f} x"
    )
    return Result(ours, bare)


@bench("process: start, without activities", unit="ms", max_ratio=2)
def start(lab):
    """Up to a first timer or message: no task."""
    return milliseconds(lab, figures(lab, "message"), "start")


@bench("process: message, without activities", unit="ms", max_ratio=2)
def message(lab):
    return milliseconds(lab, figures(lab, "message"), "step")


@bench("process: timer, without activities", unit="ms", max_ratio=2)
def timer(lab):
    return milliseconds(lab, figures(lab, "timer"), "step")


@bench("process: complete a task, without activities", unit="ms", max_ratio=2)
def complete(lab):
    return milliseconds(lab, figures(lab, "user"), "step")


@bench("process: start with a task and its activity", unit="ms")
def start_activity(lab):
    return milliseconds(lab, figures(lab, "user", quiet=False), "start")


@bench("process: complete with activity and chatter", unit="ms")
def complete_activity(lab):
    return milliseconds(lab, figures(lab, "user", quiet=False), "step")
