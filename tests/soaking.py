"""Thousands of processes worked on by several programs at once that are killed at random.

People, timers and messages are played by processes of their own (``odoo shell``),
background steps by the job runner of a real server. Each of them is killed with
``kill -9`` now and then and started again. Afterwards, and at every kill, the database
is read without the product's code: no token may be lost or doubled.
"""

import contextlib
import dataclasses
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import psycopg2

from tests import running
from tools.setup import databases, paths

#: Start, a service, then side by side a task, a timer with a background step, and a
#: message; behind the join a second task.
DIAGRAM = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpm="urn:crm-bpm:bpmn:1" targetNamespace="urn:soak" id="D">
<message id="Go" name="go"/>
<process id="soak" isExecutable="true">
 <startEvent id="Start" name="Start"/>
 <serviceTask id="Note" name="Note"><extensionElements><bpm:action name="soak_sync"
   async="false"/></extensionElements></serviceTask>
 <parallelGateway id="Fork" name="Fork"/>
 <userTask id="First" name="First"><extensionElements><bpm:assignment kind="starter"/>
   </extensionElements></userTask>
 <intermediateCatchEvent id="Pause" name="Pause"><timerEventDefinition><timeDuration>PT1S
   </timeDuration></timerEventDefinition></intermediateCatchEvent>
 <serviceTask id="Send" name="Send"><extensionElements><bpm:action name="soak_async"
   async="true"/></extensionElements></serviceTask>
 <intermediateCatchEvent id="Word" name="Word"><messageEventDefinition messageRef="Go"/>
   </intermediateCatchEvent>
 <parallelGateway id="Join" name="Join"/>
 <userTask id="Last" name="Last"><extensionElements><bpm:assignment kind="starter"/>
   </extensionElements></userTask>
 <endEvent id="End" name="End"/>
 %s
</process></definitions>"""
FLOWS = (
    "Start Note", "Note Fork", "Fork First", "Fork Pause", "Fork Word", "First Join",
    "Pause Send", "Send Join", "Word Join", "Join Last", "Last End",
)  # fmt: skip
HUMAN, EVENTS, BACKGROUND = {"First", "Last"}, {"Pause", "Word"}, {"Send"}
#: How the library numbers the states of tokens.
WAITING, READY = 8, 16

#: Each action leaves one record named like the customer, so that effects can be counted.
SEED = """
admin = env.ref("base.user_admin")
admin.group_ids += env.ref("bpm_engine.group_manager")
tag = env["ir.model"]._get("res.partner.category")
field = {{f.name: f for f in tag.field_id}}
for key, color in (("soak_sync", 1), ("soak_async", 2)):
    env["bpm.action"].create({{
        "name": key, "key": key, "kind": "record", "target_model_id": tag.id, "max_tries": 9,
        "value_ids": [(0, 0, {{"field_id": field["name"].id, "value": "=record.name"}}),
                      (0, 0, {{"field_id": field["color"].id, "value": str(color)}})]}})
process = env["bpm.process"].create({{
    "name": "Soak", "key": "soak", "model_id": env["ir.model"]._get_id("res.partner"),
    "owner_id": admin.id}})
version = process.draft_version_id
version.bpmn_xml = {xml!r}
version.action_publish()
env["res.partner"].with_context(tracking_disable=True).create(
    [{{"name": f"Soak {{n:06}}", "ref": "soak"}} for n in range({size})])
env.ref("bpm_engine.ir_cron_timers").write({{"interval_number": 1}})
"""

#: A worker does, until there is nothing left, whatever it finds: starts, tasks, messages,
#: timers. What people would be told ("already done") is counted and passed over.
WORKER = """
import random, time
from functools import partial
from psycopg2 import OperationalError
from odoo import api
from odoo.exceptions import UserError
from odoo.service.model import retrying
number, count, quiet = {number}, {count}, {quiet}
random.seed()
user = env(user=env.ref("base.user_admin").id,
           context=dict(env.context, **({{"bpm_quiet": True}} if quiet else {{}})))
