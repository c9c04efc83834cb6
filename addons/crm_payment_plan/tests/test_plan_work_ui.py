"""People at work with the plan in the browser: the accountant, the head, and on a phone."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import PlanCommon


class PlanWorkCommon(HttpCase, PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.manager, cls.head, cls.accountant):
            user.password = user.login
        cls.today = cls.company._get_local_today()
        lead = cls.env["crm.lead"].create(
            {"name": "Tour deal", "partner_id": cls.customer.id, "user_id": cls.manager.id}
        )
        cls.contract = cls._contract(200, lead_id=lead.id)
        cls.late, cls.next = cls.Payment.create(
            [
                {
                    "contract_id": cls.contract.id,
                    "name": name,
                    "amount": 100,
                    "kind": "advance",
                    "date_planned": cls.today + timedelta(days=days),
                }
                for name, days in (("Late part", -40), ("Next part", 0))
            ]
        )


@tagged("-at_install", "post_install")
class TestPlanWork(PlanWorkCommon):
    browser_size = "1366x768"

    def test_accountant(self):
        """PF-17, EC-18, IM-14: invoice with contract and class, its payment, the row received."""
        payer = self._customer("Tour Payer")
        self._set_accounts(payer)
        self.env["crm.payer.discipline"].create(
            {
                "company_id": self.company.id,
                "partner_id": payer.id,
                "payer_class": "disloyal",
                "computed_class": "disloyal",
            }
        )
        contract = self._contract(100, partner_id=payer.id)
        part = self.Payment.create(
            {
                "contract_id": contract.id,
                "name": "Tour part",
                "amount": 60,
                "date_planned": self.today,
            }
        )
        self._invoice([(contract, 60, part)], partner_id=payer.id, date=self.today)
        self.start_tour(
            "/odoo/customer-invoices",
            "crm_payment_plan_accountant",
            login=self.accountant.login,
        )
        self.assertEqual(part.state, "received")
        self.assertReceived(contract, 60)

    def test_links_columns_filter(self):
        """EC-19, EC-20, EC-23: from a row to account and deal; one's own columns and filter."""
        self._contract(
            10, [(10, self.today)], user_id=self.colleague.id,
            partner_id=self._customer("Northwind", user=self.colleague).id,
        )  # fmt: skip
        self.start_tour("/odoo/receipts-plan", "crm_payment_plan_links", login=self.head.login)


@tagged("-at_install", "post_install")
class TestPlanWorkPhone(PlanWorkCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_menu_and_widths(self):
        """EC-22, EC-23: a card's menu; no screen of payments scrolls sideways at 390 px."""
        due = self.today - timedelta(days=40)
        self._invoice([(None, 100)], date=due - timedelta(days=5), invoice_date_due=due)
        lately = self.today - timedelta(days=3)
        self._invoice([(None, 70)], date=lately - timedelta(days=5), invoice_date_due=lately)
        category = self.env.ref("crm_payment_plan.crm_cash_category_goods")
        self.env["crm.cash.budget"].create(
            {
                "name": "Tour budget",
                "date_from": self.today.replace(day=1),
                "line_ids": [
                    Command.create(
                        {
                            "category_id": category.id,
                            "date": self.today.replace(day=1),
                            "amount": 55,
                        }
                    )
                ],
            }
        )
        self.start_tour("/odoo/receipts-plan", "crm_payment_plan_phone_menu", login=self.head.login)
        self.assertEqual(self.late.state, "cancelled")
        self.assertIn("He is ill", " ".join(self.late.message_ids.mapped("body")))
