"""Thousands of processes worked on by several programs at once that are killed at random.

People, timers and messages are played by processes of their own (``odoo shell``),
background steps by the job runner of a real server. Each of them is killed with
``kill -9`` now and then and started again. Afterwards, and at every kill, the database
is read without the product's code: no token may be lost or doubled.

A soak that was broken off goes on where it stood when it is run on the same database.
"""

import contextlib
import dataclasses
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import psycopg2

from tests import running
from tests.soak_checks import PLAIN, final_table, final_trouble, rows, state_trouble
from tests.soak_scripts import DRAWING, SEED, WORKER
from tools.setup import databases, paths

#: Seconds between two looks at how far it is, and between two lines that say so.
LOOK, TELL = 2, 30
#: How many background steps run beside each other.
JOBS = 3
#: Kills come between these shares of the work: all programs are up, and work is left.
FIRST_KILL, LAST_KILL = 0.05, 0.9
#: What was done before the soak was broken off; in the database it is about.
NOTES = """
CREATE TABLE IF NOT EXISTS crm_bpm_soak
    (at timestamp DEFAULT now(), kind text, seconds float DEFAULT 0, trouble text)
"""


@dataclasses.dataclass
class Report:
    """What a soak did, breaks included.

    :param table: (what, how many there must be, how many there are).
    """

    size: int
    seconds: float
    kills: int
    trouble: list
    table: list

    def lines(self) -> list[str]:
        """The result as a table for people."""
        head = (
            f"{self.size} runs in {self.seconds:.0f} s ({self.size / self.seconds:.1f} a second),"
            f" programs killed {self.kills} times"
        )
        body = [
            f"{what:<28} {wanted:>8} {found:>8}  {'ok' if wanted == found else 'WRONG'}"
            for what, wanted, found in self.table
        ]
        verdict = f"contradictions found: {len(self.trouble)}" if self.trouble else "nothing lost"
        return [head, f"{'':<28} {'wanted':>8} {'found':>8}", *body, verdict, *self.trouble[:20]]


