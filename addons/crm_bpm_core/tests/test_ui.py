from odoo.tests import HttpCase, tagged

from .screens_common import ScreensCommon


class UiCommon(HttpCase, ScreensCommon):
    """A salesperson with three calls, and a head with two recessions to give away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.password = cls.manager.login
        cls.head.password = cls.head.login
        falling = cls._customer("Falling Ltd", phone="+7 831 200-00-01", city="Dzerzhinsk")
        cls._order_days(falling, range(30, 170, 7), amount=42000.0)
        cls.alert = cls._alert(falling, amount=42000.0)
        cls.recession_call = cls._call(falling, "recession", alert=cls.alert)
        quiet = cls._customer("Quiet Ltd", phone="+7 831 200-00-02")
        cls._order_days(quiet, (4, 11, 18), amount=9000.0)
        cls.monitoring_call = cls._call(quiet, "monitoring")
        cls.promised_call = cls._call(cls._customer("Promised Ltd"), "promised")
        other = cls._customer("Listed Ltd")
        cls.listed = cls._alert(other, amount=5000.0, state="listed", user_id=False)


@tagged("post_install", "-at_install")
class TestDesktop(UiCommon):
    browser_size = "1366x768"

    def test_my_calls(self):
        """PK-10, HU-12: the day's calls open after login and are closed by the keyboard."""
        self.start_tour("/odoo", "crm_bpm_core_calls_today", login=self.manager.login)
        self.assertEqual(self.promised_call.call_result, "order")
        self.assertFalse(self.promised_call.active)
        self.assertEqual(self.recession_call.call_result, "refused")
        self.assertEqual(self.alert.outcome_reason, "price")

    def test_done_in_the_chatter_asks_for_the_result(self):
        """HU-12: "mark done" of a planned call asks for result and comment."""
        customer = self.promised_call.res_id
        self.start_tour(
            f"/odoo/res.partner/{customer}", "crm_bpm_core_chatter_call", login=self.manager.login
        )
        self.assertEqual(self.promised_call.call_result, "reached")
        self.assertEqual(self.promised_call.feedback, "All is well")

    def test_head_board(self):
        """PK-07, HU-16: the head assigns by drag and by list, and opens the lists."""
        self.start_tour("/odoo/customers-board", "crm_bpm_core_head_board", login=self.head.login)
        self.assertEqual(self.alert.user_id, self.colleague)
        self.assertEqual(self.recession_call.user_id, self.colleague)
        self.assertEqual(self.listed.state, "open")

    def test_customers(self):
        """PK-22, PK-23: kanban, list and card tell how things stand."""
        self.start_tour(
            "/odoo/customers-watched", "crm_bpm_core_customers", login=self.manager.login
        )


@tagged("post_install", "-at_install")
class TestPhone(UiCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_my_calls(self):
        """HU-12: on a phone one call at a time, closed with one hand."""
        self.start_tour("/odoo/calls-today", "crm_bpm_core_calls_phone", login=self.manager.login)
        self.assertEqual(self.recession_call.call_result, "no_answer")

    def test_head_board(self):
        """PK-07: the board is a single column on a phone; assignment by the list."""
        self.start_tour(
            "/odoo/customers-board", "crm_bpm_core_head_board_phone", login=self.head.login
        )
        self.assertEqual(self.alert.user_id, self.colleague)
