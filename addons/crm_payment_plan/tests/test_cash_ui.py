from datetime import timedelta

from odoo.tests import HttpCase, tagged
from odoo.tools import format_date

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestCashUi(HttpCase, PlanCommon):
    """TN-26, TN-27: the cash board and the payment calendar in the browser."""

    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.head, cls.accountant):
            user.password = user.login
        # The month of the calendar must hold two days one after the other.
        cls.today = cls.company._get_local_today()
        cls.middle = cls.today.replace(day=14)
        cls.company.write({"cash_weeks": 13, "cash_date_mode": "behaviour"})

    def _plan(self, name, amount, date, **values):
        contract = self._contract(amount, **values)
        return self.Payment.create(
            {"contract_id": contract.id, "name": name, "amount": amount, "date_planned": date}
        )

    def test_board(self):
        """A gap in red and words; every week opens its documents."""
        start = self.today - timedelta(days=(self.today.isoweekday() - 1) % 7)
        self._plan("Cash tour part", 100, start + timedelta(days=8))
        self._plan("Far too much", 10**9, self.today + timedelta(days=30), kind=self.purchase)
        self.start_tour("/odoo/cash-forecast", "crm_payment_plan_cash", login=self.head.login)

    def test_calendar(self):
        """Dragged by an accountant: the plan moves, the comment stays on the payment."""
        buyer = self._customer("Calendar Buyer")
        payment = self._plan("Part", 100, self.middle, partner_id=buyer.id)
        self.company.cash_minimum = 10**9
        self.start_tour(
            "/odoo/payment-calendar", "crm_payment_plan_calendar", login=self.accountant.login
        )
        # Where exactly it falls depends on the pixels; that it moved, and why, does not.
        self.assertNotEqual(payment.date_planned, self.middle)
        comment = payment.message_ids.filtered(lambda one: "The director is away" in one.body)
        self.assertIn(format_date(self.env, payment.date_planned), comment.body)
        self.assertEqual(comment.author_id, self.accountant.partner_id)

    def test_phone(self):
        """At 390 px nothing scrolls sideways."""
        self.browser_size = "390x844"
        self.touch_enabled = True
        self.browser_js(
            "/odoo/cash-forecast",
            "if (document.documentElement.scrollWidth <= 390) console.log('test successful');",
            ready="!!document.querySelector('.o_crm_cash_weeks, .o_crm_cash_empty')",
            login=self.head.login,
        )
