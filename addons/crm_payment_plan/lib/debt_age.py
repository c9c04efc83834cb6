"""How old a debt is, by days after it was due: the same buckets in lists, charts and mails."""

#: Last day of each bucket of overdue debts; the last one has no end.
BOUNDS = (30, 60, 90)
NOT_DUE, UNKNOWN = "0_not_due", "9_unknown"
#: Overdue ones, youngest first; the keys sort by age.
OVERDUE = ("1_to_30", "2_to_60", "3_to_90", "4_older")
AGES = (NOT_DUE, *OVERDUE, UNKNOWN)


def age_of(due, today):
    """The bucket of a debt; who owes has the whole due day."""
    if not due:
        return UNKNOWN
    days = (today - due).days
    if days <= 0:
        return NOT_DUE
    return next(
        (key for key, last in zip(OVERDUE, BOUNDS, strict=False) if days <= last), OVERDUE[-1]
    )


def days_of(key):
    """(first, last) day overdue of a bucket; None where it has no end, or is not overdue."""
    if key not in OVERDUE:
        return None, None
    place = OVERDUE.index(key)
    first = 1 if not place else BOUNDS[place - 1] + 1
    return first, BOUNDS[place] if place < len(BOUNDS) else None
