import random
from datetime import date
from itertools import pairwise

from odoo.tests import BaseCase, tagged

from ..lib.allocation import allocate, count_unlinked
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
        """EC-17: nothing is lost, no row gets more than its sum or less than nothing.

        Of refunds the same below zero: no more goes back than is planned to.
        """
        dice = random.Random(3)
        for _case in range(3000):
            # A negative row is a refund.
            rows = [(row, dice.randint(-150, 300)) for row in range(dice.randint(1, 5))]
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
                    low, high = sorted((0, amount_of_row))
                    self.assertTrue(low <= filled[row] <= high)

    def test_refunds(self):
        """EC-17: what goes back closes refunds first, the linked one, then by date."""
        rows = [("a", 100), ("r", -30), ("b", 100), ("s", -20)]
        self.assertEqual(
            allocate([(200, None), (-35, "s"), (-25, "a"), (15, "r")], rows),
            [
                [("a", 100), ("b", 100)],
                [("s", -20), ("r", -15)],
                [("r", -15), ("a", -10)],
                [("r", 15)],
            ],
        )
        # Nothing of what came is put on refunds, unless it names one.
        self.assertEqual(
            allocate([(230, None), (-70, None), (5, "r")], rows),
            [
                [("a", 100), ("b", 100), (None, 30)],
                [("r", -30), ("s", -20), (None, -20)],
                [("r", 5)],
            ],
        )

    def test_refunds_change_nothing_else(self):
        """EC-17: with refunds in the plan the rest is as if their money had never moved."""
        dice = random.Random(5)
        for _case in range(2000):
            rows = [(row, dice.randint(0, 300)) for row in range(dice.randint(1, 4))]
            refunds = [(-1 - row, -dice.randint(1, 100)) for row in range(dice.randint(1, 3))]
            entries = [(dice.randint(-200, 400), None) for _entry in range(6)]
            mixed = dice.sample(rows, len(rows)) + refunds
            pieces = allocate(entries, mixed)
            bare = [
                (amount - sum(part for row, part in some if row is not None and row < 0), None)
                for (amount, _linked), some in zip(entries, pieces, strict=True)
            ]
            order = [row for row in mixed if row[1] >= 0]
            self.assertEqual(
                [[one for one in some if one[0] is None or one[0] >= 0] for some in pieces],
                allocate(bare, order),
            )
            back = -sum(amount for amount, _linked in entries if amount < 0)
            paid = -sum(part for some in pieces for row, part in some if row in dict(refunds))
            self.assertEqual(paid, min(back, -sum(amount for _row, amount in refunds)))

    def test_marks(self):
        """IM-14: a mark and the money that comes after it are the same money, counted once."""
        dice = random.Random(4)
        for _case in range(3000):
            rows = [(row, dice.randint(1, 300)) for row in range(dice.randint(1, 5))]
            before = [(dice.randint(0, 200), None) for _entry in range(dice.randint(0, 3))]
            after = [(dice.randint(0, 200), None) for _entry in range(dice.randint(0, 3))]
            marked = dice.choice(rows)[0]
            closed = sum(part for one in allocate(before, rows) for row, part in one
                         if row == marked)  # fmt: skip
            declared = dict(rows)[marked] - closed
            marks = {marked: count_unlinked(before, rows)[0]}
            # The day of the money says nothing of when it was booked.
            entries = dice.sample(before + after, len(before + after))
            taken = dict.fromkeys((row for row, _amount in rows), 0)
            for (amount, _linked), one in zip(entries, allocate(entries, rows, marks), strict=True):
                self.assertEqual(sum(part for _row, part in one), amount)
                for row, part in one:
                    if row is not None:
                        taken[row] += part
            counted = sum(taken.values()) + min(declared, dict(rows)[marked] - taken[marked])
            known, new = (sum(amount for amount, _linked in some) for some in (before, after))
            total = sum(amount for _row, amount in rows)
            self.assertEqual(counted, min(total, min(known, total) + max(declared, new)))

    def test_dates_in_order(self):
        """Earlier rows are full before later ones get anything of unlinked money."""
        (pieces,) = allocate([(250, None)], [(n, 100) for n in range(4)])
        self.assertEqual(pieces, [(0, 100), (1, 100), (2, 50)])
        self.assertTrue(all(a[1] >= b[1] for a, b in pairwise(pieces)))
