"""Early, standard, strict: what they would have brought on the own history."""

from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .recession_common import START, RecessionCommon


@tagged("post_install", "-at_install")
class TestSensitivity(RecessionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The ledger ends here: a customer who orders daily all the time.
        cls.end = START + timedelta(140)
        steady = cls._customer("Steady")
        cls._ledger(steady, cls._every(1, 400, cls.end), amount=1.0)

    def _choices(self, weeks=52):
        result = self.rule.get_sensitivity_comparison(weeks=weeks)
        return {choice["sensitivity"]: choice for choice in result["choices"]}

    def test_customer_who_stopped(self):
        """PK-17: each sensitivity catches the loss, on the day the rule would alarm."""
        self._weekly()
        choices = self._choices()
        for name, delay in (("early", 23), ("standard", 30), ("strict", 37)):
            choice = choices[name]
            self.assertEqual((choice["alarms"], choice["judged"]), (1, 1), name)
            self.assertEqual(choice["stayed_away_share"], 100, name)
            self.assertEqual((choice["losses"], choice["caught"]), (1, 1), name)
            self.assertEqual(choice["delay_median"], delay, name)
            self.assertEqual(choice["early_median"], 56 - delay, name)

    def test_customer_who_came_back(self):
        """PK-17: a pause of 25 days alarms at early only, and nobody stayed away."""
        partner = self._customer("Vacation")
        self._ledger(partner, self._every(7, 20, START))
        self._ledger(partner, self._every(7, 17, self.end - timedelta(2)))
        pause = (self.end - timedelta(2 + 7 * 16) - START).days
        self.assertEqual(pause, 26)
        choices = self._choices()
        self.assertEqual(choices["early"]["alarms"], 1)
        self.assertEqual(choices["early"]["stayed_away_share"], 0)
        self.assertEqual(choices["standard"]["alarms"], 0)
        self.assertEqual(choices["standard"]["losses"], 0)

    def test_same_alarms_as_the_nights(self):
        """PK-17: the comparison finds the very alarms that the nights raise."""
        gaps = [3, 5, 7, 10, 14, 20, 28]
        for number, gap in enumerate(gaps * 2):
            last = START - timedelta(number)
            self._ledger(self._customer(f"Gap {gap}"), self._every(gap, 230 // gap, last))
        # Half the calendar is quiet, so activity days differ from calendar days.
        self._calendar(START + timedelta(5), START + timedelta(20), activity=0.5)
        self.rule.daily_limit = 0
        self.rule._make_silence_table(START - timedelta(60), self.end)
        rows = self.rule._get_past_alarms(START - timedelta(60), self.end)
        expected = {
            (row["partner_id"], row["alarm_date"]) for row in rows if row["name"] == "standard"
        }
        self._nights(START - timedelta(60), self.end)
        raised = {(alert.partner_id.id, alert.alarm_date) for alert in self._alerts()}
        self.assertEqual(len(raised), len(gaps) * 2)
        self.assertEqual(raised, expected)

    def test_weeks_add_up(self):
        """PK-17: calls week by week are those of the period, oldest first."""
        self._weekly()
        choice = self._choices(weeks=30)["standard"]
        self.assertEqual(len(choice["weeks"]), 30)
        self.assertEqual(sum(week["calls"] for week in choice["weeks"]), choice["alarms"])
        alarm_week = next(week for week in choice["weeks"] if week["calls"])
        first_day = date.fromisoformat(alarm_week["week"])
        self.assertLessEqual(first_day, self._after(29))
        self.assertGreater(first_day + timedelta(7), self._after(29))

    def test_sentence_of_the_example(self):
        """PK-17: the sentence a manager would read, for a weekly customer."""
        partner = self._customer("Vector")
        self._ledger(partner, self._every(7, 40, self.end), amount=9999.0)
        choices = self._choices()
        self.assertEqual(
            choices["standard"]["sentence"],
            "Vector orders every 7 days. Such a customer is waited for 28 days: "
            "after 29 days without an order his manager is asked to call.",
        )
        self.assertIn("waited for 21 days", choices["early"]["sentence"])

    def test_own_factor_is_compared_too(self):
        """PK-17: a factor of one's own stands beside the three."""
        self.rule.write({"sensitivity": "custom", "factor": 6.0})
        self.assertEqual(list(self._choices()), ["early", "standard", "strict", "custom"])

    def test_empty_ledger(self):
        """PK-17: without history there is nothing to compare, and no error."""
        self.env["crm.order.day"].search([]).unlink()
        self.assertEqual(self.rule.get_sensitivity_comparison()["choices"], [])

    def test_unusable_questions(self):
        """PK-17: a period or a rule that cannot be compared is refused in words."""
        with self.assertRaises(UserError):
            self.rule.get_sensitivity_comparison(weeks=1)
        with self.assertRaises(UserError):
            self._rule(kind="volume").get_sensitivity_comparison()

    def test_nothing_is_left_behind(self):
        """PK-17: a back-test raises no alarms, calls nobody and can be repeated at once."""
        self._weekly()
        first, second = self._choices(), self._choices()
        self.assertEqual(first, second)
        self.assertFalse(self._alerts())

    def test_back_test_switches_on(self):
        """PK-17: the rule is switched on from its back-test."""
        rule = self.Rule.create({"name": "New"})
        action = rule.with_user(self.head).action_open_backtest()
        wizard = self.env[action["res_model"]].with_user(self.head).browse(action["res_id"])
        self.assertEqual(rule.state, "draft")
        wizard.action_switch_on()
        self.assertEqual(rule.state, "on")
