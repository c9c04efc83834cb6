"""What the product adds to registering a payment, against Odoo without it."""

import statistics

from tests.bench import books
from tests.bench.frame import Result, bench
from tests.bench.lab import seconds
from tests.bench.payment_plan import analyze, database
from tools.setup import databases

#: Invoices paid, every other one without us.
PAID = 40


@bench("posting a payment of a contract's invoice, to plain Odoo", unit="ms", max_ratio=1.3)
def posting(lab):
    """Register a payment; the floor is a database without any of our addons.

    Both hold as many paid invoices as there are contracts, ours belong to contracts.
    """
    count = 6 if lab.tiny else PAID
    with lab.env(database=database(lab)) as env, lab.env(database=_plain(lab)) as bare:
        contracts = env["crm.contract"].search([], limit=count, order="id")
        payers = bare["res.partner"].create([{"name": f"Payer {n}"} for n in range(count)])
        ours, theirs = books.Books(env), books.Books(bare)
        took = {"ours": [], "plain": []}
        for contract, payer in zip(contracts, payers, strict=True):
            invoice = ours.invoice(contract.partner_id, crm_contract_id=contract.id)
            took["ours"].append(seconds(lambda i=invoice: ours.pay(i)))
            if contract.received_total != books.PRICE:  # Marks by hand gave way.
                raise AssertionError(f"{contract.received_total} received.")
            invoice = theirs.invoice(payer)
            took["plain"].append(seconds(lambda i=invoice: theirs.pay(i)))
        # The first of each kind loads what the others find.
        return Result(*(statistics.median(took[key][1:]) * 1000 for key in ("ours", "plain")))


def _plain(lab) -> str:
    """Odoo's own modules, with the same number of paid invoices."""

    def filled():
        name = lab.plain(lab.small) if lab.tiny else lab.scratch(databases.build_base())
        with lab.env(database=name, commit=True) as env:
            payer = env["res.partner"].create({"name": "Payer"})
            books.repeat(env, payer, lab.large)
        analyze(lab, name)
        return name

    return lab.once("plain books", filled)
