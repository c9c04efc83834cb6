from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestUi(HttpCase, PlanCommon):
    """The screens of contracts and of the receipts plan in the browser."""

    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.manager, cls.head):
            user.password = user.login
        today = cls.company._get_local_today()
        cls.contract = cls._contract(200)
        cls.late, cls.next = cls.Payment.create(
            [
                {
                    "contract_id": cls.contract.id,
                    "name": name,
                    "amount": 100,
                    "date_planned": today + timedelta(days=days),
                }
                for name, days in (("Late part", -40), ("Next part", 0))
            ]
        )

    def test_receipts_plan(self):
        """EC-20, EC-21, EC-22, EC-23: from the row and from the card."""
        self.start_tour(
            "/odoo/receipts-plan", "crm_payment_plan_receipts", login=self.manager.login
        )
        self.assertEqual((self.late.state, self.next.state), ("received", "cancelled"))
        self.assertEqual(self.late.question_ids.user_id, self.manager)

    def test_contract(self):
        """TN-23, AL-15: a contract made, planned and approved in the form."""
        buyer = self._customer("Tour Buyer")
        self.start_tour("/odoo/contracts", "crm_payment_plan_contract", login=self.manager.login)
        contract = self.Contract.search([("partner_id", "=", buyer.id)])
        self.assertEqual((contract.state, len(contract.payment_ids)), ("approved", 12))
        self.assertEqual(round(contract.planned_total, 2), 100)

    def test_board(self):
        """EC-16, EC-17: the plan on the page that opens for the head."""
        self.start_tour("/odoo/customers-board", "crm_payment_plan_board", login=self.head.login)
