"""PK-12: two servers that start the same sweep at once make one."""

import pytest

from tools.setup import databases, postgres

from . import sweeping

pytestmark = pytest.mark.skipif(not sweeping.TEMPLATE, reason="needs 'make test'")


@pytest.fixture
def database():
    name = sweeping.seeded()
    yield name
    databases.drop(name)


def test_twins_make_one_sweep(database):
    """PK-12, PK-13: one run, and each customer one call, though two processes fired."""
    twins = [sweeping.start(database, sweeping.SWEEP) for _twin in range(2)]
    outputs = [sweeping.finish(twin) for twin in twins]
    assert any("STATE warning" in output for output in outputs), outputs
    assert not any("Traceback" in output for output in outputs), outputs
    assert postgres.psql("SELECT count(*), min(state) FROM crm_nightly_run", database) == (
        "1|warning\n"
    )
    doubled = postgres.psql(
        "SELECT res_id FROM mail_activity WHERE call_reason = 'monitoring' "
        "GROUP BY res_id HAVING count(*) > 1",
        database,
    )
    assert not doubled
    due = f"monitoring_last_date = '{sweeping.NIGHT}'"
    moved = postgres.psql(f"SELECT count(*) FROM res_partner WHERE {due}", database)
    calls = postgres.psql(
        "SELECT count(*) FROM mail_activity WHERE call_reason = 'monitoring'", database
    )
    assert moved == calls
    failed = "SELECT code, message FROM crm_nightly_run_stage WHERE state <> 'done'"
    assert not postgres.psql(failed, database)
