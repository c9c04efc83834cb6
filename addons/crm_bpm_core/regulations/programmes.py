"""A business school: three kinds of leads and the long sale (LV-09, LV-10, LV-11, LV-13)."""

from odoo.tools.translate import LazyTranslate

from .words import CALL, LETTER, LOST, MEETING, UPLOAD, WON

_lt = LazyTranslate(__name__)

FOR_LEADS = {"lead_type": "lead"}
FOR_SALES = {"lead_type": "opportunity"}
REACHABLE = {
    "key": "reach",
    "name": _lt("Telephone or e-mail known"),
    "kind": "domain",
    "where": ["|", ("phone", "!=", False), ("email_from", "!=", False)],
    "cure": _lt("fill in a telephone number or an e-mail address"),
}
NEED = {"key": "need", "name": _lt("Need chosen"), "field": "need_id"}
REQUEST = {
    "key": "request",
    "name": _lt("New request"),
    "start": True,
    "create": FOR_LEADS,
    "norm_days": 1,
    "steps": [
        {
            "key": "answer",
            "name": _lt("Answer the request"),
            "activity": CALL,
            "within": (4, "hours"),
        }
    ],
    "facts": [REACHABLE, NEED],
}
CONSULT = {
    "key": "consult",
    "name": _lt("Consult on programmes and dates"),
    "activity": CALL,
    "within": (1, "days"),
}
CONSULTATION = {
    "key": "consultation",
    "name": _lt("Consultation"),
    "norm_days": 3,
    "create": FOR_LEADS,
}
REGISTRATION = {
    "key": "registration",
    "name": _lt("Registration"),
    "norm_days": 2,
    "create": FOR_LEADS,
    "steps": [
        {
            "key": "contact",
            "name": _lt("The student's contact is made"),
            "kind": "action",
            "server_action": "crm_bpm_core.server_action_lead_customer",
        },
        {
            "key": "sale",
            "name": _lt("The sale of the programme is made"),
            "kind": "record",
            "server_action": "crm_bpm_core.server_action_lead_order",
            "after": "contact",
        },
        {
            "key": "form",
            "name": _lt("Get the registration form"),
            "activity": UPLOAD,
            "within": (1, "days"),
            "after": "contact",
        },
    ],
    "facts": [
        {
            "key": "sale",
            "name": _lt("Programme in the sale"),
            "kind": "related",
            "field": "order_ids",
            "where": [("state", "!=", "cancel"), ("order_line", "!=", False)],
            "cure": _lt("choose the programme in the sale"),
        },
        {
            "key": "form",
            "name": _lt("Registration form attached"),
            "kind": "document",
            "cure": _lt("attach the form the student filled in"),
        },
    ],
}
PAYMENT = {
    "key": "payment",
    "name": _lt("Payment"),
    "norm_days": 3,
    "create": FOR_LEADS,
    "steps": [
        {
            "key": "invoice",
            "name": _lt("Send the invoice"),
            "activity": LETTER,
            "within": (4, "hours"),
        },
        {
            "key": "remind",
            "name": _lt("Remind of the payment and the first day"),
            "activity": CALL,
            "within": (2, "days"),
            "after": "invoice",
        },
    ],
    "facts": [
        {
            "key": "order",
            "name": _lt("Sale confirmed"),
            "kind": "related",
            "field": "order_ids",
            "where": [("state", "=", "sale")],
            "cure": _lt("confirm the sale of the programme"),
        }
    ],
}
SHORT = {
    "stage_field": "stage_id",
    "domain": [("type", "=", "lead"), ("need_id", "=", "ref:crm_bpm_core.need_short")],
    "statuses": [_lt("Dates do not suit"), _lt("Employer pays")],
    "stages": [
        {**REQUEST, "next": ["consultation"]},
        {
            **CONSULTATION,
            "steps": [
                CONSULT,
                {
                    "key": "programme",
                    "name": _lt("Send the programme and the timetable"),
                    "activity": LETTER,
                    "within": (4, "hours"),
                    "after": "consult",
                },
            ],
            "next": ["registration"],
        },
        {**REGISTRATION, "next": ["payment"]},
        {**PAYMENT, "next": ["won"]},
        WON,
        LOST,
    ],
}
TRANSFER = {
    "key": "transfer",
    "name": _lt("Transfer to sale"),
    "is_final": True,
    "create": FOR_LEADS,
    "steps": [
        {
            "key": "contact",
            "name": _lt("The student's contact is made"),
            "kind": "action",
            "server_action": "crm_bpm_core.server_action_lead_customer",
        },
        {
            "key": "sale",
            "name": _lt("The sale is made of the lead"),
            "kind": "action",
            "server_action": "crm_bpm_core.server_action_lead_to_sale",
            "after": "contact",
        },
    ],
}
LONG = {
    "stage_field": "stage_id",
    "domain": [("type", "=", "lead"), ("need_id", "=", "ref:crm_bpm_core.need_long")],
    "statuses": [_lt("Compares schools"), _lt("Employer pays"), _lt("Next year")],
    "stages": [
        {**REQUEST, "next": ["consultation"]},
        {
            **CONSULTATION,
            "ask_comment": True,
            "ask_status": True,
            "steps": [
                CONSULT,
                {
                    "key": "open_day",
                    "name": _lt("Invite to the open day"),
                    "activity": MEETING,
                    "within": (5, "days"),
                    "after": "consult",
                },
            ],
            "facts": [
                {
                    "key": "education",
                    "name": _lt("Education known"),
                    "field": "education_id",
                    "cure": _lt("ask which education the student has; the way depends on it"),
                }
            ],
            "next": ["transfer"],
        },
        TRANSFER,
        LOST,
    ],
}
NEWSLETTER = {
    "stage_field": "stage_id",
    "domain": [("type", "=", "lead"), ("need_id", "=", "ref:crm_bpm_core.need_newsletter")],
    "stages": [
        {
            **REQUEST,
            "steps": [],
            "facts": [
                {"key": "mail", "name": _lt("E-mail known"), "field": "email_from"},
                NEED,
            ],
            "next": ["subscription"],
        },
        {
            "key": "subscription",
            "name": _lt("Subscription"),
            "norm_days": 1,
            "create": FOR_LEADS,
            "steps": [
                {
                    "key": "contact",
                    "name": _lt("The subscriber's contact is made"),
                    "kind": "action",
                    "server_action": "crm_bpm_core.server_action_lead_subscriber",
                },
                {
                    "key": "welcome",
                    "name": _lt("Send the welcome letter"),
                    "activity": LETTER,
                    "within": (1, "days"),
                    "after": "contact",
                },
            ],
            "next": ["won"],
        },
        WON,
        LOST,
    ],
}
HIGHER = [("education_id.is_higher", "=", True)]
NOT_HIGHER = [("education_id.is_higher", "=", False)]
ADMISSION = {
    "key": "admission",
    "name": _lt("Admission"),
    "norm_days": 10,
    "create": FOR_SALES,
    "steps": [
        {
            "key": "diploma",
            "name": _lt("Get a copy of the diploma"),
            "activity": UPLOAD,
            "within": (3, "days"),
            "only_if": HIGHER,
        },
        {
            "key": "interview",
            "name": _lt("Interview with the head of the programme"),
            "activity": MEETING,
            "within": (5, "days"),
            "after": "diploma",
            "only_if": HIGHER,
        },
        {
            "key": "course",
            "name": _lt("Offer the preparatory course"),
            "activity": CALL,
            "within": (2, "days"),
            "only_if": NOT_HIGHER,
        },
        {
            "key": "exam",
            "name": _lt("Hold the entrance examination"),
            "activity": MEETING,
            "within": (10, "days"),
            "after": "course",
            "only_if": NOT_HIGHER,
        },
        {
            "key": "admit",
            "name": _lt("Admit the student"),
            "kind": "approval",
            "who": "leader",
            "within": (2, "days"),
            "instruction": _lt("By the interview or the entrance examination."),
        },
    ],
    "facts": [
        {"key": "education", "name": _lt("Education known"), "field": "education_id"},
    ],
}
AGREEMENT = {
    "key": "agreement",
    "name": _lt("Study agreement"),
    "norm_days": 7,
    "create": FOR_SALES,
    "steps": [
        {
            "key": "sale",
            "name": _lt("The sale of the programme is made"),
            "kind": "record",
            "server_action": "crm_bpm_core.server_action_lead_order",
        },
        {
            "key": "schedule",
            "name": _lt("Agree the instalments"),
            "activity": CALL,
            "within": (2, "days"),
        },
        {
            "key": "sign",
            "name": _lt("Have the agreement signed"),
            "activity": MEETING,
            "within": (5, "days"),
            "after": "schedule",
        },
    ],
    "facts": [
        {
            "key": "order",
            "name": _lt("Sale confirmed"),
            "kind": "related",
            "field": "order_ids",
            "where": [("state", "=", "sale")],
            "cure": _lt("confirm the sale of the programme"),
        },
        {
            "key": "agreement",
            "name": _lt("Signed agreement attached"),
            "kind": "document",
            "file_pattern": _lt("agreement"),
        },
    ],
}
SALE = {
    "stage_field": "stage_id",
    "domain": [("type", "=", "opportunity"), ("need_id", "=", "ref:crm_bpm_core.need_long")],
    "statuses": [_lt("Compares schools"), _lt("Employer pays"), _lt("Next year")],
    "stages": [
        {
            "key": "start",
            "name": _lt("New sale"),
            "start": True,
            "create": FOR_SALES,
            "norm_days": 1,
            "steps": [
                {
                    "key": "plan",
                    "name": _lt("Plan the way to admission with the student"),
                    "activity": CALL,
                    "within": (1, "days"),
                }
            ],
            "next": ["admission"],
        },
        {**ADMISSION, "next": ["agreement"]},
        {**AGREEMENT, "next": ["won"]},
        WON,
        LOST,
    ],
}
