"""A contract from the draft to its end, with the lawyer's approval (AL-15, TN-09)."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

LAWYER = "crm_payment_plan.group_lawyer"
TODO = "mail.mail_activity_data_todo"
CALL = "mail.mail_activity_data_call"

DRAFT = {
    "key": "draft",
    "name": _lt("Draft"),
    "value": "draft",
    "norm_days": 3,
    "steps": [
        {
            "key": "draw",
            "name": _lt("Draw up the contract"),
            "activity": TODO,
            "within": (1, "days"),
            "instruction": _lt("Subject, amount, payment plan, clauses; print it and read it."),
        },
        {
            "key": "lawyer",
            "name": _lt("The lawyer agrees the contract"),
            "kind": "approval",
            "who": "group",
            "group": LAWYER,
            "within": (2, "days"),
            "after": "draw",
            "instruction": _lt("Clauses that were changed, liability, powers of who signs."),
        },
    ],
    "facts": [
        {
            "key": "subject",
            "name": _lt("Subject of the contract named"),
            "field": "title",
            "to": ["approved"],
        },
        {
            "key": "plan",
            "name": _lt("Payments planned"),
            "kind": "domain",
            "where": [
                "|", "|", ("parent_id", "!=", False), ("amount_total", "=", 0),
                ("payment_ids", "!=", False),
            ],
            "to": ["approved"],
            "cure": _lt("make the payment plan, by a scheme or by hand"),
        },
    ],
}  # fmt: skip
APPROVED = {
    "key": "approved",
    "name": _lt("Approved"),
    "value": "approved",
    "norm_days": 7,
    "steps": [
        {
            "key": "send",
            "name": _lt("Send the contract to be signed"),
            "activity": TODO,
            "within": (1, "days"),
            "required": False,
        },
        {
            "key": "ask",
            "name": _lt("Ask whether it is signed"),
            "activity": CALL,
            "within": (5, "days"),
            "after": "send",
            "required": False,
        },
    ],
    "facts": [
        {
            "key": "signed",
            "name": _lt("Both parties have signed"),
            "kind": "domain",
            "where": [("signature_state", "=", "signed")],
            "to": ["active"],
            "cure": _lt("register the signatures"),
        }
    ],
}
ACTIVE = {
    "key": "active",
    "name": _lt("In force"),
    "value": "active",
    "facts": [
        {
            "key": "received",
            "name": _lt("Nothing remains to be received"),
            "kind": "domain",
            "where": [("open_total", "=", 0)],
            "to": ["completed"],
            "cure": _lt("wait for the payments, plan the rest, or cancel what will not come"),
        }
    ],
}
CONTRACT = {
    "stage_field": "state",
    "domain": [],
    "stages": [
        {**DRAFT, "next": ["approved"]},
        {**APPROVED, "next": ["active"]},
        {**ACTIVE, "next": ["completed"]},
        {"key": "completed", "name": _lt("Completed"), "value": "completed", "is_final": True},
        {
            "key": "terminated",
            "name": _lt("Terminated"),
            "value": "terminated",
            "is_final": True,
            "is_lost": True,
        },
        {
            "key": "cancelled",
            "name": _lt("Cancelled"),
            "value": "cancelled",
            "is_final": True,
            "is_lost": True,
        },
    ],
}
