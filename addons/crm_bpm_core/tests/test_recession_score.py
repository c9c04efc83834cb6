"""The arithmetic that judges alarms, on histories made by hand."""

import unittest

from odoo.addons.crm_bpm_core.lib.recession_score import History, quantile, score

WEEKS = 60


def weekly(count, first=1000):
    return [first + 7 * week for week in range(count)]


class TestRecessionScore(unittest.TestCase):
    def setUp(self):
        super().setUp()
        # Customer A stops for good after 30 weeks; B orders on and ends the data.
        self.days = {"A": weekly(30), "B": weekly(WEEKS)}
        self.last = self.days["A"][-1]

    def test_norm_is_not_diluted_by_silence(self):
        """PK-17: the norm ends with the last order when the silence is longer."""
        norm = History(self.days).norm("A", self.last + 100)
        self.assertTrue(norm.regular)
        self.assertAlmostEqual(norm.gap, 7.0)
        self.assertEqual(norm.horizon, 56)

    def test_who_is_regular(self):
        """PK-17: too few orders, too short a time, or silent too long: not regular."""
        history = History({"A": self.days["A"], "few": [1, 50, 99, 150], "new": weekly(8)})
        self.assertFalse(history.norm("few", 160).regular)
        self.assertFalse(history.norm("new", 1000 + 7 * 8 + 56).regular)
        self.assertTrue(history.norm("A", self.last + 182).regular)
        self.assertFalse(history.norm("A", self.last + 183).regular)
        self.assertFalse(history.norm("A", 999).regular, "before the first order")

    def test_episode(self):
        """PK-17: the recession is found once, its onset is the last normal order."""
        episodes, weeks = History(self.days).scan()
        found = [(episode.customer, episode.onset, episode.horizon) for episode in episodes]
        self.assertEqual(found, [("A", self.last, 56)])
        self.assertGreater(weeks, 0)

    def test_right_alarm(self):
        """PK-17: an alarm inside the episode is right, its delay counts from the last order."""
        result = score(self.days, [("A", self.last + 30)])
        self.assertEqual((result.alarms, result.right, result.found), (1, 1, 1))
        self.assertEqual((result.precision, result.recall, result.f1), (1.0, 1.0, 1.0))
        self.assertEqual(result.delay_median, 30)
        self.assertAlmostEqual(result.overdue_median, 23, delta=0.5)

    def test_wrong_alarm(self):
        """PK-17: the customer orders on: judged, and wrong; the loss stays unfound."""
        result = score(self.days, [("B", 1000 + 7 * 40)])
        self.assertEqual((result.alarms, result.right, result.recall), (1, 0, 0.0))

    def test_repeats_count_once(self):
        """PK-19: alarms without an order in between are one."""
        result = score(self.days, [("A", self.last + day) for day in (30, 31, 60)])
        self.assertEqual((result.alarms, result.repeats), (1, 2))

    def test_unknown_outcome_is_not_judged(self):
        """PK-17: the data end too early after an alarm: it earns nothing."""
        days = {"A": weekly(30), "B": weekly(33)}
        result = score(days, [("A", days["A"][-1] + 20)])
        self.assertEqual((result.alarms, result.not_judged), (0, 1))

    def test_alarm_of_a_stranger(self):
        """PK-17: alarms about customers without orders are left out."""
        self.assertEqual(score(self.days, [("nobody", 1400)]).alarms, 0)

    def test_load(self):
        """PK-17: alarms on 100 active regular customers a week."""
        history = History(self.days)
        result = history.score([("B", 1000 + 7 * 40)])
        self.assertAlmostEqual(result.load_per_100_week, 100 / result.customer_weeks)

    def test_nothing_at_all(self):
        """PK-17: no history, no alarms: zeros, no error."""
        self.assertEqual(score({}, []).as_dict()["precision"], 0.0)

    def test_quantile(self):
        """PK-17: quantiles are interpolated."""
        self.assertEqual(quantile([1, 2, 3, 4], 0.5), 2.5)
        self.assertAlmostEqual(quantile([10, 20], 0.9), 19)
        self.assertIsNone(quantile([], 0.5))
