import random
from datetime import date
from itertools import pairwise

from odoo.tests import BaseCase, tagged

from ..lib.allocation import allocate
from ..lib.splitting import Settling, by_largest_remainder


@tagged("-at_install", "post_install")
class TestSplitting(BaseCase):
    """TN-24: sums are divided to the last coin."""

    def test_parts_add_up(self):
        """TN-24: any total by any weights: exact sum, each part its quota rounded down or up."""
        dice = random.Random(date(2026, 1, 1).toordinal())
        for _case in range(5000):
            weights = [dice.randint(0, 10**6) for _part in range(dice.randint(1, 12))]
            if not sum(weights):
                continue
            total = dice.randint(0, 10**9)
            parts = by_largest_remainder(total, weights)
            self.assertEqual(sum(parts), total)
            for part, weight in zip(parts, weights, strict=True):
                self.assertLess(abs(part * sum(weights) - total * weight), sum(weights))

    def test_credit_lines(self):
        """TN-23: negative weights, as of a credited line, keep the sum exact."""
        dice = random.Random(1)
        for _case in range(2000):
            weights = [dice.randint(-500, 1000) for _part in range(4)]
            total = dice.randint(-(10**6), 10**6)
            self.assertEqual(sum(by_largest_remainder(total, weights)), total)

    def test_shares_of_an_invoice(self):
        """TN-23: 20 000 invoices of several contracts, paid bit by bit.

        Sums are exact after every payment, no share goes down, and at full payment each
        contract has exactly its share.
        """
        dice = random.Random(2)
        for _case in range(20000):
            shares = [dice.randint(0, 5000) for _share in range(dice.randint(1, 6))]
            settling, left = Settling(shares), sum(shares)
            while left:
                amount = dice.randint(1, left)
                left -= amount
                parts = settling.pay(amount)
                self.assertEqual(sum(parts), amount)
                self.assertGreaterEqual(min(parts), 0)
            self.assertEqual(settling.settled, shares)

    def test_invoice_with_credit_line(self):
        settling = Settling([12000, -2000])
        self.assertEqual(
            [sum(settling.pay(part)) for part in (3333, 3333, 3334)], [3333, 3333, 3334]
        )
        self.assertEqual(settling.settled, [12000, -2000])


@tagged("-at_install", "post_install")
class TestAllocation(BaseCase):
    """EC-17: receipts close planned payments."""

    def test_linked_first_then_by_date(self):
        rows = [("a", 100), ("b", 100), ("c", 100)]
        self.assertEqual(
            allocate([(120, "b"), (150, None), (60, None)], rows),
            [
                [("b", 100), ("a", 20)],
                [("a", 80), ("c", 70)],
                [("c", 30), (None, 30)],
            ],
        )

    def test_paid_back(self):
        rows = [("a", 100), ("b", 100)]
        self.assertEqual(
            allocate([(200, None), (-130, None), (-100, "a")], rows),
            [[("a", 100), ("b", 100)], [("b", -100), ("a", -30)], [("a", -70), (None, -30)]],
        )

    def test_any_order_of_entries(self):
        """EC-17: nothing is lost, no payment gets more than its sum or less than nothing."""
        dice = random.Random(3)
        for _case in range(3000):
            rows = [(row, dice.randint(0, 300)) for row in range(dice.randint(1, 5))]
            entries = [
                (dice.randint(-200, 400), dice.choice([None, 0, 1, 99])) for _entry in range(6)
            ]
            filled = dict.fromkeys((row for row, _amount in rows), 0)
            for (amount, _linked), pieces in zip(entries, allocate(entries, rows), strict=True):
                self.assertEqual(sum(part for _row, part in pieces), amount)
                for row, part in pieces:
                    if row is not None:
                        filled[row] += part
                for row, amount_of_row in rows:
                    self.assertTrue(0 <= filled[row] <= amount_of_row)

    def test_dates_in_order(self):
        """Earlier rows are full before later ones get anything of unlinked money."""
        (pieces,) = allocate([(250, None)], [(n, 100) for n in range(4)])
        self.assertEqual(pieces, [(0, 100), (1, 100), (2, 50)])
        self.assertTrue(all(a[1] >= b[1] for a, b in pairwise(pieces)))
