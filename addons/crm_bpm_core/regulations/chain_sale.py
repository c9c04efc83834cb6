"""Corporate sale to a chain, with the head's visa (AT-08, AT-09, AT-10, AT-11, AT-12)."""

from odoo.tools.translate import LazyTranslate

from .words import CALL, LETTER, LOST, MEETING, TODO, WON

_lt = LazyTranslate(__name__)

SERVED = [("partner_id.chain_category_id.is_served", "=", True)]
START = {
    "key": "start",
    "name": _lt("New chain"),
    "start": True,
    "norm_days": 1,
    "facts": [{"key": "chain", "name": _lt("Chain known"), "field": "partner_id"}],
}
QUALIFICATION = {
    "key": "qualification",
    "name": _lt("Qualification"),
    "norm_days": 5,
    "may_go_back": False,
    "steps": [
        {
            "key": "outlets",
            "name": _lt("Count outlets and regions of the chain"),
            "activity": TODO,
            "within": (1, "days"),
        },
        {
            "key": "principle",
            "name": _lt("Find out how the chain buys"),
            "activity": CALL,
            "within": (2, "days"),
        },
        {
            "key": "category",
            "name": _lt("Set the category of the chain"),
            "activity": TODO,
            "within": (1, "days"),
            "after": "principle",
        },
        {
            "key": "visa",
            "name": _lt("Visa of the head"),
            "kind": "approval",
            "who": "leader",
            "within": (1, "days"),
            "after": "category",
            "only_if": SERVED,
            "instruction": _lt("The chain meets the requirements: do we work with it?"),
        },
    ],
    "facts": [
        {
            "key": "principle",
            "name": _lt("Purchasing principle known"),
            "kind": "domain",
            "where": [("partner_id.purchasing_principle_id", "!=", False)],
            "cure": _lt("fill it in on the card of the chain"),
        },
        {
            "key": "served",
            "name": _lt("The chain meets the requirements"),
            "kind": "domain",
            "where": SERVED,
            "cure": _lt("its category must be one that we serve; otherwise it is lost"),
        },
    ],
}
PRESENTATION = {
    "key": "presentation",
    "name": _lt("Presentation"),
    "norm_days": 8,
    "steps": [
        {
            "key": "meeting",
            "name": _lt("Present us to the buyers"),
            "activity": MEETING,
            "within": (3, "days"),
        },
        {
            "key": "catalogue",
            "name": _lt("Prepare the catalogue of services"),
            "activity": TODO,
            "within": (2, "days"),
            "after": "meeting",
            "repeat": True,
        },
        {
            "key": "approve",
            "name": _lt("Approve the catalogue"),
            "kind": "approval",
            "who": "leader",
            "within": (1, "days"),
            "after": "catalogue",
            "repeat": True,
        },
    ],
    "facts": [
        {
            "key": "catalogue",
            "name": _lt("Catalogue attached"),
            "kind": "document",
            "cure": _lt("attach the catalogue of services"),
        }
    ],
}
PROPOSAL = {
    "key": "proposal",
    "name": _lt("Commercial proposal"),
    "norm_days": 5,
    "ask_comment": True,
    "ask_status": True,
    "steps": [
        {
            "key": "send",
            "name": _lt("Send the proposal"),
            "activity": LETTER,
            "within": (1, "days"),
        },
        {
            "key": "shipment",
            "name": _lt("Prepare the shipment"),
            "kind": "process",
            "process": "shipment_preparation",
            "within": (3, "days"),
            "after": "send",
            "instruction": _lt("Goods, documents, days and places of delivery."),
        },
    ],
    "facts": [
        {
            "key": "quotation",
            "name": _lt("Quotation made"),
            "kind": "related",
            "field": "order_ids",
            "where": [("state", "!=", "cancel")],
            "cure": _lt("make the quotation of the chain"),
        }
    ],
}
CONTRACT = {
    "key": "contract",
    "name": _lt("Contracting"),
    "norm_days": 10,
    "steps": [
        {
            "key": "sign",
            "name": _lt("Have the contract signed"),
            "activity": MEETING,
            "within": (5, "days"),
        },
        {
            "key": "ship",
            "name": _lt("Check that the goods arrived complete"),
            "activity": CALL,
            "within": (5, "days"),
            "after": "sign",
        },
    ],
    "facts": [
        {
            "key": "contract",
            "name": _lt("Signed contract attached"),
            "kind": "document",
            "file_pattern": _lt("contract"),
        },
        {
            "key": "shipped",
            "name": _lt("Goods shipped"),
            "kind": "related",
            "field": "order_ids",
            "where": [("state", "=", "sale"), ("order_line.qty_delivered", ">", 0)],
            "cure": _lt("confirm the order and enter what was delivered"),
        },
    ],
}
SALE = {
    "stage_field": "stage_id",
    "domain": [("type", "=", "opportunity"), ("need_id", "=", "ref:crm_bpm_core.need_chain")],
    "statuses": [_lt("Accepted"), _lt("Wants changes"), _lt("Will think")],
    "stages": [
        START,
        {**QUALIFICATION, "next": ["presentation"]},
        {**PRESENTATION, "next": ["proposal"]},
        {**PROPOSAL, "next": ["contract"]},
        {**CONTRACT, "next": ["won"]},
        WON,
        LOST,
    ],
}
