"""Exact division of sums of money; all sums are whole numbers of the smallest coin."""

from fractions import Fraction


def by_largest_remainder(total, weights):
    """Divide ``total`` by weights so that the parts add up to it exactly.

    Every part is the exact quota rounded down or up; the coins left over go to the
    largest remainders, the earlier one first. Weights may be negative (credit lines
    of an invoice) as long as their sum is not zero.
    """
    base = sum(weights)
    if not weights:
        return []
    if not base:
        return [total, *[0] * (len(weights) - 1)]
    quotas = [Fraction(total) * Fraction(weight) / Fraction(base) for weight in weights]
    parts = [quota.__floor__() for quota in quotas]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - quotas[i], i))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return parts


class Settling:
    """Shares of an invoice in its payments, one payment after the other.

    At full payment each share is settled exactly, the parts of every payment add
    up to it, and while money only comes in no share ever goes down: plain largest
    remainder would take a coin back from one share to give it to another.
    """

    def __init__(self, shares):
        self.shares = list(shares)
        self.total = sum(self.shares)
        self.paid = 0
        self.settled = [0] * len(self.shares)

    def pay(self, amount):
        """Parts of one more payment by share."""
        self.paid += amount
        if amount < 0 or self.paid > self.total or min(self.shares, default=0) < 0:
            return self._pay_anyhow(amount)
        # Quotas times the total, so that all stays in whole numbers.
        lacking = [
            max(self.paid * share - done * self.total, 0)
            for share, done in zip(self.shares, self.settled, strict=True)
        ]
        parts = [quota // self.total for quota in lacking] if self.total else lacking
        rests = [quota - part * self.total for quota, part in zip(lacking, parts, strict=True)]
        self._level(parts, rests, amount)
        self.settled = [done + part for done, part in zip(self.settled, parts, strict=True)]
        return parts

    def _level(self, parts, rests, amount):
        """Give or take single coins until the parts add up to the payment."""
        by_rest = sorted(range(len(parts)), key=lambda i: (-rests[i], i))
        while sum(parts) < amount:
            for index in by_rest:
                room = self.shares[index] - self.settled[index] - parts[index]
                if room > 0 and sum(parts) < amount:
                    parts[index] += 1
        while sum(parts) > amount:
            for index in reversed(by_rest):
                if parts[index] > 0 and sum(parts) > amount:
                    parts[index] -= 1

    def _pay_anyhow(self, amount):
        """Corrections and credit lines: exact sums, without the promise of growth."""
        due = by_largest_remainder(self.paid, self.shares)
        parts = [new - done for new, done in zip(due, self.settled, strict=True)]
        parts[0] += amount - sum(parts)
        self.settled = [done + part for done, part in zip(self.settled, parts, strict=True)]
        return parts
