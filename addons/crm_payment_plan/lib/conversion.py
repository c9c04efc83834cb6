"""Sums of one currency in another, by the sums that accounting booked; exact in between."""

from decimal import ROUND_HALF_UP, Decimal


def exact(value):
    """A figure of the database as it was written there: 0.1 is 0.1."""
    return Decimal(repr(float(value)))


def convert(units, coin, booked, total, rate, other_coin):
    """Coins of a document in coins of another currency.

    :param units: coins of the document's currency
    :param coin: what one of them is worth, 0.01 for cents
    :param booked: the whole document in the company's currency
    :param total: the whole document in its own currency
    :param rate: units of the other currency for one of the company's; 0: the other one is
        the company's
    :param other_coin: the smallest coin of the other currency
    """
    if not total:
        return 0
    amount = Decimal(units) * exact(coin) * exact(booked) * exact(rate or 1)
    return int((amount / (exact(total) * exact(other_coin))).quantize(Decimal(1), ROUND_HALF_UP))
