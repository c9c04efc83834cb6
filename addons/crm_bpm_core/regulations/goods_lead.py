"""Leads of a producer of goods with distributors (IP-03, IP-07)."""

from odoo.tools.translate import LazyTranslate

from .words import CALL, LETTER, LOST, TODO

_lt = LazyTranslate(__name__)

FOR_LEADS = {"lead_type": "lead"}
ENQUIRY = {
    "key": "enquiry",
    "name": _lt("New enquiry"),
    "start": True,
    "create": FOR_LEADS,
    "norm_days": 1,
    "facts": [
        {
            "key": "responsible",
            "name": _lt("Responsible chosen"),
            "field": "user_id",
            "cure": _lt("choose who qualifies the lead; the tasks go to that person"),
        },
        {
            "key": "reach",
            "name": _lt("Telephone or e-mail known"),
            "kind": "domain",
            "where": ["|", ("phone", "!=", False), ("email_from", "!=", False)],
            "cure": _lt("fill in a telephone number or an e-mail address"),
        },
    ],
    "next": ["qualification"],
}
QUALIFICATION = {
    "key": "qualification",
    "name": _lt("Qualification"),
    "norm_days": 2,
    "create": FOR_LEADS,
    "steps": [
        {
            "key": "call",
            "name": _lt("Call and find out the need"),
            "activity": CALL,
            "within": (4, "hours"),
            "instruction": _lt("Which goods, how many, how often, delivered where to."),
        },
        {
            "key": "requisites",
            "name": _lt("Check the company by its requisites"),
            "activity": TODO,
            "within": (1, "days"),
            "only_if": [("partner_name", "!=", False)],
        },
    ],
    "facts": [
        {"key": "name", "name": _lt("Contact person known"), "field": "contact_name"},
    ],
    "next": ["selection"],
}
SELECTION = {
    "key": "selection",
    "name": _lt("Selection of goods"),
    "norm_days": 3,
    "ask_comment": True,
    "create": FOR_LEADS,
    "steps": [
        {
            "key": "select",
            "name": _lt("Select the goods with the customer"),
            "activity": CALL,
            "within": (1, "days"),
        },
        {
            "key": "samples",
            "name": _lt("Send samples or pictures"),
            "activity": LETTER,
            "within": (2, "days"),
            "after": "select",
            "required": False,
        },
    ],
    "facts": [
        {
            "key": "distributor",
            "name": _lt("Distributor chosen"),
            "field": "distributor_id",
            "to": ["distributor"],
            "cure": _lt("choose to whom the customer is handed"),
        },
        {
            "key": "goods",
            "name": _lt("Goods and amount noted"),
            "field": "expected_revenue",
            "to": ["transfer"],
            "cure": _lt("fill in what the customer wants to buy for"),
        },
    ],
    "next": ["distributor", "transfer"],
}
DISTRIBUTOR = {
    "key": "distributor",
    "name": _lt("Handed to distributor"),
    "is_final": True,
    "create": FOR_LEADS,
    "steps": [
        {
            "key": "tell",
            "name": _lt("Send the contact to the distributor"),
            "activity": LETTER,
            "within": (4, "hours"),
        },
        {
            "key": "ask",
            "name": _lt("Ask the distributor how it ended"),
            "activity": CALL,
            "within": (10, "days"),
            "after": "tell",
            "required": False,
        },
    ],
}
ABSENT = {
    "key": "absent",
    "name": _lt("Assortment not available"),
    "is_final": True,
    "is_lost": True,
    "create": FOR_LEADS,
    "steps": [
        {
            "key": "report",
            "name": _lt("Report the demand to purchasing"),
            "activity": TODO,
            "within": (1, "days"),
        }
    ],
}
TRANSFER = {
    "key": "transfer",
    "name": _lt("Transfer to sale"),
    "is_final": True,
    "create": FOR_LEADS,
    "steps": [
        {
            "key": "customer",
            "name": _lt("Contact and company are made"),
            "kind": "action",
            "server_action": "crm_bpm_core.server_action_lead_customer",
        },
        {
            "key": "sale",
            "name": _lt("The sale is made of the lead"),
            "kind": "action",
            "server_action": "crm_bpm_core.server_action_lead_to_sale",
            "after": "customer",
        },
    ],
}
LEAD = {
    "stage_field": "stage_id",
    "domain": [("type", "=", "lead"), ("need_id", "=", "ref:crm_bpm_core.need_goods")],
    "statuses": [_lt("Small quantity"), _lt("Not produced"), _lt("Wants samples")],
    "stages": [ENQUIRY, QUALIFICATION, SELECTION, DISTRIBUTOR, TRANSFER, ABSENT, LOST],
}
