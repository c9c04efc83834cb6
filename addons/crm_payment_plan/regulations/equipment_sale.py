"""The sale of equipment where contracts are kept as contracts (AL-15, AL-16)."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

AGREED = {
    "key": "agreed",
    "name": _lt("Contract agreed"),
    "kind": "related",
    "field": "crm_contract_ids",
    "where": [("state", "in", ["approved", "active", "completed"])],
    "cure": _lt("draw up the contract and have it approved"),
}
SIGNED = {
    "key": "signed",
    "name": _lt("Contract signed"),
    "kind": "related",
    "field": "crm_contract_ids",
    "where": [
        ("state", "in", ["approved", "active", "completed"]), ("signature_state", "=", "signed"),
    ],
    "cure": _lt("register the signatures of both parties in the contract"),
}  # fmt: skip
PAID = {
    "key": "paid",
    "name": _lt("Advance received"),
    "kind": "domain",
    "where": [
        "|",
        ("crm_contract_ids.date_advance", "!=", False),
        ("order_ids.invoice_ids.payment_state", "in", ["in_payment", "paid", "partial"]),
    ],
    "cure": _lt("the advance of the contract, or an invoice of the order, must be paid"),
}
#: {key of a stage: {key of a fact: the facts that stand in its place}}
REPLACED = {"contract": {"contract": [AGREED, SIGNED]}, "advance": {"paid": [PAID]}}


def with_contracts(content):
    """The sale with the contract's own state instead of a file that is named like one.

    :param content: of crm_bpm_core; not changed.
    """
    stages = [
        {**stage, "facts": _replace(stage["facts"], REPLACED[stage["key"]])}
        if stage["key"] in REPLACED
        else stage
        for stage in content["stages"]
    ]
    return {**content, "stages": stages}


def _replace(facts, replaced):
    return [new for fact in facts for new in replaced.get(fact["key"], [fact])]
