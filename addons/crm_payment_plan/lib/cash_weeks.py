"""Weeks of a cash forecast: running balance, lowest day of each week, first gap.

Knows nothing of Odoo: movements are (day, amount in, amount out), both positive.
"""

import datetime as dt
from dataclasses import dataclass, field


@dataclass
class Week:
    """A week and what it brings; ``low`` is the least balance at the end of a day of it."""

    start: dt.date
    stop: dt.date
    inflow: float = 0.0
    outflow: float = 0.0
    balance: float = 0.0
    low: float = 0.0
    low_date: dt.date | None = None
    days: dict = field(default_factory=dict)


def first_day(today, week_start=1):
    """First day of the week around today; ``week_start`` as ISO counts, 1 = Monday."""
    return today - dt.timedelta(days=(today.isoweekday() - week_start) % 7)


def spread(today, week_start, count, opening, movements):
    """The weeks with their balances; what was due before today is due today.

    >>> day = dt.date(2026, 3, 4)
    >>> [(w.inflow, w.balance) for w in spread(day, 1, 2, 10, [(day, 5, 0), (day, 0, 20)])]
    [(5.0, -5.0), (0.0, -5.0)]
    """
    start = first_day(today, week_start)
    weeks = [
        Week(start + dt.timedelta(weeks=place), start + dt.timedelta(weeks=place + 1))
        for place in range(count)
    ]
    for day, inflow, outflow in movements:
        place = max((max(day, today) - start).days, 0) // 7
        if place < count:
            week = weeks[place]
            week.inflow += inflow
            week.outflow += outflow
            day = max(day, today)
            week.days[day] = week.days.get(day, 0.0) + inflow - outflow
    balance = opening
    for week in weeks:
        week.low, week.low_date = balance, max(week.start, today)
        for day in sorted(week.days):
            balance += week.days[day]
            # The first day may have nothing but movements: the opening is no day of its own.
            if balance < week.low or day == week.low_date:
                week.low, week.low_date = balance, day
        week.balance = balance
    return weeks


def first_gap(weeks, minimum=0.0, coin=0.01):
    """The first week in which the balance falls below the minimum, or None."""
    return next((week for week in weeks if week.low < minimum - coin / 2), None)
