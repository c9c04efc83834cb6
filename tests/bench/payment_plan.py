"""The payment plan on as many contracts as there are customers, six payments each.

A database of its own, filled by SQL: half of the payments are received, the
dates spread over two years around today. Lists are asked for as the web client
does, by a head of sales and by a salesperson who sees a fraction.
"""

from lxml import etree

from tests.bench import books
from tests.bench.frame import bench

PAYMENTS = 6
PEOPLE = 10
#: Contracts paid by invoices, for the benches that compare them with accounting.
SETTLED = 5000

#: Contracts 1 ... n; every value that the product keeps is filled as it would be.
CONTRACTS = """
INSERT INTO crm_contract (number, type_id, direction, state, company_id, partner_id,
       commercial_partner_id, user_id, currency_id, amount_total, amount_effective, date,
       planned_total, remaining_total, open_total, received_total, cash_total, unallocated_total,
       unplanned_total, company_signature, partner_signature, signature_state, version,
       create_uid, write_uid, create_date, write_date)
SELECT 'B-' || n, %(type)s, 'income', 'active', %(company)s,
       (%(partners)s::int[])[1 + n %% %(partner_count)s],
       (%(partners)s::int[])[1 + n %% %(partner_count)s],
       (%(users)s::int[])[1 + n %% %(user_count)s], %(currency)s,
       600, 600, current_date - n %% 700, 600, 300, 300, 300, 300, 0, 0,
       'esign', 'esign', 'signed', 1, 1, 1, now(), now()
  FROM generate_series(1, %(count)s) n
"""
ROWS = """
INSERT INTO crm_contract_payment (name, sequence, contract_id, kind, state, company_id, partner_id,
       user_id, currency_id, direction, contract_state, amount, amount_received, amount_cash,
       amount_remaining, date_planned, date_received, due_kind, is_estimated, basis,
       create_uid, write_uid, create_date, write_date)
SELECT 'Part ' || k, k * 10, c.id, 'stage',
       CASE WHEN k <= 3 THEN 'received' ELSE 'planned' END,
       c.company_id, c.partner_id, c.user_id, c.currency_id, c.direction, c.state, 100,
       CASE WHEN k <= 3 THEN 100 ELSE 0 END, CASE WHEN k <= 3 THEN 100 ELSE 0 END,
       CASE WHEN k <= 3 THEN 0 ELSE 100 END,
       current_date + (k - 4) * 30 + (c.id * 37) %% 365 - 180,
       CASE WHEN k <= 3 THEN current_date - (c.id * 37 + k * 11) %% 365 END, 'date', false,
       'fixed', 1, 1, now(), now()
  FROM crm_contract c, generate_series(1, %(rows)s) k
"""
RECEIPTS = """
INSERT INTO crm_contract_settlement (contract_id, payment_id, source, company_id, partner_id,
       currency_id, date, amount_settled, amount_cash, amount_company, amount_declared,
       create_uid, write_uid, create_date, write_date)
SELECT contract_id, id, 'manual', company_id, partner_id, currency_id, date_received,
       100, 100, 100, 100, 1, 1, now(), now()
  FROM crm_contract_payment WHERE state = 'received'
"""
NEXT = """
UPDATE crm_contract c SET next_date = p.day, next_amount = 100
  FROM (SELECT contract_id, min(date_planned) AS day FROM crm_contract_payment
         WHERE state = 'planned' GROUP BY 1) p
 WHERE p.contract_id = c.id
"""


def database(lab) -> str:
    """The run's database of contracts."""
    return lab.once("payment plan", lambda: _filled(lab))


def _filled(lab) -> str:
    name = lab.fresh()
    with lab.env(database=name, commit=True) as env:
        _fill(env, lab.large)
    analyze(lab, name)
    return name


def analyze(lab, name):
    with lab.env(database=name) as env:
        env.cr.execute("ANALYZE")
        env.cr.commit()


