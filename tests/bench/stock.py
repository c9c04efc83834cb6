"""Generated databases, kept between runs and named by what they were made from.

dataset   Odoo's modules, customers and orders; made anew when the generator changes.
bench     dataset + the product, installed on all that data as a company would,
          statuses and monitoring set; made anew when the addons change.
"""

import contextlib
import inspect
import time

from tests.bench import dataset, prepare
from tests.running import close, environment
from tools.setup import databases, paths, postgres
from tools.setup.shell import digest

PREFIX = f"{databases.PREFIX}_bench"


def template() -> str:
    return databases.build_template(demo=False)


def dataset_database(size: int) -> str:
    """Name of the database with generated data and without the product."""
    key = digest(databases.base_name(), inspect.getsource(dataset))
    name = f"{PREFIX}_data_{size}_{key}"
    if not databases.exists(name):
        with _building(name, databases.build_base(), f"{size} customers with orders") as target:
            with environment(target, commit=True) as env:
                dataset.generate(env, size)
            _analyze(target)
        _forget_older(f"bench-data-{size}", name)
    return name


def bench_database(size: int) -> str:
    """Name of the database in which the product watches the generated customers."""
    source = dataset_database(size)
    clone = str(paths.REPO)
    key = digest(source, databases.addons_hash(), inspect.getsource(prepare), clone)
    name = f"{PREFIX}_{size}_{key}"
    if not databases.exists(name):
        with _building(name, source, f"the product on {size} customers") as target:
            addons = ",".join(paths.product_addons())
            databases.odoo(
                "-d", target, "-i", addons, "--stop-after-init", "--no-http", log="bench"
            )  # fmt: skip
            with environment(target, commit=True) as env:
                prepare.prepare(env)
            _analyze(target)
        _forget_older(f"bench-{size}-{digest(clone)}", name)
    return name


@contextlib.contextmanager
def _building(name, source, what):
    """Work on a database that gets its name only when it is complete."""
    target = f"{name}_building"
    print(f"  making {what} ...", flush=True)
    started = time.perf_counter()
    databases.drop(target)
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


def copy(source: str, target: str) -> None:
    """Clone; files are copied as files, which spares gigabytes of log."""
    close(source)
    version = int(postgres.psql("show server_version_num"))
    strategy = "strategy file_copy" if version >= 150000 else ""
    databases.clone(source, target, strategy)
    postgres.psql(f'alter database "{target}" set synchronous_commit = off')


def drop(name: str) -> None:
    close(name)
    databases.drop(name)


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