class Soak:
    """One soak on a database of its own.

    :param size: number of runs.
    :param kills: how often a worker or the server is killed.
    :param folder: for the logs.
    :param quiet: how many of the workers act without activities, as programs do.
    :param tell: what takes a line about how far it is, every half minute.
    :param drawing: (process, process that it calls or None) as XML.
    :param expected: what its runs must be like.
    """

    def __init__(
        self, database, folder: Path, size, kills, workers=2, quiet=0, seed=None, tell=None,
        drawing=(DRAWING, None), expected=PLAIN,
    ):  # fmt: skip
        self.drawing, self.expected = drawing, expected
        self.database, self.folder, self.size, self.kills = database, folder, size, kills
        self.count, self.quiet, self.tell = workers, quiet, tell or (lambda line: None)
        self.random = random.Random(seed)
        self.workers, self.server = {}, None
        self.checked, self.told = None, time.monotonic()

    def run(self, timeout=300) -> Report:
        with contextlib.closing(psycopg2.connect(dbname=self.database)) as self.notes:
            self.notes.autocommit = True
            self._begin()
            with contextlib.closing(psycopg2.connect(dbname=self.database)) as self.watch:
                self.watch.set_session(isolation_level="REPEATABLE READ", readonly=True)
                try:
                    self._work(time.monotonic() + timeout)
                finally:
                    self._end()
                return self._report()

    def _begin(self):
        """Seed the database, or see what was done to it before."""
        with self.notes.cursor() as cr:
            cr.execute(NOTES)
            cr.execute("SELECT FROM bpm_process WHERE key = 'soak'")
            seeded = cr.rowcount
        if not seeded:
            xml, called = self.drawing
            running.shell(self.database, SEED.format(xml=xml, called=called, size=self.size))

    def _report(self):
        late = [row[0] for row in rows(self.watch, "SELECT trouble FROM crm_bpm_soak") if row[0]]
        return Report(
            self.size,
            sum(self._noted("worked")),
            len(self._noted("killed")),
            late + final_trouble(self.watch, self.size, self.expected),
            final_table(self.watch, self.size, self.expected),
        )

    def _work(self, deadline):
        self._start_server()
        for number in range(self.count):
            self._start_worker(number)
        left = self.kills - len(self._noted("killed"))
        first = max(self._share(), FIRST_KILL)
        last = max(LAST_KILL, (1 + first) / 2)
        moments = sorted(self.random.uniform(first, last) for _kill in range(left))
        victims = [*range(self.count), None]
        since = time.monotonic()
        while not self._finished():
            if time.monotonic() > deadline:
                raise AssertionError(f"The soak came to a halt: {self._position()}")
            if moments and self._share() >= moments[0]:
                moments.pop(0)
                self._kill(victims[len(moments) % len(victims)])
            self._revive()
            since = self._say(since)
            time.sleep(0.3 if self.size < 1000 else LOOK)
        self._note("worked", time.monotonic() - since)

    # Programs

    def _start_worker(self, number):
        script = WORKER.format(number=number, count=self.count, quiet=number < self.quiet)
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
        self.server = running.Server(
            self.database,
            log,
            "--max-cron-threads=1",
            "--log-level=warn",
            variables={"ODOO_QUEUE_JOB_CHANNELS": f"root:{JOBS}"},
        )

    def _kill(self, number):
        """kill -9 in the middle of whatever it does; number None: the server."""
        process = self.server.process if number is None else self.workers[number]
        process.kill()
        assert process.wait() == -signal.SIGKILL, "it had ended before it was killed"
        self._check()
        if number is None:
            self._start_server()
        else:
            self._start_worker(number)

    def _check(self):
        """Whether all runs that were touched since the last look are whole."""
        ((now,),) = rows(self.watch, "SELECT now() AT TIME ZONE 'UTC' - interval '5 minutes'")
        since = [self.checked] if self.checked else []
        trouble = state_trouble(self.watch, *since, expected=self.expected)
        self.checked = now
        self._note("killed", trouble="; ".join(trouble) or None)

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
        if self.server:
            self.server.stop()

    # How far it is

    def _noted(self, kind):
        """Seconds of each note of a kind."""
        with self.notes.cursor() as cr:
            cr.execute("SELECT seconds FROM crm_bpm_soak WHERE kind = %s", [kind])
            return [seconds for (seconds,) in cr.fetchall()]

    def _note(self, kind, seconds=0, trouble=None):
        with self.notes.cursor() as cr:
            cr.execute(
                "INSERT INTO crm_bpm_soak (kind, seconds, trouble) VALUES (%s, %s, %s)",
                [kind, seconds, trouble],
            )

    def _say(self, since):
        """A line now and then; the time is noted, so that a break loses none of it.

        :return: since when time is not noted yet.
        """
        now = time.monotonic()
        if now - self.told < TELL:
            return since
        self.told = now
        self._note("worked", now - since)
        seconds, kills = sum(self._noted("worked")), len(self._noted("killed"))
        share = self._share()
        started, ended = self._progress()
        to_go = f", about {seconds * (1 / share - 1) / 60:.0f} to go" if share > 0.01 else ""
        self.tell(
            f"{started} started, {ended} ended of {self.size}; {share * self.size / seconds:.1f}"
            f" a second; {kills} of {self.kills} kills; {seconds / 60:.0f} min so far{to_go}"
        )
        return now

    def _progress(self):
        """How many runs were started, and how many have ended."""
        states = dict(self._rows("SELECT state, count(*) FROM bpm_instance GROUP BY 1"))
        return sum(states.values()), states.get("done", 0)

    def _share(self) -> float:
        """From 0 to 1: half for started, half for ended runs."""
        return sum(self._progress()) / 2 / self.size

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
