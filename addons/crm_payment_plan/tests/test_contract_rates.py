"""Contracts in currencies without an exchange rate, which Odoo would count one to one."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestContractRates(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.env["res.currency"].create({"name": "XTS", "symbol": "T"})

    def _draft(self, **values):
        return self._contract(100, approve=False, currency_id=self.foreign.id, **values)

    def _rate(self, company):
        self.env["res.currency.rate"].create(
            {"currency_id": self.foreign.id, "rate": 2, "name": "2026-01-01",
             "company_id": company.id}
        )  # fmt: skip

    def test_approval(self):
        """TN-25: refused in words that name contract, currency and cure; nothing half done."""
        draft, own = self._draft(), self._contract(50, approve=False)
        with self.assertRaisesRegex(UserError, "Buyer Ltd.*no exchange rate of XTS.*Currencies"):
            (own | draft).action_approve()
        self.assertEqual((own | draft).mapped("state"), ["draft", "draft"])
        self.assertFalse(own.number)
        own.action_approve()
        self._rate(self.company)
        draft.action_approve()
        self.assertEqual(draft.state, "approved")

    def test_rate_of_another_company(self):
        """TN-25: what another company knows of the currency does not count."""
        other = self.env["res.company"].create({"name": "Other"})
        self._rate(other)
        draft = self._draft()
        with self.assertRaises(UserError) as refused:
            draft.action_approve()
        self.assertIn(f"XTS for {self.company.name}", str(refused.exception))
        self._rate(self.company)
        draft.action_approve()

    def test_branch_uses_the_rates_of_its_company(self):
        """TN-25: rates are entered once for a company and its branches."""
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.assertNotIn(self.foreign, branch._get_rated_currencies())
        self._rate(self.company)
        self.assertIn(self.foreign, branch._get_rated_currencies())

    def test_taken_over(self):
        """TN-25: contracts brought in as approved are asked the same."""
        values = {"state": "approved", "number": "OLD-1"}
        with self.assertRaisesRegex(UserError, "no exchange rate of XTS"):
            self.Contract.with_user(self.head).create(
                {"type_id": self.supply.id, "partner_id": self.customer.id, "amount_total": 5,
                 "currency_id": self.foreign.id, **values}
            )  # fmt: skip
