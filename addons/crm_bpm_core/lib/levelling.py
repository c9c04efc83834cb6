"""Spreading calls over working days (HU-10)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date


class NotEnoughDays(Exception):
    """The working days that were given do not take all calls."""


def spread(count: int, days: Sequence[date], load: Counter, limit: int) -> Iterable[date]:
    """Yield a day for each of ``count`` calls, the earliest with room first.

    :param days: working days of one person, ascending
    :param load: calls that he has on a day already; the new ones are added to it
    :param limit: most calls of a day; 0: no limit
    :raises NotEnoughDays: ``days`` are full before all calls have one
    """
    position = 0
    for _call in range(count):
        while position < len(days) and limit and load[days[position]] >= limit:
            position += 1
        if position >= len(days):
            raise NotEnoughDays
        load[days[position]] += 1
        yield days[position]
