"""The list of contracts as the client asks for it, and their figures against accounting.

On the contracts of the payment plan's bench: half of them have receipts marked by hand, of
the others some thousands were paid by invoices of accounting.
"""

from tests.bench.frame import bench
from tests.bench.payment_plan import as_user, database, get_columns, get_marked, get_paid

#: What the menu opens with: contracts in work, no agreements to others, money that comes.
OPEN = [("state", "in", ("draft", "approved", "active")), ("parent_id", "=", False),
        ("direction", "=", "income")]  # fmt: skip
SUMS = ("amount_effective", "received_total", "open_total")


def _get_columns(env):
    return get_columns(env["crm.contract"], "crm_contract_view_list", ())


def _measure(lab, act, repeat=3):
    """Seconds of what the head of sales does, who sees all contracts."""
    with lab.env(database=database(lab)) as env:
        head = as_user(env, "plan_0")

        def fresh():
            head.invalidate_all()
            return act(head)

        return lab.best(fresh, repeat=repeat)[0]


@bench("contracts: first page, sorted by what remains", at_most=1)
def contracts_page(lab):
    """All columns of the list that are shown, the payer's class with them, and the count."""

    def page(env):
        found = env["crm.contract"].web_search_read(
            OPEN, _get_columns(env), limit=80, order="open_total desc, id", count_limit=10001
        )
        if not found["records"] or "payer_class" not in found["records"][0]:
            raise AssertionError("The list has no contracts, or does not show the payer's class.")

    return _measure(lab, page)


@bench("contracts: groups by responsible, with the sums of the columns", at_most=1)
def contracts_groups(lab):
    """The groups as they open: closed, each with its count and sums."""

    def groups(env):
        found = env["crm.contract"].web_read_group(
            OPEN, ["user_id"], [f"{name}:sum" for name in SUMS]
        )
        if sum(group["__count"] for group in found["groups"]) < lab.large:
            raise AssertionError("Not all contracts stand in the groups.")

    return _measure(lab, groups)


@bench("contracts: counters of the search panel", at_most=1)
def contracts_counters(lab):
    def count(env):
        counted = {"enable_counters": True, "search_domain": OPEN}
        contracts = env["crm.contract"]
        contracts.search_panel_select_range("state", **counted)
        found = contracts.search_panel_select_multi_range("type_id", **counted)
        if sum(row["__count"] for row in found["values"]) < lab.large:
            raise AssertionError("The counters miss contracts.")

    return _measure(lab, count)


def _compare(lab, get):
    """Seconds of comparing these contracts with accounting: there is no difference."""
    with lab.env(database=database(lab)) as env:
        contracts = get(env)

        def check():
            if differences := contracts._get_differences():
                raise AssertionError(f"The contracts differ from accounting: {differences[:3]}")

        taken = lab.best(check, repeat=3)[0]
        lab.note(f"{len(contracts)} contracts")
        return taken


@bench("contracts: comparing 5000 with accounting", at_most=5)
def self_check(lab):
    return _compare(lab, lambda env: get_marked(env, 5000))


@bench("contracts: comparing 5000 paid by invoices with accounting", at_most=10)
def self_check_paid(lab):
    """Two invoices each, with their payments and entries."""
    return _compare(lab, get_paid)


def _settle_again(lab, get):
    with lab.env(database=database(lab)) as env:
        contracts = get(env)
        before = _receipts(contracts)

        def settle():
            env.invalidate_all()
            contracts._settle()

        taken = lab.best(settle, repeat=3)[0]
        if _receipts(contracts) != before:
            raise AssertionError("Settling anew has changed receipts.")
        lab.note(f"{len(contracts)} contracts, {len(before)} receipts")
        return taken


def _receipts(contracts):
    return sorted(contracts.settlement_ids.mapped(lambda one: (one.id, one.amount_settled)))


@bench("contracts: settling 1000 anew, nothing changed", at_most=10)
def settle_again(lab):
    return _settle_again(lab, lambda env: get_marked(env, 1000))


@bench("contracts: settling 1000 paid by invoices anew, nothing changed", at_most=10)
def settle_paid_again(lab):
    return _settle_again(lab, lambda env: get_paid(env)[:1000])
