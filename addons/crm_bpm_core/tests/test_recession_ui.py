"""The head chooses the sensitivity from the company's own history."""

from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .recession_common import START, RecessionCommon


class BacktestTour(HttpCase, RecessionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head.password = cls.head.login
        cls._weekly("Vector")
        steady = cls._customer("Steady")
        cls._ledger(steady, cls._every(1, 300, START + timedelta(140)), amount=1.0)
        cls.trial = cls.Rule.create({"name": "Trial"})

    def _choose_and_switch_on(self):
        url = f"/odoo/recession-rules/{self.trial.id}"
        self.start_tour(url, "crm_bpm_core_recession_backtest", login=self.head.login)
        self.assertEqual((self.trial.sensitivity, self.trial.state), ("early", "on"))


@tagged("post_install", "-at_install")
class TestBacktestDesktop(BacktestTour):
    browser_size = "1366x768"

    def test_backtest(self):
        """PK-17, HU-15: compare, choose and switch on, from one dialog."""
        self._choose_and_switch_on()


@tagged("post_install", "-at_install")
class TestBacktestPhone(BacktestTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_backtest(self):
        """PK-17: the same on a phone, without scrolling sideways."""
        self._choose_and_switch_on()
