from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestBranches(PlanCommon):
    """TN-25: a contract belongs to one company or branch, and so do its invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create({"name": "Branch", "parent_id": cls.company.id})
        cls.env.user.company_ids |= cls.branch
        allowed = (cls.company | cls.branch).ids
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": allowed})
        cls.Contract = cls.env["crm.contract"]
        cls._set_accounts(cls.customer.with_company(cls.branch))

    def _invoice_of_branch(self, contract):
        with_branch = self.env(
            context={**self.env.context, "allowed_company_ids": [self.branch.id, self.company.id]}
        )
        move = self._invoice([(None, 100)], post=False, company_id=self.branch.id)
        move = move.with_env(with_branch)
        self.assertEqual(move.company_id, self.branch)
        move.invoice_line_ids.crm_contract_id = contract
        return move

    def test_contract_of_the_company(self):
        """Neither offered nor taken, and the refusal names both."""
        contract = self._contract(100, [(100, "2026-02-01")])
        with self.assertRaisesRegex(UserError, "(?s)Branch.*" + contract.number):
            self._invoice_of_branch(contract)

    def test_contract_of_the_branch(self):
        contract = self._contract(100, [(100, "2026-02-01")], company_id=self.branch.id)
        move = self._invoice_of_branch(contract)
        move.action_post()
        self._pay(move)
        self.assertReceived(contract, 100, rows=[(100, "received")])
        with self.assertRaisesRegex(UserError, contract.number):
            self._invoice([(contract, 10)], post=False)
