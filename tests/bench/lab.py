"""Where benches run: databases of two sizes, and how time is taken."""

import contextlib
import gc
import logging
import os
import tempfile
import time
from pathlib import Path

from tests.bench import dataset, stock
from tests.running import Server, environment


class Lab:
    """Databases with generated data, thrown away at the end of the run.

    ``large`` and ``small`` are numbers of customers, ten to one. Cursors from
    :meth:`env` are rolled back; what commits works on a scratch copy anyway.

    A ``tiny`` lab only lets the benches run: all share one database with the product
    and one without it, and one server on each. Making these costs more than the benches.
    """

    def __init__(self, size: int, tiny=False):
        self.large = size
        self.small = size if tiny else size // 10
        self.tiny = tiny
        self.night = dataset.NIGHT
        self._known = {}
        self._notes = []
        self._scratch = []
        self._end = contextlib.ExitStack()

    def __enter__(self):
        boot()
        stock.drop_left_behind()
        return self

    def __exit__(self, *exc_info):
        # Servers end before the databases that they are connected to, which came first.
        self._end.close()

    def once(self, key, function):
        """What several benches need and one measures."""
        if key not in self._known:
            self._known[key] = function()
        return self._known[key]

    def note(self, text: str) -> None:
        """A line under the bench's row."""
        self._notes.append(text)

    def take_notes(self) -> list[str]:
        notes, self._notes = self._notes, []
        return notes

    def database(self, size=None) -> str:
        """The run's copy of the database with that many customers (default: large)."""
        size = size or self.large
        return self.once(("database", size), lambda: self._copies(size)[0])

    def night_database(self, size) -> str:
        """A copy that nothing but a night has worked on."""
        return self._copies(size)[1] if self.tiny else self.scratch(stock.bench_database(size))

    def _copies(self, size):
        """Names of the run's database and, in a tiny lab, of a copy made before its first use."""
        if not self.tiny:
            return [self.scratch(stock.bench_database(size))]
        return self.once(("copies", size), lambda: self._generate(size))

    def _generate(self, size):
        name = self.scratch(stock.template())
        stock.fill(name, size)
        return [name, self.scratch(name)]

    def fresh(self) -> str:
        """A new database with the product and nothing else, for benches with own data."""
        return self.database() if self.tiny else self.scratch(stock.template())

    def plain(self, size) -> str:
        """Odoo's own modules and that many customers, without the product."""
        return self.once(
            ("plain", size), lambda: self.scratch(stock.dataset_database(size, self.tiny))
        )

    def scratch(self, source: str) -> str:
        """A copy of a database, dropped at the end of the run."""
        name = f"{stock.SCRATCH}_{os.getpid()}_{len(self._scratch)}"
        self._scratch.append(name)
        self._end.callback(stock.drop, name)
        stock.copy(source, name)
        return name

    @contextlib.contextmanager
    def server(self, database: str):
        """A server of the product on a database; a tiny lab keeps it for the other benches."""
        with contextlib.ExitStack() as stack:
            if self.tiny:
                yield self.once(("server", database), lambda: self._serve(self._end, database))
            else:
                yield self._serve(stack, database)

    def _serve(self, stack, database):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        return stack.enter_context(Server(database, folder / "server.log"))

    @contextlib.contextmanager
    def env(self, size=None, database=None, commit=False):
        """Environment of the system user; rolled back unless ``commit``."""
        with environment(database or self.database(size), commit=commit) as env:
            yield env

    def best(self, *functions, repeat=5) -> list[float]:
        """Least seconds of each function, run in turns so that noise hits all alike."""
        if self.tiny:
            repeat = 1
        times = [[] for _function in functions]
        for _round in range(repeat):
            for taken, function in zip(times, functions, strict=True):
                taken.append(seconds(function))
        return [min(taken) for taken in times]


def seconds(function) -> float:
    """Wall-clock time of one call, without garbage collection in between."""
    gc.collect()
    gc.disable()
    try:
        started = time.perf_counter()
        function()
        return time.perf_counter() - started
    finally:
        gc.enable()


def boot() -> None:
    """Odoo in this process; its log only when something is wrong."""
    from odoo.tools import config

    config.parse_config(["--no-http", "--log-level=warn"])
    logging.getLogger("odoo").setLevel(logging.WARNING)
