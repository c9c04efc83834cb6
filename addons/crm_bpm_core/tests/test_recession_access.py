"""Who may see, assign and switch what."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .recession_common import RecessionCommon


@tagged("post_install", "-at_install")
class TestRecessionAccess(RecessionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._weekly("Mine")
        cls.Rule._run_night(cls.company, cls._after(29))
        cls.alert = cls.Alert.search([("partner_id", "=", cls.partner.id)])

    def _sees(self, user):
        return self.alert in self.Alert.with_user(user).search([])

    def test_scope(self):
        """EC-04: own, team, all: who sees the alarm of a customer."""
        self.assertTrue(self._sees(self.manager), "his own customer")
        self.assertTrue(self._sees(self.team_leader), "a customer of the team")
        self.assertTrue(self._sees(self.head))
        self.assertFalse(self._sees(self.colleague))
        self.assertFalse(self._sees(self.viewer))
        self.assertIn("26 of 26", self.alert.with_user(self.manager).explanation)

    def test_outsiders(self):
        """EC-04: portal users and employees without a level see nothing."""
        for user in (self.portal, self.nobody):
            with self.assertRaises(AccessError):
                self.Alert.with_user(user).search([])

    def test_view_only_changes_nothing(self):
        """EC-04: view only means view only."""
        self.partner.user_id = self.alert.user_id = self.viewer
        alert = self.alert.with_user(self.viewer)
        self.assertTrue(alert.explanation)
        with self.assertRaises(AccessError):
            alert.outcome_reason = "price"
        with self.assertRaises(AccessError):
            self.rule.with_user(self.viewer).name = "Other"

    def test_full_gives_reasons_but_does_not_assign(self):
        """HU-16: the responsible says why; assigning and outcomes are the head's."""
        alert = self.alert.with_user(self.manager)
        alert.outcome_reason = "price"
        for values in ({"user_id": self.colleague.id}, {"outcome": "lost"}, {"state": "closed"}):
            with self.assertRaises(AccessError):
                alert.write(values)
        with self.assertRaises(AccessError):
            alert.action_assign()
        with self.assertRaises(AccessError):
            self.Alert.with_user(self.manager).create(
                {"partner_id": self.partner.id, "rule_id": self.rule.id,
                 "company_id": self.company.id, "alarm_date": self._after(29)}
            )  # fmt: skip

    def test_switches_are_the_heads(self):
        """EC-04: only the head switches rules and reads the comparison."""
        rule = self.rule.with_user(self.manager)
        for action in (
            rule.action_switch_on,
            rule.action_pause,
            rule.get_sensitivity_comparison,
            lambda: rule.action_set_sensitivity("early"),
            rule.action_open_backtest,
        ):
            with self.assertRaises(AccessError):
                action()
        self.rule.with_user(self.head).action_pause()
        self.assertEqual(self.rule.state, "paused")

    def test_other_company(self):
        """EC-04: the head of another company sees neither alarms nor rules of this one."""
        company = self.env["res.company"].create({"name": "Other company"})
        head = new_test_user(
            self.env,
            login="other_head",
            groups="crm_bpm_core.group_head",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self._sees(head))
        self.assertNotIn(self.rule, self.Rule.with_user(head).search([]))
        with self.assertRaises(AccessError):
            self.rule.with_user(head).get_sensitivity_comparison()

    def test_rights_of_a_broader_level_do_not_reach_runs(self):
        """EC-04: the responsible cannot run a night by RPC: the method is private."""
        self.assertTrue(self.Rule._run_night.__name__.startswith("_"))
