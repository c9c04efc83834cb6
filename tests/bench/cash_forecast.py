"""The cash forecast over the contracts of the payment plan's bench.

What the board shows must be what one pass over the planned payments finds open. How long it
takes is held against a person who waits: beside the plan it reads all that is booked.
"""

import datetime as dt

from tests.bench.frame import bench
from tests.bench.payment_plan import as_user, database

OPEN_BY_DAY = """
SELECT date_planned, sum(amount_remaining) FROM crm_contract_payment
 WHERE state = 'planned' AND amount_remaining > 0 GROUP BY date_planned
"""
#: A delay of its own for every other payer, and one of the company.
DELAYS = """
INSERT INTO crm_payer_delay (company_id, partner_id, debt_count, average, p50, p75, p90, date)
SELECT %(company)s, id, 5, id %% 30, id %% 20, id %% 40, id %% 60, current_date
  FROM res_partner WHERE name LIKE 'Payer %%' AND id %% 2 = 0
UNION ALL SELECT %(company)s, NULL, 50, 9, 5, 14, 30, current_date
"""
MODES = ("contract", "promised", "behaviour")


def prepared(env):
    """The head of sales, delays filled; everything is counted on, however late."""
    env.company.write({"cash_doubtful_days": 0, "cash_weeks": 52})
    env.flush_all()
    env.cr.execute(DELAYS, {"company": env.company.id})
    env.cr.execute("ANALYZE crm_payer_delay")
    env.invalidate_all()
    return as_user(env, "plan_0")


def get_total(board):
    return sum(week["in"] - week["out"] for week in board["weeks"]) + board["later"]["in"]


def read_board(env, mode):
    env.invalidate_all()
    return env["crm.cash.board"].get_board(mode)


def _check(env):
    env.cr.execute(OPEN_BY_DAY)
    expected = float(sum(row[1] for row in env.cr.fetchall()))
    for mode in MODES:
        if round(get_total(read_board(env, mode)) - expected, 2):
            raise AssertionError(f"{mode}: the board's weeks are not what the plan leaves open.")


@bench("cash forecast: board by contract dates", at_most=1.5)
def board_by_contract(lab):
    return _measure(lab, "contract")


@bench("cash forecast: board by habits of payers", at_most=1.5)
def board_by_habit(lab):
    return _measure(lab, "behaviour")


def _measure(lab, mode):
    with lab.env(database=database(lab)) as env:
        head = prepared(env)
        _check(head)
        return lab.best(lambda: read_board(head, mode), repeat=3)[0]


@bench("cash forecast: documents of a week", at_most=1)
def documents_of_a_week(lab):
    """A page of 80 with its count, as the list asks for it after a click on a column."""
    columns = {"document": {}, "partner_id": {"fields": {"display_name": {}}}, "source": {},
               "date_contract": {}, "date_behaviour": {}, "amount": {}, "amount_company": {},
               "certainty": {}, "is_overdue": {}}  # fmt: skip
    with lab.env(database=database(lab)) as env:
        head = prepared(env)
        start = env.company._get_local_today() + dt.timedelta(weeks=4)
        domain = list(
            head["crm.cash.forecast"]._get_period_domain(
                "behaviour", start, start + dt.timedelta(days=7)
            )
        )

        def page():
            head.invalidate_all()
            head["crm.cash.forecast"].web_search_read(domain, columns, limit=80, count_limit=10001)

        return lab.best(page, repeat=3)[0]


@bench("cash report: plan, budget and fact of a month", at_most=1.5)
def plan_and_fact(lab):
    with lab.env(database=database(lab)) as env:
        head = prepared(env)
        first = env.company._get_local_today().replace(day=1)
        domain = [("date", ">=", first), ("date", "<", first + dt.timedelta(days=31))]
        measures = ["budget:sum", "planned:sum", "fact:sum", "deviation_percent:avg"]

        def groups():
            head.invalidate_all()
            head["crm.cash.report"].formatted_read_group(
                domain, ["direction", "category_id"], measures
            )

        return lab.best(groups, repeat=3)[0]
