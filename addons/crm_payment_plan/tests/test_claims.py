import random

from odoo.tests import BaseCase, tagged

from ..lib.invoicing import _Claims, claim
from ..lib.netting import Document, compare


def _entry(units, payment=None, move=1, origin=None, lasting=False, sales=()):
    return {
        "units": units,
        "payment_id": payment,
        "move_id": move,
        "origin_id": origin,
        "is_lasting": lasting,
        "sales": dict(sales),
    }


@tagged("-at_install", "post_install")
class TestClaims(BaseCase):
    """TN-25: what invoices ask of planned payments and what credit notes let go of."""

    def assertClaims(self, entries, given, credited, rows=((1, 50), (2, 50))):
        asked, let_go = claim(entries, rows)
        self.assertEqual([asked[row] for row, _units in rows], given)
        self.assertEqual([let_go[row] for row, _units in rows], credited)

    def test_note_of_the_first(self):
        note = _entry(-10, move=2, origin=1, lasting=True)
        second = _entry(50, move=3)
        self.assertClaims([_entry(50), second, note], [40, 50], [10, 0])
        self.assertClaims([_entry(50), note, second], [40, 50], [10, 0])

    def test_nothing_else_to_invoice(self):
        note = _entry(-30, move=2, origin=1, lasting=True)
        self.assertClaims([_entry(100), note], [50, 20], [0, 30])
        self.assertClaims([_entry(100), note, _entry(20, move=3)], [50, 40], [0, 10])

    def test_whole_invoice(self):
        note = _entry(-100, move=2, origin=1)
        self.assertClaims([_entry(100), note], [0, 0], [0, 0])

    def test_note_before_its_invoice(self):
        note = _entry(-30, move=2, lasting=True)
        self.assertClaims([note], [0, 0], [30, 0])
        self.assertClaims([note, _entry(100, move=3)], [50, 20], [0, 30])

    def test_any_entries(self):
        """Nothing is lost, no payment has more than its sum, and credits only what was."""
        dice = random.Random(7)
        for _case in range(3000):
            rows = [(row, dice.randint(0, 60)) for row in range(dice.randint(1, 4))]
            entries = []
            for move in range(1, dice.randint(2, 9)):
                units = dice.randint(1, 60) * dice.choice((1, 1, -1))
                entries.append(
                    _entry(
                        units,
                        dice.choice((None, None, 0, 1)),
                        move,
                        dice.choice((None, move - 1)) or None,
                        units < 0 and dice.random() < 0.7,
                        {dice.randint(1, 2): abs(units)} if dice.random() < 0.3 else {},
                    )
                )
            self._play(rows, entries)

    def _play(self, rows, entries):
        claims = _Claims(rows)
        for entry in entries:
            claims.add(entry)
            credited = claims.credited()
            self.assertGreaterEqual(min(claims.given.values()), 0)
            self.assertTrue(not sum(credited.values()) or not claims.given[None])
        net = sum(entry["units"] for entry in entries)
        self.assertEqual(
            sum(claims.given.values()) - sum(units for _note, units in claims.waiting), net
        )
        claims.finish()
        credited = claims.credited()
        for row, units in rows:
            self.assertTrue(0 <= credited[row] <= units - claims.given[row])
        lasting = -sum(entry["units"] for entry in entries if entry["is_lasting"])
        agreed = sum(units for _row, units in rows)
        self.assertLessEqual(sum(credited.values()), max(min(lasting, agreed - net), 0))


@tagged("-at_install", "post_install")
class TestMeeting(BaseCase):
    """TN-23, TN-25: documents of several contracts that close each other."""

    def test_named_first(self):
        invoice = Document([("a", None), ("b", None)], [60, 40])
        self.assertEqual(invoice.meet(30, {("a", None): 30}), [30, 0])
        self.assertEqual(invoice.get_settling().pay(35), [15, 20])

    def test_same_payment_first(self):
        invoice = Document([("a", 1), ("a", 2), (None, None)], [50, 50, 50])
        self.assertEqual(invoice.meet(60, {("a", 2): 60}), [10, 50, 0])
        self.assertEqual(invoice.meet(60, {(None, None): 60}), [10, 0, 50])

    def test_any_documents(self):
        """Parts add up to what is closed, and in the end to the shares."""
        dice = random.Random(8)
        for _case in range(2000):
            keys = [(dice.choice("ab"), dice.choice((None, 5, 6))) for _key in range(4)]
            keys = list(dict.fromkeys(keys))
            document = Document(keys, [dice.randint(0, 500) for _key in keys])
            left = sum(document.shares)
            while left and dice.random() < 0.7:
                amount = dice.randint(1, left)
                left -= amount
                others = {(dice.choice("abc"), dice.choice((None, 5))): dice.randint(1, 500)}
                parts = document.meet(amount, others)
                self.assertEqual(sum(parts), amount)
                self.assertGreaterEqual(min(parts), 0)
            settling = document.get_settling()
            self.assertEqual(sum(settling.pay(left)), left)
            closed = [met + paid for met, paid in zip(document.met, settling.settled, strict=True)]
            self.assertEqual(closed, document.shares)

    def test_what_differs(self):
        """Nothing of either side is lost, whatever rates they have."""
        self.assertEqual(compare((20, 20, 18), (20, 20, 16)), (18, 16, 0, 0))
        self.assertEqual(compare((20, 20, 18), (0, 20, 0)), (0, 0, 18, 0))
        dice = random.Random(9)
        for _case in range(2000):
            whole, most = dice.randint(1, 500), dice.randint(1, 500)
            asked, taken = dice.randint(0, whole), dice.randint(0, most)
            owed, back = asked * 9 // 10, taken * 8 // 10
            common, noted, rest, more = compare((asked, whole, owed), (taken, most, back))
            self.assertEqual((common + rest, noted + more), (owed, back))
            self.assertGreaterEqual(min(common, noted, rest, more), 0)
