"""How the amount of a contract is divided among its payments, some of which stand already."""

from collections import namedtuple

from .splitting import by_largest_remainder

#: A payment: its basis (percent, fixed or remainder), the percentage or the coins that go
#: with it, and the coins at which it stands, None if it may change.
Part = namedtuple("Part", "basis value locked", defaults=[None])


def divide(total, parts):
    """Coins of every part, and what is left; negative: the parts ask for more than there is.

    Percentages count of the whole total and share the last coin. What parts that stand leave
    of it goes to the open remainders; if percentages make 100, to the open ones of these:
    30 received of 30/70, and a total grown to 150, leave 120 for the other.

    :param total: coins
    :param parts: list of Part
    :return: (list of coins, coins left)
    """
    coins = _by_percent(total, parts)
    for index, part in enumerate(parts):
        if part.locked is not None:
            coins[index] = part.locked
        elif part.basis == "fixed":
            coins[index] = part.value
    left = total - sum(coins)
    takers = _get_takers(parts)
    if not takers:
        return coins, left
    given = sum(coins[index] for index in takers) + left
    if given < 0:
        return coins, left
    weights = [parts[index].value if parts[index].basis == "percent" else 1 for index in takers]
    for index, coin in zip(takers, by_largest_remainder(given, weights), strict=True):
        coins[index] = coin
    return coins, 0


def _by_percent(total, parts):
    percents = [part.value if part.basis == "percent" else 0 for part in parts]
    if not any(percents):
        return [0] * len(parts)
    return by_largest_remainder(total, [*percents, max(100 - sum(percents), 0)])[:-1]


def _get_takers(parts):
    """Indexes of the parts that take what the others leave."""
    rests = [
        index
        for index, part in enumerate(parts)
        if part.basis == "remainder" and part.locked is None
    ]
    if rests or any(part.basis == "remainder" for part in parts):
        return rests
    percents = [part for part in parts if part.basis == "percent"]
    if round(sum(part.value for part in percents), 4) < 100:
        return []
    return [
        index
        for index, part in enumerate(parts)
        if part.basis == "percent" and part.locked is None and part.value
    ]
