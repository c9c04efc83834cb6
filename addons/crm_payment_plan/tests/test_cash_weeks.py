import datetime as dt
import random

from odoo.tests import BaseCase, tagged

from ..lib.cash_weeks import first_day, first_gap, spread

WEDNESDAY = dt.date(2026, 3, 4)


@tagged("-at_install", "post_install")
class TestCashWeeks(BaseCase):
    """TN-27: weeks of the forecast, without a database."""

    def _spread(self, movements, opening=0.0, count=4, start=1, today=WEDNESDAY):
        return spread(today, start, count, opening, movements)

    def test_first_weekday(self):
        """Of the company: ISO Monday, or another."""
        self.assertEqual(first_day(WEDNESDAY, 1), dt.date(2026, 3, 2))
        self.assertEqual(first_day(WEDNESDAY, 7), dt.date(2026, 3, 1))
        self.assertEqual(first_day(WEDNESDAY, 3), WEDNESDAY)
        for start in range(1, 8):
            for days in range(14):
                today = WEDNESDAY + dt.timedelta(days=days)
                first = first_day(today, start)
                self.assertEqual(first.isoweekday(), start)
                self.assertTrue(0 <= (today - first).days < 7)

    def test_overdue_is_due_today(self):
        week = self._spread([(WEDNESDAY - dt.timedelta(days=30), 10, 0)])[0]
        self.assertEqual((week.inflow, week.balance, week.days), (10, 10, {WEDNESDAY: 10}))

    def test_low_within_a_week(self):
        """Out on Thursday, in on Friday: the week ends well and has a gap all the same."""
        weeks = self._spread(
            [(dt.date(2026, 3, 5), 0, 50), (dt.date(2026, 3, 6), 100, 0)], opening=20
        )
        self.assertEqual((weeks[0].balance, weeks[0].low), (70, -30))
        self.assertEqual(weeks[0].low_date, dt.date(2026, 3, 5))
        self.assertIs(first_gap(weeks), weeks[0])

    def test_gap_of_a_later_week(self):
        weeks = self._spread([(dt.date(2026, 3, 17), 0, 50)], opening=40)
        self.assertIs(first_gap(weeks), weeks[2])
        self.assertIsNone(first_gap(self._spread([], opening=40)))
        low = self._spread([], opening=40)
        self.assertIs(first_gap(low, minimum=41), low[0])

    def test_exactly_the_minimum_is_no_gap(self):
        self.assertIsNone(first_gap(self._spread([], opening=40.0), minimum=40.0))

    def test_later_is_outside(self):
        weeks = self._spread([(dt.date(2026, 3, 30), 10, 0), (dt.date(2026, 3, 29), 5, 0)])
        self.assertEqual([week.inflow for week in weeks], [0, 0, 0, 5])

    def test_random(self):
        """Each movement in exactly one week; the last balance is the sum of all."""
        dice = random.Random(5)
        for _round in range(200):
            today = WEDNESDAY + dt.timedelta(days=dice.randrange(400))
            start, count = dice.randint(1, 7), dice.randint(1, 20)
            stop = first_day(today, start) + dt.timedelta(weeks=count)
            moves = [
                (today + dt.timedelta(days=dice.randrange(-60, 200)), dice.randrange(90),
                 dice.randrange(90))
                for _place in range(dice.randrange(40))
            ]  # fmt: skip
            weeks = self._spread(moves, 100, count, start, today)
            inside = [move for move in moves if move[0] < stop]
            self.assertEqual(sum(w.inflow for w in weeks), sum(m[1] for m in inside))
            self.assertEqual(sum(w.outflow for w in weeks), sum(m[2] for m in inside))
            self.assertEqual(weeks[-1].balance, 100 + sum(m[1] - m[2] for m in inside))
            for week in weeks:
                self.assertLessEqual(week.low, week.balance)
                self.assertTrue(week.start <= week.low_date < week.stop)
