"""Switching a rule on without a flood; what the head does with the list."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .recession_common import START, RecessionCommon


@tagged("post_install", "-at_install")
class TestSwitchOn(RecessionCommon):
    def _switch_on_anew(self):
        self.rule.action_pause()
        self.rule.action_switch_on()

    def _silent_since(self, name, days, night, amount=1000.0, **values):
        """A weekly customer who has been silent for so many full days at a night."""
        partner = self._customer(name, **values)
        last = night - timedelta(days + 1)
        self._ledger(partner, self._every(7, 26, last), amount=amount)
        return partner

    def test_first_night_calls_only_recent(self):
        """PK-18: on the first night only those who crossed within 14 days are called."""
        night = self._after(100)
        recent = self._silent_since("Recent", 42, night)
        old = self._silent_since("Old", 43, night)
        self._switch_on_anew()
        result = self._night(night)
        self.assertEqual(self._alerts(recent).state, "open")
        self.assertEqual(self._alerts(old).state, "listed")
        self.assertFalse(self._alerts(old).activity_call_id)
        self.assertEqual((result["total"], result["created"]), (2, 1))
        # The same night again, and the next one: the list stays a list.
        self._night(night)
        self._night(night + timedelta(1))
        self.assertEqual(self._alerts(old).state, "listed")
        self.assertEqual(len(self._alerts()), 2)

    def test_later_nights_call_whoever_crossed(self):
        """PK-18: after the first night, a customer found late (an end of a pause) is called."""
        night = self._after(100)
        self._switch_on_anew()
        self._night(night - timedelta(1))
        late = self._silent_since("Late", 60, night)
        self._night(night)
        self.assertEqual(self._alerts(late).state, "open")

    def test_daily_cap_by_value(self):
        """HU-16: the dearest become calls, the rest is listed for the head."""
        self.rule.daily_limit = 2
        night = self._after(29)
        partners = [
            self._silent_since(f"Customer {amount}", 29, night, amount=amount)
            for amount in (500.0, 4000.0, 100.0, 3000.0)
        ]
        self._night(night)
        states = [self._alerts(partner).state for partner in partners]
        self.assertEqual(states, ["listed", "open", "listed", "open"])
        self._night(night)
        self.assertEqual(len(self._alerts().filtered("activity_call_id")), 2)

    def test_no_cap(self):
        """HU-16: a limit of 0 calls everybody."""
        self.rule.daily_limit = 0
        night = self._after(29)
        for number in range(25):
            self._silent_since(f"Customer {number}", 29, night)
        self.assertEqual(self._night(night)["created"], 25)

    def test_downtime_does_not_flood(self):
        """PK-13: after nights that were missed the cap holds and each customer is called once."""
        self.rule.daily_limit = 1
        first = self._silent_since("First", 31, self._after(31), amount=5.0)
        second = self._silent_since("Second", 29, self._after(31), amount=9.0)
        self._night(self._after(31))
        self.assertEqual(self._alerts(second).state, "open")
        self.assertEqual(self._alerts(first).state, "listed")

    def test_head_turns_list_into_calls(self):
        """HU-16: listed alarms are turned into calls by the head, several at once."""
        self.rule.daily_limit = 1
        night = self._after(29)
        for name in ("A", "B", "C"):
            self._silent_since(name, 29, night)
        self._night(night)
        listed = self._alerts().filtered(lambda alert: alert.state == "listed")
        self.assertEqual(len(listed), 2)
        listed[0].with_user(self.head).user_id = self.colleague
        listed.with_user(self.head).action_assign()
        self.assertEqual(set(listed.mapped("state")), {"open"})
        self.assertEqual(listed[0].activity_call_id.user_id, self.colleague)
        self.assertEqual(listed[1].activity_call_id.user_id, self.manager)
        with self.assertRaisesRegex(UserError, "Listed"):
            listed.with_user(self.head).action_assign()

    def test_head_reassigns(self):
        """HU-16: a new responsible takes the open call over, for many alarms at once."""
        night = self._after(29)
        for name in ("A", "B"):
            self._silent_since(name, 29, night)
        self._night(night)
        alerts = self._alerts()
        alerts.with_user(self.head).write({"user_id": self.colleague.id})
        self.assertEqual(alerts.activity_call_id.user_id, self.colleague)

    def test_sensitivity_by_one_click(self):
        """PK-17: the head chooses; the factor follows; an own factor stays as typed."""
        self.rule.with_user(self.head).action_set_sensitivity("early")
        self.assertEqual(self.rule.factor, 3.0)
        with Form(self.rule) as form:
            form.sensitivity = "custom"
            form.factor = 3.3
        self.assertEqual(self.rule.factor, 3.3)
        with self.assertRaises(UserError):
            self.rule.action_set_sensitivity("wild")

    def test_default_rules(self):
        """PK-17: both rules come with the product as trials that call nobody."""
        rules = self.env.ref("crm_bpm_core.crm_recession_rule_silence")
        rules += self.env.ref("crm_bpm_core.crm_recession_rule_volume")
        self.assertEqual(rules.mapped("state"), ["draft", "draft"])
        self.assertEqual(rules[0].factor, 4.0)
        self.assertEqual(START.weekday(), int(rules[1].run_weekday))