def start(partner):
    user["bpm.process"].start("soak", "res.partner", partner)
def complete(task):
    user["bpm.task"].browse(task).action_complete("done")
def message(partner):
    user["bpm.process"].send_message("go", "res.partner", partner, {{"word": partner}})
FIND = (
    (start, '''SELECT p.id FROM res_partner p WHERE ref = 'soak' AND p.id %% %s = %s AND NOT EXISTS
        (SELECT FROM bpm_instance i WHERE i.res_id = p.id) ORDER BY random() LIMIT 20'''),
    (complete, '''SELECT id FROM bpm_task WHERE state = 'todo' ORDER BY random() LIMIT 20'''),
    (message, '''SELECT res_id FROM bpm_wait WHERE kind = 'message'
        ORDER BY random() LIMIT 20'''),
)
refused = repeated = 0
print("READY", flush=True)
while True:
    worked = False
    for act, query in random.sample(FIND, 3):
        env.cr.execute(query, (count, number) if act is start else None)
        found = [row[0] for row in env.cr.fetchall()]
        env.cr.rollback()
        for one in found:
            worked = True
            try:
                retrying(partial(act, one), user)
            except UserError:
                refused += 1
                env.cr.rollback()
            except OperationalError:
                repeated += 1
                env.cr.rollback()
    env["bpm.instance"]._cron_fire_timers(20)
    env.cr.commit()
    env.cr.execute('''SELECT (SELECT count(*) FROM bpm_instance WHERE state = 'done')
        = (SELECT count(*) FROM res_partner WHERE ref = 'soak')''')
    finished = env.cr.fetchone()[0]
    env.cr.rollback()
    if finished:
        break
    if not worked:
        time.sleep(0.2)
