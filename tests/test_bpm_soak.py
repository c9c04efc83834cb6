"""HU-24: runs that several killed programs work on end whole, none lost or doubled.

Ten thousand of them: ``make bench NAME=soak``.
"""

import contextlib

import psycopg2
import pytest

from tests import soaking
from tools.setup import databases

SIZE = 150


@pytest.fixture
def soak(database, tmp_path):
    return soaking.Soak(database, tmp_path, SIZE, kills=3, seed=7)


def test_killed_programs_lose_nothing(soak):
    """HU-24: two workers and the server killed in the middle; every run ends exactly once."""
    report = soak.run(timeout=1200)
    assert report.trouble == []
    assert report.kills == 3
    assert databases.exists(soak.database)


DAMAGE = {
    "a token that never left": """DELETE FROM bpm_log WHERE id = (
        SELECT min(id) FROM bpm_log WHERE element = 'First' AND event = 'left')""",
    "an effect that happened twice": """INSERT INTO res_partner_category (name, color)
        SELECT name, color FROM res_partner_category WHERE color = 2 LIMIT 1""",
    "a task without a token": """UPDATE bpm_task SET state = 'todo'
        WHERE id = (SELECT max(id) FROM bpm_task)""",
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_seen(database, what):
    """HU-24: the checks of the soak do find what they look for."""
    with contextlib.closing(psycopg2.connect(dbname=database)) as connection:
        before = set(soaking.final_trouble(connection, SIZE))
        with connection, connection.cursor() as cr:
            cr.execute(DAMAGE[what])
        assert set(soaking.final_trouble(connection, SIZE)) - before
