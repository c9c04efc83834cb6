"""Kinds of planned payments and what their dates count from, shared by plans and schemes."""

PAYMENT_KINDS = [
    ("advance", "Advance"),
    ("stage", "Stage"),
    ("final", "Final payment"),
    ("retention", "Retention"),
    ("security", "Security"),
    ("penalty", "Penalty"),
    ("other", "Other"),
]
DUE_KINDS = [("date", "On a date"), ("event", "After an event")]
DUE_EVENTS = [
    ("signed", "Signing"),
    ("advance", "Advance received"),
    ("shipped", "Shipment"),
    ("accepted", "Acceptance"),
    ("previous", "Previous payment"),
]
#: Which date of the contract tells that the event has come.
EVENT_DATES = {
    "signed": "date_signed",
    "advance": "date_advance",
    "shipped": "date_shipped",
    "accepted": "date_accepted",
}
