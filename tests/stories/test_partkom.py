"""Partkom: a web store's customers under watch, from the first order to the won-back one."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.stories.partkom import WEEKS, Partkom


@pytest.fixture(scope="module")
def server(database, start_server):
    """This server has its scheduler: the night must come by itself."""
    return start_server(database, "--max-cron-threads=1")


@pytest.fixture(scope="module")
def partkom(server, browser):
    return Partkom(server, browser)


def test_customers_are_in_the_crm(partkom):
    """PK-08: the store puts its customers into the CRM.
    PK-09: each has a designated responsible person.
    PK-11: the partner has status, date of next monitoring and responsible.
    """
    customers = partkom.partners("user_id", "customer_status_id", "monitoring_next_date")
    assert len(customers) == 45
    assert {row["user_id"][1] for row in customers.values()} == {"Anna Petrova"}
    assert customers["Newcomer LLC"]["customer_status_id"][1] == "Potential"


def test_history_is_imported_once(partkom):
    """PK-17: half a year of weekly orders of 6-7 goods is there to be judged by."""
    history = partkom.history
    assert history["first"]["created"] == history["rows"]
    assert history["first"]["error_count"] == 0
    assert (history["again"]["created"], history["again"]["duplicates"]) == (0, history["rows"])
    weeks = partkom.ledger(partkom.vector)
    assert len(weeks) == WEEKS
    assert {row["line_count"] for row in weeks} == {6, 7}
    assert weeks[-1]["day"] == partkom.last_order_day.isoformat()


def test_store_orders_arrive(partkom):
    """PK-15: the orders of the store reach the system, with the day they were placed."""
    assert len(partkom.orders) == 4
    assert partkom.ledger(partkom.newcomer) == [
        {"day": partkom.yesterday.isoformat(), "order_count": 4, "line_count": 8}
    ]


def test_night_comes_by_schedule(partkom):
    """PK-12: the sweep of the night is made by the scheduler, and the next is set for 01:00
    of the company's time.
    """
    assert partkom.night["night"] == partkom.today.isoformat()
    assert partkom.night["state"] == "done", partkom.issues()
    wanted = datetime.combine(partkom.today + timedelta(days=1), datetime.min.time())
    wanted = wanted.replace(hour=1, tzinfo=ZoneInfo(partkom.zone))
    assert wanted in partkom.wake_ups()


def test_potential_becomes_permanent(partkom):
    """PK-15: once a day new customers with more than three orders in the last day are found.
    PK-16: monitoring is switched on for them.
    HU-14: the status turns from potential to permanent by itself.
    PK-06: the stages of the life cycle that were passed are on record.
    """
    assert partkom.night
    before, now = (
        partkom.before["Newcomer LLC"],
        partkom.partners("customer_status_id", "monitoring_active", "monitoring_next_date")[
            "Newcomer LLC"
        ],
    )
    assert before["customer_status_id"][1] == "Potential"
    assert now["customer_status_id"][1] == "Permanent"
    assert now["monitoring_active"]
    assert now["monitoring_next_date"] == partkom.later(months=1).isoformat()
    assert partkom.history_of_statuses(partkom.newcomer)[-1] == "Permanent"
    registered = partkom.partners("customer_status_id")["Registered LLC"]
    assert registered["customer_status_id"][1] == "Potential", "he ordered nothing"


def test_monitoring_calls(partkom):
    """PK-10: monitoring is a call for the person responsible.
    PK-13: the calls are created for all customers found and given to their responsible.
    PK-14: the next date is one month ahead for a permanent customer, three for a potential one.
    HU-11: each monitored customer's responsible gets a call at set intervals.
    HU-13: the next date shifts by one month or three, by status.
    """
    assert partkom.night
    rows = partkom.admin(
        "res.partner", "read", list(partkom.monitoring.values()), ["monitoring_next_date"]
    )
    dates = {row["id"]: row["monitoring_next_date"] for row in rows}
    for code, months in (("permanent", 1), ("potential", 3)):
        customer = partkom.monitoring[code]
        (call,) = partkom.calls(customer, "monitoring")
        assert call["user_id"][0] == partkom.anna
        assert call["date_deadline"] == partkom.today.isoformat()
        assert dates[customer] == partkom.later(months=months).isoformat()


def test_silence_is_noticed(partkom):
    """PK-17: who ordered every week for half a year and suddenly stopped is found.
    PK-19: the responsible gets a call whose purpose is to restore relations.
    HU-15: decline control: weekly for six months, 6-7 products, sharp stop.
    HU-16: the list is shown to the manager, the responsible is told to call.
    """
    assert partkom.night
    assert partkom.night["alert_count"] == 1, "only Vector fell silent"
    alarm = partkom.alarm()
    assert alarm["user_id"][0] == partkom.anna
    assert alarm["gap"] == pytest.approx(7, abs=0.1)
    assert alarm["tolerated"] == pytest.approx(28, abs=0.2)
    # Activity days: his weekday is a little quieter since he is missing.
    assert alarm["tolerated"] < alarm["silence"] <= 29
    assert alarm["weeks_ordered"] == WEEKS
    assert alarm["week_lines"] == pytest.approx(6.5)
    assert "26 of 26 weeks" in alarm["explanation"]
    assert "6.5" in alarm["explanation"] and "29" in alarm["explanation"]
    (call,) = partkom.calls(partkom.vector, "recession")
    assert call["user_id"][0] == partkom.anna
    assert call["date_deadline"] == partkom.today.isoformat()


def test_responsible_is_told_in_one_mail(partkom):
    """PK-18: the decline is announced to the responsible person.
    HU-12: the responsible is notified, by one digest for all calls of the day.
    """
    assert len(partkom.digest) == 1, [subject for subject, _body in partkom.digest]
    subject, body = partkom.digest[0]
    open_calls = partkom.count_calls(partkom.anna)
    assert f": {open_calls}," in subject
    assert "Vector LLC" in body and "Registered LLC" in body


def test_responsible_finds_and_closes_the_call(partkom):
    """HU-10: the need to call stands in the manager's list of today without anybody's doing.
    PK-18: he reads why: how the customer ordered, and since when he does not.
    """
    closed = partkom.call_closed
    assert re.search(r"silent for 30 days, usually .* 7\b", closed["text"]), closed["text"]
    assert closed["url"].endswith("calls-today"), "the calls are what opens at login"
    assert closed["seconds"] < 5
    assert partkom.calls(partkom.vector, "recession") == []
    (call,) = partkom.calls(partkom.vector, "recession", active=False)
    assert call["call_result"] == "reached"
    assert partkom.last_message(partkom.vector).count("moving the warehouse") == 1
    assert partkom.alarm()["state"] == "called"


def test_head_sees_the_recession(partkom):
    """PK-07: the director, who wants relations developed, has a board of his own.
    HU-16: the list of recessions is shown to the manager who runs the process.
    """
    assert partkom.call_closed
    tile = partkom.board(".o_crm_tile_recessions")
    assert "Vector LLC" in tile and "Called" in tile
    assert re.search(r"7[ \xa0,.]?\d\d\d|6[ \xa0,.]?5\d\d", tile), tile


def test_customer_comes_back(partkom):
    """PK-18: the loss is prevented, and the board says what the call won back."""
    assert partkom.next_night in ("done", "warning")
    alarm = partkom.alarm()
    assert alarm["outcome"] == "recovered"
    assert alarm["resumed_date"] == partkom.today.isoformat()
    assert alarm["won_back_amount"] == pytest.approx(6 * 3 * 500)
    board = partkom.board(".o_crm_tiles")
    assert re.search(r"9[ \xa0,.]?000", board), board
    assert "Recovered" in board


def test_no_errors_on_the_server(partkom):
    """PK-25: both systems worked together; the server's log tells of no error."""
    assert partkom.next_night
    assert partkom.server.errors() == []
