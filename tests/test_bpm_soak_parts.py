"""HU-24: killed programs lose nothing inside sub-processes, called ones and several instances."""

import contextlib

import psycopg2

from tests import soak_checks, soak_parts, soaking

SIZE = 60


def test_killed_programs_lose_no_part(database, tmp_path):
    """HU-24: attached timers, sub-processes, calls, several instances; each run ends once."""
    soak = soaking.Soak(
        database, tmp_path, SIZE, 3, quiet=1, seed=11,
        drawing=(soak_parts.DRAWING, soak_parts.CALLED), expected=soak_parts.EXPECTED,
    )  # fmt: skip
    report = soak.run(timeout=1200)
    assert report.trouble == []
    assert report.kills == 3
    with contextlib.closing(psycopg2.connect(dbname=database)) as connection:
        ways = dict(
            soak_checks.rows(
                connection,
                "SELECT element, count(*) FROM bpm_log WHERE (element, event) IN"
                " (('Inner', 'left'), ('Late', 'fired')) GROUP BY 1",
            )
        )
        assert min(ways.values()) > 0 and len(ways) == 2, "people and the clock both were first"
        with connection, connection.cursor() as cr:
            cr.execute(
                "UPDATE bpm_task SET state = 'todo' WHERE id = ("
                "SELECT min(id) FROM bpm_task WHERE name = 'Inner')"
            )
        assert soak_checks.final_trouble(connection, SIZE, soak_parts.EXPECTED)