print("REFUSED", refused, "REPEATED", repeated, flush=True)
"""


@dataclasses.dataclass
class Report:
    """What a soak did."""

    size: int
    seconds: float
    kills: int
    trouble: list


class Soak:
    """One soak on a database of its own.

    :param size: number of runs.
    :param kills: how often a worker or the server is killed.
    :param folder: for the logs.
    :param quiet: tasks without activities.
    """

    def __init__(self, database, folder: Path, size, kills, workers=2, quiet=False, seed=None):
        self.database, self.folder, self.size, self.kills = database, folder, size, kills
        self.count, self.quiet = workers, quiet
        self.random = random.Random(seed)
        self.workers, self.server = {}, None
        self.trouble = []

    def run(self, timeout=300) -> Report:
        self._seed()
        started = time.monotonic()
        with contextlib.closing(psycopg2.connect(dbname=self.database)) as self.watch:
            self.watch.set_session(isolation_level="REPEATABLE READ", readonly=True)
            try:
                self._work(started + timeout)
            finally:
                self._end()
            self.trouble += final_trouble(self.watch, self.size)
        return Report(self.size, time.monotonic() - started, self.kills, self.trouble)

    def _seed(self):
        flows = "".join(
            f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>'
            for a, b in map(str.split, FLOWS)
        )
        running.shell(self.database, SEED.format(xml=DIAGRAM % flows, size=self.size))

    def _work(self, deadline):
        self._start_server()
        for number in range(self.count):
            self._start_worker(number)
        moments = sorted(self.random.uniform(0.1, 0.85) for _kill in range(self.kills))
        victims = [*range(self.count), None]
        while not self._finished():
            if time.monotonic() > deadline:
                raise AssertionError(f"The soak came to a halt: {self._position()}")
            if moments and self._share() >= moments[0]:
                moments.pop(0)
                self._kill(victims[len(moments) % len(victims)])
            self._revive()
            time.sleep(0.3)

    # Programs

    def _start_worker(self, number):
        script = WORKER.format(number=number, count=self.count, quiet=self.quiet)
        process = subprocess.Popen(
            [str(paths.VENV_PYTHON), "-m", "odoo", "shell", "-d", self.database, "--no-http",
             "--log-level=warn", "--max-cron-threads=0"],
            stdin=subprocess.PIPE,
            stdout=open(self.folder / f"worker{number}.log", "a"),
            stderr=subprocess.STDOUT, text=True, cwd=paths.REPO,
            env={**os.environ, **databases.odoo_env()},
        )  # fmt: skip
        process.stdin.write(script)
        process.stdin.close()
        self.workers[number] = process

    def _start_server(self):
        """A server with scheduler and job runner; it need not answer at once."""
        log = self.folder / "server.log"
        self.server = running.Server(self.database, log, "--max-cron-threads=1", "--log-level=warn")

    def _kill(self, number):
        """kill -9 in the middle of whatever it does; number None: the server."""
        self.trouble += state_trouble(self.watch)
        process = self.server.process if number is None else self.workers[number]
        process.kill()
        assert process.wait() == -signal.SIGKILL, "it had ended before it was killed"
        if number is None:
            self._start_server()
        else:
            self._start_worker(number)

    def _revive(self):
        """A worker that ends before the work is done has failed."""
        for number, process in list(self.workers.items()):
            if process.poll() not in (None, 0):
                log = (self.folder / f"worker{number}.log").read_text()[-3000:]
                raise AssertionError(f"Worker {number} ended with {process.returncode}:\n{log}")

    def _end(self):
        for process in self.workers.values():
            process.kill()
            process.wait()
        self.server.stop()

    # How far it is

    def _share(self) -> float:
        """From 0 to 1: half for started, half for ended runs."""
        states = dict(self._rows("SELECT state, count(*) FROM bpm_instance GROUP BY 1"))
        return (sum(states.values()) + states.get("done", 0)) / 2 / self.size

    def _finished(self) -> bool:
        return self._share() >= 1

    def _position(self):
        return [
            self._rows(query)
            for query in (
                "SELECT state, count(*) FROM bpm_instance GROUP BY 1",
                "SELECT name, count(*) FROM bpm_task WHERE state = 'todo' GROUP BY 1",
                "SELECT kind, count(*) FROM bpm_wait GROUP BY 1",
                "SELECT state, count(*) FROM bpm_job GROUP BY 1",
                "SELECT state, count(*) FROM queue_job GROUP BY 1",
            )
        ]

    def _rows(self, query):
        return rows(self.watch, query)


def rows(connection, query, *values):
    """One query in a snapshot of its own."""
    with connection, connection.cursor() as cr:
        cr.execute(query, values or None)
        return cr.fetchall()


# ------------------------------------------------------------------ what must hold

TOKENS = """
SELECT instance_id, token, min(element),
       count(*) FILTER (WHERE event = 'entered'),
       count(*) FILTER (WHERE event IN ('left', 'cancelled'))
  FROM bpm_log WHERE token IS NOT NULL AND event IN ('entered', 'left', 'cancelled')
 GROUP BY 1, 2
"""
STATES = """
SELECT i.id, i.state, i.engine_state,
       ARRAY(SELECT t.token FROM bpm_task t WHERE t.instance_id = i.id AND t.state = 'todo'),
       ARRAY(SELECT w.token FROM bpm_wait w WHERE w.instance_id = i.id),
       ARRAY(SELECT j.token FROM bpm_job j WHERE j.instance_id = i.id AND j.state = 'waiting')
  FROM bpm_instance i
