"""Equipment with installation: from the lead to the advance (AL-12, AL-14, AL-15, AL-22)."""

from odoo.tools.translate import LazyTranslate

from .words import CALL, LETTER, LOST, MEETING, TODO, WON

_lt = LazyTranslate(__name__)

DEVELOPER = {
    "key": "new",
    "name": _lt("New developer"),
    "start": True,
    "norm_days": 2,
    "steps": [
        {
            "key": "call",
            "name": _lt("Call the developer"),
            "activity": CALL,
            "within": (1, "days"),
            "instruction": _lt("Which building, which lifts, when do they decide, who decides?"),
        }
    ],
    "facts": [
        {"key": "company", "name": _lt("Developer known"), "field": "partner_name"},
        {
            "key": "reach",
            "name": _lt("Telephone or e-mail known"),
            "kind": "domain",
            "where": ["|", ("phone", "!=", False), ("email_from", "!=", False)],
            "cure": _lt("fill in a telephone number or an e-mail address"),
        },
        {
            "key": "assignment",
            "name": _lt("Technical assignment attached"),
            "kind": "document",
            "to": ["transfer"],
            "cure": _lt("attach the developer's technical assignment, or go to nurturing"),
        },
    ],
}
NURTURING = {
    "key": "nurturing",
    "name": _lt("Nurturing"),
    "norm_days": 30,
    "ask_comment": True,
    "steps": [
        {
            "key": "contact",
            "name": _lt("Get in touch again"),
            "activity": CALL,
            "within": (10, "days"),
            "repeat": True,
            "required": False,
        },
        {
            "key": "assignment",
            "name": _lt("Ask for the technical assignment"),
            "activity": LETTER,
            "within": (5, "days"),
        },
    ],
    "facts": [
        {
            "key": "assignment",
            "name": _lt("Technical assignment attached"),
            "kind": "document",
            "cure": _lt("attach the developer's technical assignment"),
        }
    ],
}
TRANSFER = {
    "key": "transfer",
    "name": _lt("Transfer to sale"),
    "norm_days": 1,
    "may_go_back": False,
    "steps": [
        {
            "key": "sale",
            "name": _lt("The sale is made of the lead"),
            "kind": "action",
            "server_action": "crm_bpm_core.server_action_lead_to_sale",
        },
        {
            "key": "decide",
            "name": _lt("Choose who leads the sale"),
            "activity": TODO,
            "who": "leader",
            "within": (1, "days"),
            "required": False,
        },
    ],
    "facts": [
        {
            "key": "sale",
            "name": _lt("The sale is made"),
            "kind": "domain",
            "where": [("type", "=", "opportunity")],
            "cure": _lt("convert the lead to an opportunity"),
        }
    ],
}
PROPOSAL = {
    "key": "proposal",
    "name": _lt("Forming and presenting the proposal"),
    "norm_days": 10,
    "ask_comment": True,
    "ask_status": True,
    "steps": [
        {
            "key": "form",
            "name": _lt("Form the proposal"),
            "activity": TODO,
            "within": (3, "days"),
        },
        {
            "key": "send",
            "name": _lt("Send the proposal"),
            "activity": LETTER,
            "within": (1, "days"),
            "after": "form",
        },
        {
            "key": "defend",
            "name": _lt("Defend the proposal"),
            "activity": MEETING,
            "within": (5, "days"),
            "after": "send",
            "instruction": _lt("Note the decision: yes, changes, or no and why."),
        },
    ],
    "facts": [
        {
            "key": "quotation",
            "name": _lt("Proposal made"),
            "kind": "related",
            "field": "order_ids",
            "where": [("state", "!=", "cancel")],
            "cure": _lt("make the quotation"),
        }
    ],
}
CONTRACT = {
    "key": "contract",
    "name": _lt("Contract signing"),
    "norm_days": 7,
    "steps": [
        {
            "key": "draw",
            "name": _lt("Draw up the contract"),
            "activity": TODO,
            "within": (2, "days"),
        },
        {
            "key": "agree",
            "name": _lt("Agree the contract"),
            "kind": "approval",
            "who": "leader",
            "within": (2, "days"),
            "after": "draw",
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
            "key": "order",
            "name": _lt("Order confirmed"),
            "kind": "related",
            "field": "order_ids",
            "where": [("state", "=", "sale")],
            "cure": _lt("confirm the quotation"),
        },
    ],
}
ADVANCE = {
    "key": "advance",
    "name": _lt("Advance"),
    "norm_days": 5,
    "may_go_back": False,
    "steps": [
        {
            "key": "invoice",
            "name": _lt("Send the invoice of the advance"),
            "activity": LETTER,
            "within": (1, "days"),
        },
        {
            "key": "receive",
            "name": _lt("Follow the payment of the advance"),
            "activity": CALL,
            "within": (5, "days"),
            "after": "invoice",
        },
    ],
    "facts": [
        {
            "key": "paid",
            "name": _lt("Advance received"),
            "kind": "related",
            "field": "order_ids",
            "where": [("invoice_ids.payment_state", "in", ["in_payment", "paid", "partial"])],
            "cure": _lt("an invoice of the order must be paid, at least in part"),
        }
    ],
}
SALE = {
    "stage_field": "stage_id",
    "domain": [("need_id", "=", "ref:crm_bpm_core.need_equipment")],
    "statuses": [_lt("Yes"), _lt("Wants changes"), _lt("Decides later"), _lt("No")],
    "stages": [
        {**DEVELOPER, "next": ["nurturing", "transfer"]},
        {**NURTURING, "next": ["transfer"]},
        {**TRANSFER, "next": ["proposal"]},
        {**PROPOSAL, "next": ["contract"]},
        {**CONTRACT, "next": ["advance"]},
        {**ADVANCE, "next": ["won"]},
        WON,
        LOST,
    ],
}
