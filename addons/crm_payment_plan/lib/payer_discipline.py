"""Payer discipline: how punctually a customer pays, as figures, a class and a score.

The classes are strict, hesitant and disloyal; a customer with few debts is unrated.
Class changes are confirmed over weeks, so that one odd payment changes nothing.
"""

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass, replace

STRICT, HESITANT, DISLOYAL, UNRATED = "strict", "hesitant", "disloyal", "unrated"
#: From the worst to the best; unrated stands beside.
RANKS = {DISLOYAL: 0, HESITANT: 1, STRICT: 2}
#: Average days late -> score, joined by straight lines.
SCORE_LINE = (
    (0, 80), (15, 70), (22, 60), (30, 50), (60, 40), (90, 30), (120, 20), (180, 0),
)  # fmt: skip
#: Who pays 30 days early on average scores 100.
EARLY_POINTS, EARLY_DAYS = 20, 30


@dataclass(frozen=True)
class Thresholds:
    """Limits of the classes; days, shares (0 to 1) and numbers of debts and weeks."""

    grace: int = 3
    file_grace: int = 7
    cap: int = 180
    window: int = 365
    min_count: int = 3
    strict_late: float = 5
    strict_on_time: float = 0.9
    strict_overdue: float = 10
    disloyal_late: float = 30
    disloyal_overdue: float = 60
    disloyal_on_time: float = 0.5
    disloyal_on_time_late: float = 5
    tightening: float = 0.2
    tightening_on_time: float = 0.03
    confirmations: int = 2

    def tightened(self):
        """The limits that a better class has to keep."""
        factor = 1 - self.tightening
        return replace(
            self,
            strict_late=self.strict_late * factor,
            strict_overdue=self.strict_overdue * factor,
            strict_on_time=min(self.strict_on_time + self.tightening_on_time, 1),
            disloyal_late=self.disloyal_late * factor,
            disloyal_overdue=self.disloyal_overdue * factor,
            disloyal_on_time=min(self.disloyal_on_time + self.tightening_on_time, 1),
            disloyal_on_time_late=self.disloyal_on_time_late * factor,
        )


@dataclass(frozen=True)
class Part:
    """A part of a debt: what was paid on a day, or is open (``paid`` is None).

    ``inferred``: the day is that of a weekly file, up to a week after the payment.
    """

    debt: object
    amount: float
    due: dt.date
    paid: dt.date | None = None
    inferred: bool = False


@dataclass(frozen=True)
class Figures:
    """What the class rests on.

    days_late: average over the amounts, less the grace · on_time: share of the amount ·
    max_overdue: days of the oldest open debt · days_early: average of what came early
    """

    count: int = 0
    days_late: float = 0.0
    on_time: float = 0.0
    on_time_count: float = 0.0
    max_overdue: int = 0
    overdue_amount: float = 0.0
    days_early: float = 0.0
    written_off: bool = False


def figures(parts, day, limits, tolerance=0.0):
    """Figures of one customer on a day; the database computes the same for all at once.

    Debts due in the last year count, open ones of any age; what was paid after the day
    is open on it.
    """
    weight = late = early = on_time = overdue = 0.0
    max_overdue = 0
    debts, punctual = set(), {}
    first = day - dt.timedelta(days=limits.window)
    for part in parts:
        paid = part.paid if part.paid and part.paid <= day else None
        if part.due > day or (part.due <= first and paid) or part.amount <= tolerance:
            continue
        if paid is None and part.due < day:
            max_overdue = max(max_overdue, (day - part.due).days)
            overdue += part.amount
        grace = limits.file_grace if part.inferred else limits.grace
        days = ((paid or day) - part.due).days
        late_days = min(max(days - grace, 0), limits.cap)
        debts.add(part.debt)
        weight += part.amount
        late += part.amount * late_days
        early += part.amount * max(-days, 0)
        on_time += part.amount * (late_days == 0)
        punctual[part.debt] = punctual.get(part.debt, True) and late_days == 0
    if not weight:
        return Figures()
    return Figures(
        count=len(debts),
        days_late=late / weight,
        on_time=on_time / weight,
        on_time_count=sum(punctual.values()) / len(debts),
        max_overdue=max_overdue,
        overdue_amount=overdue,
        days_early=early / weight,
    )


def classify(seen, limits):
    """The class that figures alone give."""
    if seen.count < limits.min_count:
        return UNRATED
    if disloyal_reasons(seen, limits):
        return DISLOYAL
    if (
        seen.days_late <= limits.strict_late
        and seen.on_time >= limits.strict_on_time
        and seen.max_overdue <= limits.strict_overdue
    ):
        return STRICT
    return HESITANT


def disloyal_reasons(seen, limits):
    """Which limits make a payer disloyal: late, overdue, on_time."""
    reasons = []
    if seen.days_late > limits.disloyal_late:
        reasons.append("late")
    if seen.max_overdue > limits.disloyal_overdue:
        reasons.append("overdue")
    if seen.on_time < limits.disloyal_on_time and seen.days_late > limits.disloyal_on_time_late:
        reasons.append("on_time")
    return reasons


def next_class(current, pending, pending_count, seen, limits):
    """The class after a weekly run, and the change that waits for its confirmation.

    A better class has to keep tighter limits; both directions need confirmations, but
    a very old debt or a written-off one lowers the class at once.

    :return: (class, pending class or None, runs that pointed to it)
    """
    plain = classify(seen, limits)
    if plain == UNRATED or current not in RANKS:
        return plain, None, 0
    better = classify(seen, limits.tightened())
    if seen.written_off:
        plain = better = DISLOYAL
    if RANKS[plain] < RANKS[current]:
        if seen.written_off or seen.max_overdue > limits.disloyal_overdue:
            return plain, None, 0
        candidate = plain
    elif RANKS[better] > RANKS[current]:
        candidate = better
    else:
        return current, None, 0
    count = 1
    if pending in RANKS and _direction(pending, current) == _direction(candidate, current):
        count = pending_count + 1
        candidate = min(pending, candidate, key=lambda name: abs(RANKS[name] - RANKS[current]))
    if count >= limits.confirmations:
        return candidate, None, 0
    return current, candidate, count


def _direction(name, current):
    return RANKS[name] > RANKS[current]


def score(seen):
    """0 to 100 by average days late, 80 for payment on the day; None without debts.

    >>> score(Figures(count=9, days_late=15)), score(Figures(count=9, days_early=30))
    (70, 100)
    """
    if not seen.count:
        return None
    if seen.days_late == 0:
        return 80 + round(min(seen.days_early / EARLY_DAYS, 1) * EARLY_POINTS)
    place = bisect_right(SCORE_LINE, (seen.days_late, 101)) - 1
    days, points = SCORE_LINE[place]
    if place == len(SCORE_LINE) - 1:
        return points
    next_days, next_points = SCORE_LINE[place + 1]
    share = (seen.days_late - days) / (next_days - days)
    return round(points + share * (next_points - points))