"""


def state_trouble(connection) -> list[str]:
    """Where rows, history and tokens of a running database contradict each other."""
    found = []
    with connection, connection.cursor() as cr:
        cr.execute(STATES)
        states = cr.fetchall()
        cr.execute(TOKENS)
        tokens = cr.fetchall()
    logged = {}
    for instance, token, element, entered, gone in tokens:
        if entered != 1 or gone > 1:
            found.append(f"{instance}: {element} was entered {entered} and left {gone} times")
        elif not gone and element in HUMAN | EVENTS | BACKGROUND:
            logged.setdefault(instance, set()).add(token)
    for instance, state, engine, tasks, waits, jobs in states:
        live = live_tokens(engine)
        places = {"tasks": (tasks, HUMAN), "waits": (waits, EVENTS), "jobs": (jobs, BACKGROUND)}
        for what, (kept, elements) in places.items():
            wanted = sorted(token for token, name in live.items() if name in elements)
            if sorted(kept) != wanted:
                found.append(f"{instance}: {what} {kept}, tokens {wanted}")
        if set(live) != logged.get(instance, set()):
            found.append(f"{instance}: the history knows other open tokens than the engine")
        if (state == "done") == bool(live):
            found.append(f"{instance} is {state} with tokens {live}")
    return found


def live_tokens(engine_state: str) -> dict[str, str]:
    """{token: element} of what waits for somebody, read from the saved text itself."""
    watched = HUMAN | EVENTS | BACKGROUND
    return {
        _dashed(row[0]): row[3]
        for row in json.loads(engine_state)["top"]["tasks"]
        if row[2] in (WAITING, READY) and row[3] in watched
    }


def _dashed(text):
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


#: What must be the same for every run: its passes, its effects, its tasks.
EACH = {
    "runs": "SELECT res_id, count(*) FROM bpm_instance GROUP BY 1 HAVING count(*) <> 1",
    "passes": """SELECT instance_id, element, event, count(*) FROM bpm_log
        WHERE event IN ('entered', 'left') AND element <> 'Join'
        GROUP BY 1, 2, 3 HAVING count(*) <> 1""",
    "join": """SELECT instance_id FROM bpm_log WHERE element = 'Join' AND event = 'left'
        GROUP BY 1 HAVING count(*) > 3""",
    "tasks": """SELECT instance_id, count(*) FROM bpm_task WHERE state = 'done'
        GROUP BY 1 HAVING count(*) <> 2""",
    "open": """SELECT id FROM bpm_task WHERE state <> 'done'
        UNION ALL SELECT id FROM bpm_wait UNION ALL SELECT id FROM bpm_job WHERE state <> 'done'
        UNION ALL SELECT id FROM mail_activity WHERE bpm_task_id IS NOT NULL AND active""",
    "jobs": "SELECT instance_id, count(*) FROM bpm_job GROUP BY 1 HAVING count(*) <> 1",
    "effects": """SELECT name->>'en_US', color, count(*) FROM res_partner_category
        WHERE name->>'en_US' LIKE 'Soak %' GROUP BY 1, 2 HAVING count(*) <> 1""",
}
TOTALS = {
    "ended": ("SELECT count(*) FROM bpm_instance WHERE state = 'done'", 1),
    "ends": ("SELECT count(*) FROM bpm_log WHERE element = 'End' AND event = 'left'", 1),
    "passes of eight elements": (
        """SELECT count(*) FROM bpm_log WHERE event = 'left' AND element IN
           ('Start', 'Note', 'Fork', 'First', 'Pause', 'Send', 'Word', 'Last')""",
        8,
    ),
    "effects": ("SELECT count(*) FROM res_partner_category WHERE color IN (1, 2)", 2),
    "tasks": ("SELECT count(*) FROM bpm_task", 2),
}


def final_trouble(connection, size) -> list[str]:
    """What is wrong once everything has ended."""
    found = state_trouble(connection)
    for what, query in EACH.items():
        wrong = rows(connection, query)
        if wrong:
            found.append(f"{what}: {len(wrong)} wrong, for instance {wrong[:3]}")
    for what, (query, each) in TOTALS.items():
        count = rows(connection, query)[0][0]
        if count != size * each:
            found.append(f"{what}: {count} instead of {size * each}")
    return found
