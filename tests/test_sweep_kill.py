"""PK-12: a sweep that is killed in the middle ends as if it had not been."""

import signal

import pytest

from tools.setup import databases

from . import sweeping

pytestmark = pytest.mark.skipif(not sweeping.TEMPLATE, reason="needs 'make test'")


@pytest.fixture(scope="module")
def seed():
    name = sweeping.seeded()
    yield name
    databases.drop(name)


@pytest.fixture
def copies(seed):
    names = [sweeping.copy(seed, kind) for kind in ("whole", "killed")]
    yield names
    for name in names:
        databases.drop(name)


def _kill_after(database: str, calls: int) -> None:
    """Start a sweep and kill -9 it as soon as it has kept so many calls."""
    process = sweeping.start(database, sweeping.SWEEP)
    try:
        sweeping.wait_until(
            lambda: process.poll() is not None or sweeping.count_calls(database) >= calls
        )
    finally:
        process.kill()
        process.stdout.close()
    assert process.wait() == -signal.SIGKILL, "the sweep was over before it was killed"
    sweeping.wait_until(lambda: not sweeping.connections(database))


def test_killed_sweep_is_resumed(copies):
    """PK-12: killed twice among the calls, then run to its end: the same result."""
    whole, killed = copies
    assert "STATE warning" in sweeping.finish(sweeping.start(whole, sweeping.SWEEP))
    expected = sweeping.traces(whole)
    calls = sweeping.count_calls(whole)
    assert calls > sweeping.CUSTOMERS * 3 // 4
    for share in (0.2, 0.6):
        _kill_after(killed, int(calls * share))
        done = sweeping.count_calls(killed)
        assert 0 < done < calls, "killed in the middle"
    assert "STATE warning" in sweeping.finish(sweeping.start(killed, sweeping.SWEEP))
    for left, right in zip(sweeping.traces(killed), expected, strict=True):
        assert left == right
