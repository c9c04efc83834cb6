"""An order whose mandatory steps come before its invoice (IM-13)."""

from odoo.tools.translate import LazyTranslate

from .words import CALL, LETTER, TODO

_lt = LazyTranslate(__name__)

QUOTATION = {
    "key": "draft",
    "name": _lt("Quotation"),
    "value": "draft",
    "norm_days": 2,
    "facts": [
        {
            "key": "goods",
            "name": _lt("Goods in the order"),
            "kind": "related",
            "field": "order_line",
            "where": [("product_id", "!=", False)],
            "cure": _lt("add the goods"),
        }
    ],
}
SENT = {
    "key": "sent",
    "name": _lt("Quotation Sent"),
    "value": "sent",
    "norm_days": 3,
    "steps": [
        {
            "key": "ask",
            "name": _lt("Ask for the decision"),
            "activity": CALL,
            "within": (2, "days"),
            "required": False,
        }
    ],
}
CONFIRMED = {
    "key": "sale",
    "name": _lt("Sales Order"),
    "value": "sale",
    "norm_days": 3,
    "steps": [
        {
            "key": "stock",
            "name": _lt("Reserve the goods"),
            "activity": TODO,
            "within": (4, "hours"),
        },
        {
            "key": "requisites",
            "name": _lt("Check the buyer's requisites"),
            "activity": TODO,
            "within": (1, "days"),
        },
        {
            "key": "delivery",
            "name": _lt("Agree day and place of delivery"),
            "activity": CALL,
            "within": (1, "days"),
            "after": "stock",
        },
        {
            "key": "discount",
            "name": _lt("Approve the large order"),
            "kind": "approval",
            "who": "leader",
            "within": (1, "days"),
            "only_if": [("amount_total", ">=", 500000)],
        },
        {
            "key": "letter",
            "name": _lt("Confirm the order to the buyer"),
            "activity": LETTER,
            "within": (1, "days"),
            "after": "delivery",
            "required": False,
        },
    ],
    "facts": [
        {"key": "terms", "name": _lt("Payment terms agreed"), "field": "payment_term_id"},
        {"key": "date", "name": _lt("Day of delivery known"), "field": "commitment_date"},
    ],
}
ORDER = {
    "stage_field": "state",
    "domain": [],
    "stages": [
        QUOTATION,
        SENT,
        CONFIRMED,
        {"key": "invoiced", "name": _lt("Invoiced"), "value": "invoiced", "is_final": True},
        {
            "key": "cancel",
            "name": _lt("Cancelled"),
            "value": "cancel",
            "is_final": True,
            "is_lost": True,
        },
    ],
}
