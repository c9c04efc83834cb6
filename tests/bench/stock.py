"""Generated databases, kept between runs and named by what they were made from.

dataset   Odoo's modules, customers and orders; made anew when the generator changes.
bench     dataset + the product, installed on all that data as a company would,
          statuses and monitoring set; made anew when the addons change.
soak      the product and nothing else; lives until a soak on it has ended well.

The smoke of the tests takes a template with the product and adds a few customers to it.
"""

import contextlib
import inspect
import os
import time
from pathlib import Path
from unittest.mock import patch

from tests.bench import dataset, prepare
from tests.running import close, disconnect, environment
from tools.setup import databases, paths, postgres
from tools.setup.shell import digest, only_one

PREFIX = f"{databases.PREFIX}_bench"
#: Copies that live as long as a run, named by its process.
SCRATCH = f"{PREFIX}_scratch"
#: Bytes from which on a copy takes long in any way.
LARGE = 1_000_000_000


def template() -> str:
    """The product on an empty database; within the tests theirs."""
    return os.environ.get("CRM_BPM_TEMPLATE") or databases.build_template(demo=False)


def dataset_database(size: int, pages=False) -> str:
    """Name of the database with generated data and without the product.

    :param pages: the client's files stand ready in it, which a new server makes in half a minute
    """
    what = f"data_pages_{size}" if pages else f"data_{size}"
    key = digest(databases.base_name(), inspect.getsource(dataset))
    name = f"{PREFIX}_{what}_{key}"
    with only_one(f"bench-{what.replace('_', '-')}"):
        if not databases.exists(name):
            with _building(name, databases.build_base(), f"{size} customers with orders") as target:
                with environment(target, commit=True) as env:
                    dataset.generate(env, size)
                if pages:
                    databases.shell(target, databases.BUNDLE_ASSETS)
                _analyze(target)
            _forget_older(f"bench-{what.replace('_', '-')}", name)
    return name


def fill(database: str, size: int) -> None:
    """The smoke's customers, in a copy of the template: nothing is installed or upgraded."""
    with (
        patch.object(dataset, "SALESPEOPLE", dataset.TEAMS * 2),
        environment(database, commit=True) as env,
    ):
        dataset.generate(env, size)
        # Else the ledger is built by the plans for empty tables.
        env.cr.execute("ANALYZE")
        prepare.prepare(env)


def bench_database(size: int) -> str:
    """Name of the database in which the product watches the generated customers.

    After a change of the addons it is upgraded, which takes seconds; installing
    them on ten million order lines takes minutes.
    """
    source = dataset_database(size)
    name = f"{PREFIX}_{size}_{digest(source, str(paths.REPO))}"
    made_from = digest(databases.addons_hash(), inspect.getsource(prepare))
    stamp = paths.STATE / name
    if not databases.exists(name):
        stamp.unlink(missing_ok=True)
        with _building(name, source, f"the product on {size} customers") as target:
            _install(target)
    elif not stamp.exists() or stamp.read_text() != made_from:
        stamp.unlink(missing_ok=True)
        with _building(name, name, f"an upgrade of the product on {size} customers") as target:
            _install(target)
    stamp.write_text(made_from)
    _forget_older(f"bench-{size}-{digest(str(paths.REPO))}", name)
    return name


def _install(database: str) -> None:
    """Install or upgrade, then set what a company sets."""
    addons = ",".join(paths.product_addons())
    upgrade = ["-i", addons, "-u", addons, "--stop-after-init", "--no-http"]
    databases.odoo("-d", database, *upgrade, log="bench")
    with environment(database, commit=True) as env:
        prepare.prepare(env)
    _analyze(database)


@contextlib.contextmanager
def _building(name, source, what):
    """Work on a database that gets its name only when it is complete."""
    target = f"{name}_building"
    print(f"  making {what} ...", flush=True)
    started = time.perf_counter()
    if source == name:
        close(name)
        databases.rename(name, target)
    else:
        copy(source, target)
    try:
        yield target
    except BaseException:
        drop(target)
        raise
    close(target)
    databases.rename(target, name)
    took = time.perf_counter() - started
    print(f"  made {what}: {took:.0f} s, {databases.size(name)}", flush=True)


def soak_database(size: int) -> str:
    """A database for a soak: the one that a broken-off soak of this source left, or a new one."""
    name = f"{PREFIX}_soak_{size}_{digest(databases.addons_hash())}"
    _forget_older(f"bench-soak-{size}", name)
    if not databases.exists(name):
        copy(template(), name)
    return name


def copy(source: str, target: str) -> None:
    """Clone; a large one's files are copied as files, which spares gigabytes of log.

    That makes the server write out all that it has in memory, for small ones by far too much.
    """
    disconnect(source)
    version, size = (
        int(postgres.psql(query))
        for query in ("show server_version_num", f"select pg_database_size('{source}')")
    )
    strategy = "strategy file_copy" if version >= 150000 and size > LARGE else ""
    databases.clone(source, target, strategy)
    postgres.psql(f'alter database "{target}" set synchronous_commit = off')


def drop(name: str) -> None:
    close(name)
    databases.drop(name)


def drop_left_behind() -> None:
    """Drop copies of runs that were killed."""
    query = f"select datname from pg_database where datname like '{SCRATCH}\\_%'"
    for name in postgres.psql(query).split():
        process = name.removeprefix(f"{SCRATCH}_").split("_")[0]
        if process.isdigit() and not Path(f"/proc/{process}").exists():
            drop(name)


def _analyze(database: str) -> None:
    postgres.psql("vacuum analyze", database)


def _forget_older(stamp_name: str, name: str) -> None:
    """Drop the database that this one replaces."""
    stamp = paths.STATE / stamp_name
    paths.STATE.mkdir(parents=True, exist_ok=True)
    old = stamp.read_text().strip() if stamp.exists() else ""
    if old and old != name:
        databases.drop(old)
    stamp.write_text(name)
