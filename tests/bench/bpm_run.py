"""Steps of a process in Odoo against bare SpiffWorkflow with the same persistence.

One operation is one transaction, as a click is: lock, load, step, save, history,
tasks and waits, commit. Both sides run in the same database in turns.
"""

import contextlib
import time
from datetime import timedelta
from unittest.mock import patch

from tests.bench.bpm_process import Bare, draw, publish
from tests.bench.frame import Result, bench
from tests.bench.lab import seconds

#: Operations per round, and rounds; the best round counts.
BATCH, ROUNDS = 20, 4
KINDS = ("user", "timer", "message")
LONG_AGO = "2020-01-01 00:00:00"


class Runs:
    """Open runs of one kind of wait, in the product and bare, ready for one more step."""

    def __init__(self, lab, env, bare, kind, quiet):
        self.env, self.bare, self.kind = env, bare, kind
        context = {"bpm_quiet": True} if quiet else {}
        self.user = env(user=env.ref("base.user_admin").id, context={**env.context, **context})
        self.process = self.user["bpm.process"].search([("key", "=", f"bench_{kind}")])
        self.size = 3 if lab.tiny else BATCH

    def records(self, count):
        made = self.env["res.partner"].create([{"name": f"Run {n}"} for n in range(count)])
        self.env.cr.commit()
        return made.ids

    def start(self, record_id):
        """What a click on "Start" does, with its commit."""
        started = self.process.start(f"bench_{self.kind}", "res.partner", record_id)
        self.env.cr.commit()
        return started

    def step(self, instance_id):
        self.env.transaction.clear()
        getattr(self, f"_do_{self.kind}")(self.user["bpm.instance"].browse(instance_id))
        self.env.cr.commit()

    def _do_user(self, instance):
        task = self.user["bpm.task"].search(
            [("instance_id", "=", instance.id), ("state", "=", "todo")]
        )
        task.action_complete("done")

    def _do_timer(self, instance):
        instance.sudo()._fire_apart()

    def _do_message(self, instance):
        self.process.send_message("go", "res.partner", instance.sudo().res_id, {"x": 1})

    def bare_step(self, row):
        {"user": self.bare.complete, "timer": self.bare.fire, "message": self.bare.message}[
            self.kind
        ](row)


@contextlib.contextmanager
def prepared(lab, kind, quiet):
    """A fresh database with the processes, and both sides on it."""
    database = lab.once("bpm runs", lambda: prepare(lab))
    key = f"bench_{kind}"
    bare = Bare(database, draw(key, kind, "message" if kind == "timer" else "timer"), key)
    try:
        with lab.env(database=database) as env:
            yield Runs(lab, env, bare, kind, quiet)
    finally:
        bare.close()


def prepare(lab) -> str:
    database = lab.fresh()
    with lab.env(database=database, commit=True) as env:
        for kind in KINDS:
            key = f"bench_{kind}"
            model = env["ir.model"]._get_id("res.partner")
            xml = draw(key, kind, "message" if kind == "timer" else "timer")
            publish(env, key, xml, model_id=model, one_per_record=False)
    return database


def measure(lab, kind, quiet) -> dict:
    """Seconds per operation of start and of the step behind the wait, ours and bare."""
    found = {name: [] for name in ("start", "bare start", "step", "bare step")}
    cpu = {name: [] for name in found}
    with prepared(lab, kind, quiet) as runs:
        rounds = 1 if lab.tiny else ROUNDS
        for _round in range(rounds):
            records = runs.records(runs.size)
            runs.start(records[0])
            ours, bare = [], []
            take((found, cpu, "start"), records, runs.start, ours)
            take((found, cpu, "bare start"), records, lambda _record: runs.bare.start(), bare)
            make_due(runs, kind, ours)
            with clock_ahead(kind):
                take((found, cpu, "step"), ours, runs.step)
            take((found, cpu, "bare step"), bare, runs.bare_step)
        check(runs, kind)
    least = {name: min(times) for name, times in found.items()}
    return least | {f"cpu {name}": min(times) for name, times in cpu.items()}


def take(where, items, act, results=None):
    """Time of one act on average over the items; by the clock, and of this program alone."""
    found, cpu, name = where

    def run():
        before = time.process_time()
        for item in items:
            result = act(item)
            if results is not None:
                results.append(result)
        cpu[name].append((time.process_time() - before) / len(items))

    found[name].append(seconds(run) / len(items))


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
        patch.object(Host, "working_time", lambda self, given: given),
    ):
        yield


def check(runs, kind):
    """Each run stands behind its first wait, in the product and bare."""
    runs.env.cr.execute(
        """SELECT count(*), count(*) FILTER (WHERE EXISTS (
                  SELECT FROM bpm_log l WHERE l.instance_id = i.id AND l.element = 'Note0'
                     AND l.event = 'left'))
             FROM bpm_instance i JOIN bpm_process p ON p.id = i.process_id
            WHERE p.key = %s AND i.state = 'running'
              AND EXISTS (SELECT FROM bpm_log l WHERE l.instance_id = i.id
                             AND l.element = 'Wait0' AND l.event = 'left')""",
        [runs.process.key],
    )
    gone_on, noted = runs.env.cr.fetchone()
    if gone_on < runs.size or gone_on != noted:
        raise AssertionError(f"{kind}: {gone_on} runs went on, {noted} did their service.")


def figures(lab, kind, quiet=True) -> dict:
    return lab.once(("bpm", kind, quiet), lambda: measure(lab, kind, quiet))


def milliseconds(lab, found, what) -> Result:
    ours, bare = found[f"cpu {what}"] * 1000, found[f"cpu bare {what}"] * 1000
    lab.note(f"without the database server: {ours:.1f} ms, bare {bare:.1f} ms")
    return Result(found[what] * 1000, found[f"bare {what}"] * 1000)


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
