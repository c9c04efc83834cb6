"""Sale to customers who buy by tender (TN-06, TN-08, TN-10, TN-30, EC-14)."""

from odoo.tools.translate import LazyTranslate

from .words import CALL, LETTER, LOST, MEETING, TODO, UPLOAD, WON

_lt = LazyTranslate(__name__)

REQUEST = {
    "key": "request",
    "name": _lt("New request"),
    "start": True,
    "norm_days": 3,
    "ask_comment": True,
    "steps": [
        {
            "key": "study",
            "name": _lt("Study the technical assignment"),
            "activity": TODO,
            "within": (1, "days"),
            "instruction": _lt("What is bought, by which standard, by which date, where to."),
        },
        {
            "key": "contact",
            "name": _lt("Call the customer's technical service"),
            "activity": CALL,
            "within": (2, "days"),
            "after": "study",
        },
        {
            "key": "decide",
            "name": _lt("Decide to take part"),
            "kind": "approval",
            "who": "leader",
            "within": (1, "days"),
            "after": "contact",
            "instruction": _lt("Can we make it, in time, at a price the customer may accept?"),
        },
    ],
    "facts": [
        {"key": "customer", "name": _lt("Customer known"), "field": "partner_id"},
        {"key": "date", "name": _lt("Last day for bids known"), "field": "date_deadline"},
        {
            "key": "assignment",
            "name": _lt("Technical assignment attached"),
            "kind": "document",
            "cure": _lt("attach the customer's technical assignment"),
        },
    ],
}
PRICE = {
    "key": "price",
    "name": _lt("Price and documents"),
    "norm_days": 10,
    "ask_comment": True,
    "may_lose": True,
    "steps": [
        {
            "key": "offers",
            "name": _lt("Ask suppliers for prices"),
            "activity": LETTER,
            "within": (3, "days"),
            "instruction": _lt("Three offers at least; note earlier contracts of this customer."),
        },
        {
            "key": "quotation",
            "name": _lt("Quotation of the sale"),
            "kind": "record",
            "target_action": "crm_lead_quotation",
        },
        {
            "key": "documents",
            "name": _lt("Collect the documents of the bid"),
            "activity": UPLOAD,
            "within": (5, "days"),
        },
        {
            "key": "security",
            "name": _lt("Agree the bid security with finance"),
            "activity": TODO,
            "within": (3, "days"),
            "only_if": [("expected_revenue", ">=", 1000000)],
        },
        {
            "key": "price",
            "name": _lt("Approve the price"),
            "kind": "approval",
            "who": "leader",
            "within": (1, "days"),
            "after": "offers",
        },
    ],
    "facts": [
        {"key": "amount", "name": _lt("Amount of the bid known"), "field": "expected_revenue"},
        {
            "key": "bid",
            "name": _lt("Documents of the bid attached"),
            "kind": "document",
            "minimum": 2,
            "cure": _lt("attach the bid and its enclosures"),
        },
    ],
}
BID = {
    "key": "bid",
    "name": _lt("Bid submitted"),
    "norm_days": 15,
    "ask_comment": True,
    "ask_status": True,
    "may_go_back": False,
    "steps": [
        {
            "key": "submit",
            "name": _lt("Check that the bid was accepted"),
            "activity": TODO,
            "within": (4, "hours"),
        },
        {
            "key": "defend",
            "name": _lt("Defend the offer at the customer's"),
            "activity": MEETING,
            "within": (5, "days"),
            "required": False,
        },
        {
            "key": "result",
            "name": _lt("Learn the result"),
            "activity": CALL,
            "within": (10, "days"),
            "after": "submit",
        },
    ],
}
CONTRACT = {
    "key": "contract",
    "name": _lt("Contract"),
    "norm_days": 10,
    "steps": [
        {
            "key": "draft",
            "name": _lt("Prepare the contract"),
            "activity": TODO,
            "within": (3, "days"),
        },
        {
            "key": "agree",
            "name": _lt("Agree the contract"),
            "kind": "approval",
            "who": "leader",
            "within": (2, "days"),
            "after": "draft",
        },
        {
            "key": "handover",
            "name": _lt("Hand over to those who deliver"),
            "activity": MEETING,
            "within": (2, "days"),
            "after": "agree",
        },
    ],
    "facts": [
        {
            "key": "order",
            "name": _lt("Order confirmed"),
            "kind": "related",
            "field": "order_ids",
            "where": [("state", "=", "sale")],
            "cure": _lt("confirm the quotation"),
        }
    ],
}
SALE = {
    "stage_field": "stage_id",
    "domain": [("type", "=", "opportunity"), ("need_id", "=", "ref:crm_bpm_core.need_tender")],
    "statuses": [
        _lt("In time"),
        _lt("Customer delays"),
        _lt("Price under discussion"),
        _lt("Result announced"),
        _lt("We withdraw"),
    ],
    "stages": [
        REQUEST,
        {**PRICE, "next": ["bid"]},
        {**BID, "next": ["contract"]},
        {**CONTRACT, "next": ["won"]},
        WON,
        LOST,
    ],
}
