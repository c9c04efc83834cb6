"""The formula of payer discipline alone: figures, limits, hysteresis (no database)."""

import datetime as dt
import random

from odoo.tests import BaseCase, tagged

from ..lib.payer_discipline import (
    DISLOYAL,
    HESITANT,
    RANKS,
    STRICT,
    UNRATED,
    Figures,
    Part,
    Thresholds,
    classify,
    figures,
    next_class,
    score,
)

DAY = dt.date(2026, 6, 30)
LIMITS = Thresholds()


def days(number):
    return DAY + dt.timedelta(days=number)


def part(debt, amount, due, paid=None, inferred=False):
    """A part due and paid so many days from DAY; None is open."""
    return Part(debt, amount, days(due), None if paid is None else days(paid), inferred)


def seen(late=0.0, on_time=1.0, overdue=0, count=9, **values):
    return Figures(count=count, days_late=late, on_time=on_time, max_overdue=overdue, **values)


@tagged("post_install", "-at_install")
class TestPayerFormula(BaseCase):
    def test_figures(self):
        """PF-17: by amount and by number; grace, cap, early payment, age of open debts."""
        result = figures(
            [
                part(1, 100, -100, -110),  # 10 days early
                part(2, 200, -90, -87),  # within the grace
                part(3, 100, -80, -67),  # 13 late, 10 count
                part(4, 50, -300, -80),  # capped at 180
                part(4, 50, -300),  # the rest is open
                part(5, 999, 5),  # not due yet
                part(6, 999, -400, -399),  # too long ago
            ],
            DAY,
            LIMITS,
        )
        self.assertEqual(result.count, 4)
        self.assertAlmostEqual(result.days_late, (100 * 10 + 100 * 180) / 500)
        self.assertAlmostEqual(result.on_time, 0.6)
        self.assertAlmostEqual(result.on_time_count, 0.5)
        self.assertEqual((result.max_overdue, result.overdue_amount), (300, 50))
        self.assertAlmostEqual(result.days_early, 1000 / 500)

    def test_traps_of_the_reference(self):
        """PF-17: payments of the future are open; files have a week of grace; old debts count."""
        self.assertEqual(figures([part(1, 10, -5, 2)], DAY, LIMITS).max_overdue, 5)
        self.assertEqual(figures([part(1, 10, -50, -43)], DAY, LIMITS).days_late, 4)
        self.assertEqual(figures([part(1, 10, -50, -43, True)], DAY, LIMITS).days_late, 0)
        self.assertEqual(figures([part(1, 10, -900)], DAY, LIMITS).max_overdue, 900)
        self.assertEqual(figures([part(1, 0.5, -50)], DAY, LIMITS, tolerance=1), Figures())
        self.assertEqual(figures([], DAY, LIMITS), Figures())

    def test_classes(self):
        """PF-17: exactly at a limit, and just beyond it."""
        for values, expected in (
            (seen(), STRICT),
            (seen(5, 0.9, 10), STRICT),
            (seen(5.01, 0.9, 10), HESITANT),
            (seen(5, 0.899, 10), HESITANT),
            (seen(5, 0.9, 11), HESITANT),
            (seen(30, 0.5, 60), HESITANT),
            (seen(30.01, 0.9, 0), DISLOYAL),
            (seen(0, 1, 61), DISLOYAL),
            (seen(5.01, 0.499, 0), DISLOYAL),
            (seen(5, 0.1, 0), HESITANT),
            (seen(90, 0, 200, count=2), UNRATED),
        ):
            with self.subTest(values):
                self.assertEqual(classify(values, LIMITS), expected)

    def test_score(self):
        """PF-17: 80 on the day, more when early, falling with delay; never out of bounds."""
        self.assertIsNone(score(Figures()))
        for late, points in {
            0: 80,
            7.5: 75,
            15: 70,
            22: 60,
            30: 50,
            60: 40,
            120: 20,
            150: 10,
            180: 0,
        }.items():
            self.assertEqual(score(seen(late)), points)
        self.assertEqual(score(seen(days_early=15)), 90)
        self.assertEqual(score(seen(days_early=500)), 100)
        line = [score(seen(late / 10)) for late in range(1801)]
        self.assertEqual(line, sorted(line, reverse=True))

    def _run(self, start, weeks):
        current, pending, count, path = start, None, 0, []
        for values in weeks:
            current, pending, count = next_class(current, pending, count, values, LIMITS)
            path.append(current)
        return path

    def test_two_weeks_confirm(self):
        """PF-17: one odd week changes nothing, two in a row do, both ways."""
        bad, good = seen(20, 0.6, 20), seen()
        self.assertEqual(self._run(STRICT, [bad, good, bad, good]), [STRICT] * 4)
        self.assertEqual(self._run(STRICT, [bad, bad]), [STRICT, HESITANT])
        self.assertEqual(self._run(HESITANT, [good, good]), [HESITANT, STRICT])

    def test_rising_needs_tighter_limits(self):
        """PF-17: who is at the limit of a better class does not get it."""
        edge = seen(4.5, 0.92, 9)
        self.assertEqual(classify(edge, LIMITS), STRICT)
        self.assertEqual(self._run(HESITANT, [edge] * 5), [HESITANT] * 5)
        self.assertEqual(self._run(STRICT, [edge] * 5), [STRICT] * 5)
        self.assertEqual(self._run(HESITANT, [seen(4, 0.93, 8)] * 2)[-1], STRICT)
        self.assertEqual(self._run(DISLOYAL, [seen(25, 0.9, 0)] * 3)[-1], DISLOYAL)
        self.assertEqual(self._run(DISLOYAL, [seen(24, 0.9, 0)] * 3)[-1], HESITANT)

    def test_at_once(self):
        """PF-17: a very old or written-off debt lowers the class at once."""
        self.assertEqual(self._run(STRICT, [seen(0, 1, 61)]), [DISLOYAL])
        self.assertEqual(self._run(STRICT, [seen(written_off=True)] * 9), [DISLOYAL] * 9)
        self.assertEqual(self._run(UNRATED, [seen(20, 0.6, 0)]), [HESITANT])
        self.assertEqual(self._run(STRICT, [seen(count=1)]), [UNRATED])

    def test_milder_of_two_weeks(self):
        """PF-17: two weeks that point down differently move to the milder class."""
        self.assertEqual(
            self._run(STRICT, [seen(40, 0.2, 0), seen(10, 0.8, 0)]), [STRICT, HESITANT]
        )

    def test_no_flip_flop(self):
        """PF-17: noise around a limit never changes a class two weeks in a row; trends pass."""
        dice = random.Random(3)
        raw = kept = 0
        for _customer in range(200):
            weeks = [
                seen(dice.gauss(5, 0.6), min(dice.gauss(0.9, 0.02), 1), 9) for _week in range(52)
            ]
            classes = [classify(values, LIMITS) for values in weeks]
            path = self._run(classes[0], weeks)
            raw += sum(a != b for a, b in zip(classes, classes[1:], strict=False))
            kept += sum(a != b for a, b in zip(path, path[1:], strict=False))
            self.assertFalse([w for w in range(len(path) - 2) if len(set(path[w : w + 3])) == 3])
        self.assertLess(kept, raw / 10)
        self.assertEqual(self._run(STRICT, [seen(50, 0.1, 50)] * 3)[-1], DISLOYAL)

    def test_class_separates_the_future(self):
        """PF-17: on payers with habits, the class tells the next half year's late share."""
        dice = random.Random(11)
        totals = {name: [0.0, 0.0] for name in (STRICT, HESITANT, DISLOYAL)}
        for customer in range(150):
            # A punctual, a wavering and a late habit; shares of late payments and delays.
            share, delay = ((0.04, 5), (0.35, 8), (0.75, 14))[customer % 3]
            parts = []
            for number in range(40):
                due = -360 + number * 14
                late = max(1, round(dice.gauss(delay, 3))) if dice.random() < share else 0
                parts.append(
                    part(number, dice.uniform(20, 150), due, due + late - dice.randrange(2))
                )
            name = classify(figures([p for p in parts if p.due <= DAY], DAY, LIMITS), LIMITS)
            for p in parts:
                if p.due > DAY and name in totals:
                    totals[name][0] += p.amount
                    totals[name][1] += p.amount * ((p.paid - p.due).days > LIMITS.grace)
        strict, hesitant, disloyal = (late / amount for amount, late in totals.values())
        self.assertLess(strict, 0.12)
        self.assertTrue(strict + 0.15 < hesitant < disloyal - 0.15, (strict, hesitant, disloyal))
        self.assertEqual(set(RANKS), set(totals))
