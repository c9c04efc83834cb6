"""Kinds of planned payments and what their dates count from, shared by plans and schemes."""

PAYMENT_KINDS = [
    ("advance", "Advance"),
    ("stage", "Stage"),
    ("final", "Final payment"),
    ("retention", "Retention"),
    ("security", "Security"),
    ("penalty", "Penalty"),
    ("refund", "Refund"),
    ("other", "Other"),
]
#: Money that goes back, against the direction of the contract: its amount is negative.
REFUND = "refund"
#: A scheme divides what is agreed; what goes back follows from what happened.
SCHEME_KINDS = [kind for kind in PAYMENT_KINDS if kind[0] != REFUND]
DUE_KINDS = [("date", "On a date"), ("event", "After an event")]
DUE_EVENTS = [
    ("signed", "Signing"),
    ("advance", "Advance received"),
    ("shipped", "Shipment"),
    ("accepted", "Acceptance"),
    ("invoiced", "Invoice"),
    ("previous", "Previous payment"),
]
#: Which date of the contract tells that the event has come.
EVENT_DATES = {
    "signed": "date_signed",
    "advance": "date_advance",
    "shipped": "date_shipped",
    "accepted": "date_accepted",
    "invoiced": "date_invoiced",
}
#: Events of a contract from which deadlines of its project's tasks count.
TASK_EVENTS = [
    ("advance", "Advance received"),
    ("signed", "Signing"),
    ("start", "Contract begins"),
    ("shipped", "Shipment"),
    ("accepted", "Acceptance"),
    ("end", "Contract ends"),
]
TASK_EVENT_DATES = {
    **{event: EVENT_DATES[event] for event, _label in TASK_EVENTS if event in EVENT_DATES},
    "start": "date_start",
    "end": "date_end",
}
