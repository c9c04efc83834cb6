"""The demo database, as ``make run`` makes it: every addon tells its story there."""

import pytest

from tests import running
from tools.setup import databases, postgres

#: What a visitor of the demo must find: table, at least so many records.
TOLD = (
    ("bpm_instance", 5),
    ("bpm_task", 5),
    ("res_partner", 20),
    ("crm_contract", 8),
    ("crm_contract_payment", 15),
    ("crm_contract_settlement", 5),
    ("crm_receivable_item", 5),
    ("crm_payment_reminder", 5),
    ("crm_cash_budget", 1),
)
COMPARE = """
if differences := env["crm.contract"].search([])._get_differences():
    raise AssertionError(differences)
"""


@pytest.fixture(scope="module")
def database():
    """Building it fails when the demo data of an addon does."""
    with running.database("demo", demo=True) as name:
        yield name


@pytest.mark.parametrize(("table", "least"), TOLD)
def test_tells_its_story(database, table, least):
    """PF-01: no screen of the demo is empty."""
    assert int(postgres.psql(f"select count(*) from {table}", database)) >= least


def test_money_agrees(database):
    """TN-27: the demo's contracts say what accounting says."""
    databases.shell(database, COMPARE)
