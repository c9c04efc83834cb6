"""HU-24: runs that several killed programs work on end whole, none lost or doubled.

Ten thousand of them: ``make bench NAME=soak``.
"""

import contextlib
from unittest.mock import patch

import psycopg2
import pytest

from tests import soak_checks, soaking
from tools.setup import databases

SIZE = 150


def test_killed_programs_lose_nothing(database, tmp_path):
    """HU-24: workers and the server killed in the middle, and the whole broken off once.

    Every run ends exactly once.
    """
    said = []

    def soak():
        return soaking.Soak(database, tmp_path, SIZE, 3, quiet=1, seed=7, tell=said.append)

    with patch.object(soaking, "TELL", 1):
        with pytest.raises(AssertionError, match="came to a halt"):
            soak().run(timeout=20)
        report = soak().run(timeout=1200)
    assert report.trouble == []
    assert report.kills == 3
    assert f"of {SIZE}; " in said[-1]
    assert "nothing lost" in report.lines()
    assert databases.exists(database)


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
        before = set(soak_checks.final_trouble(connection, SIZE))
        with connection, connection.cursor() as cr:
            cr.execute(DAMAGE[what])
        assert set(soak_checks.final_trouble(connection, SIZE)) - before
