"""How alarms end, found by itself; and the money won back."""

from datetime import timedelta

from odoo.tests import tagged

from .recession_common import START, RecessionCommon


@tagged("post_install", "-at_install")
class TestOutcome(RecessionCommon):
    def _alarm(self, **values):
        partner = self._weekly(**values)
        self.alarm_night = self._after(29)
        self._night(self.alarm_night)
        return self._alerts(partner)

    def _order_on(self, alert, *days, amount=1000.0):
        self._ledger(alert.partner_id, [alert.alarm_date + timedelta(day) for day in days],
                     amount=amount)  # fmt: skip

    def _night_after(self, alert, days):
        self._night(alert.alarm_date + timedelta(days))

    def test_recovered(self):
        """PK-18: ordered after a call: recovered, the money of 8 weeks is won back."""
        alert = self._alarm()
        self._call_done(alert, day=alert.alarm_date + timedelta(1))
        self._order_on(alert, 3)
        self._night_after(alert, 4)
        self.assertEqual((alert.state, alert.outcome), ("closed", "recovered"))
        self.assertEqual(alert.resumed_date, alert.alarm_date + timedelta(3))
        self.assertEqual(alert.won_back_amount, 1000.0)
        # Orders up to the 56th day count, those of the 57th do not.
        self._order_on(alert, 10, 58, 59, amount=500.0)
        self._night_after(alert, 11)
        self.assertEqual(alert.won_back_amount, 1500.0)
        self._night_after(alert, 62)
        self.assertEqual(alert.won_back_amount, 2000.0)

    def test_false_alarm(self):
        """PK-18: ordered without a call: a false alarm, and the open call is closed."""
        alert = self._alarm()
        call = alert.activity_call_id
        self._order_on(alert, 0)
        self._night_after(alert, 1)
        self.assertEqual((alert.state, alert.outcome), ("closed", "false_alarm"))
        self.assertEqual(alert.won_back_amount, 0)
        self.assertFalse(call.active)
        self.assertEqual(call.call_result, "obsolete")

    def test_call_that_nobody_answered_brings_nobody_back(self):
        """PK-18: "no answer" is no talk: the customer came back by himself."""
        alert = self._alarm()
        self._call_done(alert, result="no_answer", day=alert.alarm_date)
        self._order_on(alert, 3)
        self._night_after(alert, 4)
        self.assertEqual(alert.outcome, "false_alarm")

    def test_call_after_the_order(self):
        """PK-18: the order was there before the call: he came back by himself."""
        alert = self._alarm()
        self._order_on(alert, 2)
        self._call_done(alert, day=alert.alarm_date + timedelta(3))
        self._night_after(alert, 4)
        self.assertEqual(alert.outcome, "false_alarm")

    def test_backdated_order_proves_the_alarm_false(self):
        """PK-18: an order of the silent time that arrives late ends the alarm as false."""
        alert = self._alarm()
        self._call_done(alert, day=alert.alarm_date)
        self._order_on(alert, -10)
        self._night_after(alert, 1)
        self.assertEqual(alert.outcome, "false_alarm")

    def test_lost(self):
        """PK-18: silent beyond the longest silence: lost; no second alarm."""
        alert = self._alarm()
        self._call_done(alert)
        self._night(self._after(182))
        self.assertEqual(alert.state, "called")
        self._night(self._after(183))
        self.assertEqual((alert.state, alert.outcome), ("closed", "lost"))
        self._night(self._after(190))
        self.assertEqual(self._alerts(alert.partner_id), alert)

    def test_pause_agreed(self):
        """PK-18: an announced pause closes the alarm and its call; after it he is watched again."""
        alert = self._alarm()
        call = alert.activity_call_id
        alert.partner_id.expected_pause_until = alert.alarm_date + timedelta(40)
        self._night_after(alert, 1)
        self.assertEqual((alert.state, alert.outcome), ("closed", "paused"))
        self.assertFalse(call.active)
        self._night_after(alert, 40)
        self.assertEqual(len(self._alerts(alert.partner_id)), 1)
        self._night_after(alert, 41)
        self.assertEqual(len(self._alerts(alert.partner_id)), 2, "still silent when it ended")

    def test_head_overrules(self):
        """HU-16: the head's verdict closes the alarm and its call, and stays."""
        alert = self._alarm()
        call = alert.activity_call_id
        alert.with_user(self.head).write({"outcome": "lost", "outcome_reason": "competitor"})
        self.assertEqual(alert.state, "closed")
        self.assertTrue(alert.closed_date)
        self.assertFalse(call.active)
        self._order_on(alert, 1)
        self._night_after(alert, 2)
        self.assertEqual(alert.outcome, "lost")

    def test_head_opens_again(self):
        """HU-16: an emptied outcome puts the alarm back on the list."""
        alert = self._alarm()
        alert.with_user(self.head).outcome = "false_alarm"
        alert.with_user(self.head).outcome = False
        self.assertEqual(alert.state, "listed")

    def test_missed_money(self):
        """PK-18: money missed so far grows from the usual next order on."""
        alert = self._alarm()
        alert.write({"closed_date": START + timedelta(21)})
        self.assertAlmostEqual(alert.lost_amount, 2000.0)

    def test_volume_recovers(self):
        """PK-18: a customer who bought less is back when 4 weeks bring 70 % of his norm."""
        rule = self._rule(name="Volume", kind="volume")
        partner = self._customer("Shrinking")
        days = self._every(7, 39)
        self._ledger(partner, days, amount=[1000.0] * 31 + [100.0] * 8)
        night = START + timedelta(7)
        self._night(night)
        alert = self._alerts(partner)
        self.assertEqual((alert.rule_id, alert.state), (rule, "open"))
        self._call_done(alert, day=night)
        self._ledger(partner, [night + timedelta(7 * week) for week in range(4)], amount=800.0)
        self._night(night + timedelta(21))
        self.assertEqual(alert.state, "called", "2400 of the 2800 asked for")
        self._night(night + timedelta(22))
        self.assertEqual((alert.state, alert.outcome), ("closed", "recovered"))
        self.assertEqual(alert.resumed_date, night + timedelta(21))
        self.assertGreater(alert.won_back_amount, 0)
