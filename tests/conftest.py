"""Fixtures of tests that need the product running, not only its code."""

import pytest

from tests import running


@pytest.fixture(scope="module")
def database():
    """Name of a new database with the product, for one module of tests."""
    with running.database() as name:
        yield name


@pytest.fixture(scope="module")
def start_server(tmp_path_factory):
    """Start servers: ``start_server(database, *options)``; all are stopped at the end."""
    started = []

    def start(name, *options):
        log = tmp_path_factory.mktemp("server") / "server.log"
        started.append(running.Server(name, log, *options))
        return started[-1].wait()

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def server(database, start_server):
    """A server process on the module's database."""
    return start_server(database)


@pytest.fixture(scope="module")
def browser():
    """Chromium of the system; missing, the tests fail with the cure."""
    with running.chromium() as chromium:
        yield chromium
