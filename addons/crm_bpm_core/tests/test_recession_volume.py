"""A customer still orders, but buys far less than usual."""

from datetime import timedelta

from odoo.tests import tagged

from .recession_common import START, RecessionCommon

MONDAY = START + timedelta(7)


@tagged("post_install", "-at_install")
class TestVolume(RecessionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.volume = cls._rule(name="Volume", kind="volume", sequence=20)

    def _buyer(self, recent, before=1000.0, name="Buyer", weeks=8):
        """Weekly for 39 weeks; the last ``weeks`` weeks of another amount."""
        partner = self._customer(name)
        amounts = [before] * (39 - weeks) + [recent] * weeks
        self._ledger(partner, self._every(7, 39), amount=amounts)
        return partner

    def test_fall_below_share_of_norm(self):
        """PK-17: below 40 % of the norm of 26 weeks is an alarm, 40 % is none."""
        fallen, steady = self._buyer(390.0, name="Fallen"), self._buyer(400.0, name="Steady")
        self._night(MONDAY)
        alert = self._alerts(fallen)
        self.assertEqual(alert.kind, "volume")
        self.assertFalse(self._alerts(steady))
        self.assertAlmostEqual(alert.base_week_amount, 1000.0)
        self.assertAlmostEqual(alert.recent_week_amount, 390.0)
        self.assertIn("39 % of the usual", alert.explanation)
        self.assertIn("buys much less", alert.activity_call_id.summary)

    def test_usual_swings_are_no_fall(self):
        """PK-17: a fall within twice the usual swing of a lumpy buyer is no alarm."""
        lumpy = self._customer("Every other week")
        self._ledger(lumpy, self._every(14, 20), amount=[1000.0] * 16 + [300.0] * 4)
        self._night(MONDAY)
        self.assertFalse(self._alerts(lumpy))
        self.volume.volume_swings = 0.5
        self._night(MONDAY)
        self.assertTrue(self._alerts(lumpy), "the swing alone had held it back")

    def test_one_huge_day_does_not_make_the_norm(self):
        """PK-17: one order day counts at most 3 times the customer's median day."""
        stocked = self._customer("Stocked up")
        amounts = [1000.0] * 31 + [500.0] * 8
        amounts[20] = 100000.0
        self._ledger(stocked, self._every(7, 39), amount=amounts)
        self._night(MONDAY)
        self.assertFalse(self._alerts(stocked))

    def test_only_on_its_weekday(self):
        """PK-17: the rule looks on Mondays; after missed nights at the next one."""
        partner = self._buyer(300.0)
        self.volume.last_night = MONDAY - timedelta(3)
        self._night(MONDAY - timedelta(1))
        self.assertFalse(self._alerts())
        self.volume.last_night = MONDAY - timedelta(9)
        self._night(MONDAY - timedelta(1))
        self.assertTrue(self._alerts(partner))

    def test_one_alarm_a_fall(self):
        """PK-19: the same fall does not alarm again, whatever became of the first alarm."""
        partner = self._buyer(300.0)
        self._night(MONDAY)
        self._alerts(partner).outcome = "false_alarm"
        for week in range(1, 9):
            self._night(MONDAY + timedelta(7 * week))
        self.assertEqual(len(self._alerts(partner).filtered(lambda a: a.kind == "volume")), 1)

    def test_no_second_call_of_another_kind(self):
        """PK-19: a customer with an open alarm of one kind gets no call of the other."""
        partner = self._buyer(300.0)
        self._night(MONDAY)
        self._nights(MONDAY + timedelta(20), MONDAY + timedelta(40))
        self.assertEqual(self._alerts(partner).mapped("kind"), ["volume"])

    def test_rare_buyers_are_given_longer(self):
        """PK-17: with a gap above 21 days the recent period is 13 weeks instead of 8."""
        partner = self._customer("Every four weeks")
        # Two small orders in the last 8 weeks, two full ones more in the last 13.
        self._ledger(partner, self._every(28, 13), amount=[1000.0] * 11 + [100.0, 100.0])
        self.rule.action_pause()
        self.volume.volume_swings = 1.0
        self._night(MONDAY)
        self.assertFalse(self._alerts(partner), "2200 in 13 weeks are more than 40 % of 3000")
        rows = self.env["crm.order.day"].search([("partner_id", "=", partner.id)], order="day")
        rows[-3].amount = 100.0
        rows[-4].amount = 100.0
        self._night(MONDAY)
        self.assertTrue(self._alerts(partner))

    def test_shared_lull_is_no_fall(self):
        """PK-17: quiet days of the whole company lower what is expected."""
        partner = self._buyer(390.0)
        self._calendar(START - timedelta(50), START + timedelta(6), activity=0.4)
        self._night(MONDAY)
        self.assertFalse(self._alerts(partner))

    def test_first_night(self):
        """PK-18: switched on, falls that were there 14 days ago are listed only."""
        old = self._buyer(200.0, name="Old", weeks=11)
        new = self._buyer(330.0, name="New")
        self.volume.action_pause()
        self.volume.action_switch_on()
        self._night(MONDAY)
        self.assertEqual(self._alerts(old).state, "listed")
        self.assertEqual(self._alerts(new).state, "open")