def _fill(env, count):
    users = env["res.users"].with_context(no_reset_password=True).create(
        [
            {
                "name": f"Seller {n}",
                "login": f"plan_{n}",
                "group_ids": [(4, env.ref("crm_bpm_core.group_full").id)],
            }
            for n in range(min(PEOPLE, count))
        ]
    )  # fmt: skip
    users[0].write({"group_ids": [(4, env.ref("crm_bpm_core.group_head").id)]})
    partners = env["res.partner"].create(
        [{"name": f"Payer {n}", "is_company": True} for n in range(max(count // 100, 10))]
    )
    env.flush_all()
    values = {
        "type": env.ref("crm_payment_plan.crm_contract_type_supply").id,
        "company": env.company.id,
        "currency": env.company.currency_id.id,
        "partners": partners.ids,
        "partner_count": len(partners),
        "users": users.ids,
        "user_count": len(users),
        "count": count,
        "rows": PAYMENTS,
    }
    for query in (CONTRACTS, ROWS, RECEIPTS, NEXT):
        env.cr.execute(query, values)
    env.invalidate_all()
    contracts = env["crm.contract"].search([], order="id")
    books.repeat(env, partners[0], count, contracts[-(count // 2) :].ids)
    _settle(get_paid(env))


def _settle(contracts):
    """Two paid invoices replace the marks by hand of each."""
    for start in range(0, len(contracts), 500):
        contracts[start : start + 500].with_context(tracking_disable=True)._settle()
        contracts.env.flush_all()
        contracts.env.invalidate_all()


def get_marked(env, limit):
    """Contracts whose receipts were all marked by hand: the first half."""
    count = env["crm.contract"].search_count([])
    return env["crm.contract"].search([], limit=min(limit, count - count // 2), order="id")


def get_paid(env):
    """Contracts whose receipts come from paid invoices: the first of the other half."""
    contracts = env["crm.contract"].search([], order="id")
    return contracts[-(len(contracts) // 2) :][: min(SETTLED, len(contracts) // 10)]


def as_user(env, login):
    user = env["res.users"].search([("login", "=", login)])
    return env(user=user, su=False, context={"allowed_company_ids": user.company_ids.ids})


PLAN = [("direction", "=", "income"), ("contract_state", "not in", ("terminated", "cancelled"))]
PLANNED = [*PLAN, ("state", "=", "planned")]
#: What the menu of a row and the planned day need besides the columns (fieldDependencies).
ASKED_BY_WIDGETS = ("open_question_count", "is_estimated", "is_overdue", "state", "expected_note")


def _get_columns(env):
    return get_columns(env["crm.contract.payment"], "crm_contract_payment_view_list")


def get_columns(model, view, asked_by_widgets=ASKED_BY_WIDGETS):
    """What the client asks for: the columns of the list that are shown unless hidden."""
    view = model.env.ref(f"crm_payment_plan.{view}")
    nodes = etree.fromstring(model.get_view(view.id, "list")["arch"]).iterfind("./field")
    names = [node.get("name") for node in nodes if node.get("optional") != "hide"]
    return {
        name: {"fields": {"display_name": {}}} if model._fields[name].type == "many2one" else {}
        for name in dict.fromkeys((*names, *asked_by_widgets))
    }


def _page(env, section):
    env.invalidate_all()
    env["crm.contract.payment"].web_search_read(
        [*PLANNED, ("section", "=", section)], _get_columns(env), limit=80, count_limit=10001
    )


def _open(env):
    """The receipts plan as it opens: five groups, each with its first page and its sums."""
    env.invalidate_all()
    return env["crm.contract.payment"].web_read_group(
        PLANNED,
        ["section"],
        ["amount:sum", "amount_received:sum", "amount_remaining:sum"],
        auto_unfold=True,
        unfold_read_specification=_get_columns(env),
        unfold_read_default_limit=80,
    )


def _count_beside(env):
    """The filter tree beside the list, with its counters."""
    env.invalidate_all()
    payments = env["crm.contract.payment"]
    counted = {"enable_counters": True, "search_domain": PLANNED}
    payments.search_panel_select_range("state", **counted)
    for name in ("kind", "user_id"):
        payments.search_panel_select_multi_range(name, **counted)


def _groups(env, domain=None):
    env.invalidate_all()
    env["crm.contract.payment"].formatted_read_group(
        domain or PLANNED,
        ["section"],
        ["__count", "amount:sum", "amount_remaining:sum"],
    )


@bench("payment plan: a page of each section", at_most=1)
def page_of_sections(lab):
    """The slowest of five pages of 80 rows, with their counts."""
    with lab.env(database=database(lab)) as env:
        head = as_user(env, "plan_0")
        sections = env["crm.contract.payment"]._fields["section"].get_values(env)
        return max(lab.best(*[lambda s=s: _page(head, s) for s in sections], repeat=3))


@bench("payment plan: as it opens, five groups with a page each", at_most=1)
def opened(lab):
    with lab.env(database=database(lab)) as env:
        head = as_user(env, "plan_0")
        rows = sum(len(group.get("__records", ())) for group in _open(head)["groups"])
        lab.note(f"{rows} rows with {len(_get_columns(head))} columns")
        return lab.best(lambda: _open(head), repeat=3)[0]


@bench("payment plan: counters of the filter tree", at_most=1)
def counted_beside(lab):
    with lab.env(database=database(lab)) as env:
        head = as_user(env, "plan_0")
        return lab.best(lambda: _count_beside(head), repeat=3)[0]


@bench("payment plan: the five groups with sums", at_most=0.5)
def groups_of_open(lab):
    with lab.env(database=database(lab)) as env:
        head = as_user(env, "plan_0")
        count = env["crm.contract.payment"].search_count(PLANNED)
        lab.note(f"{count} planned payments of {count * 2}")
        return lab.best(lambda: _groups(head))[0]


@bench("payment plan: the five groups, received ones too", at_most=0.5)
def groups_of_all(lab):
    with lab.env(database=database(lab)) as env:
        head = as_user(env, "plan_0")
        return lab.best(lambda: _groups(head, PLAN))[0]


@bench("payment plan: groups of a salesperson", at_most=0.5)
def groups_of_one(lab):
    """Record rules leave a tenth."""
    with lab.env(database=database(lab)) as env:
        seller = as_user(env, "plan_1")
        return lab.best(lambda: _groups(seller))[0]


@bench("payment plan: overdue page", at_most=1)
def overdue(lab):
    with lab.env(database=database(lab)) as env:
        head = as_user(env, "plan_0")

        def page():
            head.invalidate_all()
            head["crm.contract.payment"].web_search_read(
                [*PLANNED, ("is_overdue", "=", True)],
                _get_columns(head),
                limit=80,
                count_limit=10001,
            )

        return lab.best(page)[0]
