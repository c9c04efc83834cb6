"""*Compare with accounting* over many contracts: batch by batch, seen and stopped by a person."""

import time
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ..wizards import crm_contract_check
from .common import PlanCommon

SMALL = {"compare": 2, "repair": 1}


class CheckCommon(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contracts = cls.Contract.browse()
        for amount in (10, 20, 30, 40, 50):
            cls.contracts |= cls._contract(amount, [(amount, "2026-02-01")])
        cls.wrong = cls.contracts[0] | cls.contracts[2] | cls.contracts[4]
        cls.startClassPatcher(patch.dict(crm_contract_check.BATCHES, SMALL))

    def _spoil(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_contract SET cash_total = 1 WHERE id IN %s", [tuple(self.wrong.ids)]
        )
        self.env.invalidate_all()


@tagged("-at_install", "post_install")
class TestContractCheck(CheckCommon):
    def _check(self):
        """A comparison whose first batch is done, of the five contracts of this test only."""
        own = [("id", "in", self.contracts.ids)]
        self.patch(
            type(self.env["crm.contract.check"]),
            "_get_domain",
            lambda _self: crm_contract_check.Domain(own),
        )
        checks = self.env["crm.contract.check"].with_user(self.accountant)
        return checks.browse(checks.action_check()["res_id"])

    def _finish(self, check):
        """Ask for batch after batch; what was left before each."""
        left = []
        while check.left_count:
            left.append(check.left_count)
            self.assertLess(len(left), 9)
            check.check_next()
        return left

    def test_batches(self):
        """TN-25: each request compares some; together they find every difference once."""
        self._spoil()
        check = self._check()
        self.assertEqual((check.total_count, check.left_count), (5, 3))
        self.assertEqual(check.line_ids.contract_id, self.wrong[0])
        self.assertEqual(self._finish(check), [3, 1])
        self.assertEqual((check.contract_count, check.difference_count), (5, 3))
        self.assertEqual(check.line_ids.contract_id, self.wrong)
        check.check_next()
        self.assertEqual((check.contract_count, check.difference_count), (5, 3))

    def test_repair(self):
        """TN-25: repaired batch by batch; what differs still stays named."""
        self._spoil()
        check = self._check()
        self._finish(check)
        check.action_repair()
        self.assertEqual((check.work, check.total_count, check.left_count), ("repair", 3, 2))
        self.assertEqual(check.line_ids.contract_id, self.wrong[1:])
        self.patch(type(self.Contract), "_repair", lambda _self: None)
        self._finish(check)
        self.assertEqual(check.line_ids.contract_id, self.wrong[1:])
        self.assertEqual(self.wrong.mapped("cash_total"), [0, 1, 1])

    def test_stopped(self):
        """TN-25: what was found until somebody stopped stays, and can be repaired."""
        self._spoil()
        check = self._check()
        check.action_repair()
        self.assertEqual((check.left_count, check.difference_count), (0, 0))
        self.assertEqual(self.wrong.mapped("cash_total"), [0, 1, 1])


@tagged("-at_install", "post_install")
class TestContractCheckUi(HttpCase, CheckCommon):
    browser_size = "1366x768"

    def test_progress(self):
        """TN-25: the dialog shows how far it is, stops, goes on and repairs."""
        self.head.password = self.head.login
        self._spoil()
        differences = type(self.Contract)._get_differences

        def slowly(contracts):
            time.sleep(0.5)
            return differences(contracts)

        # Long enough for somebody to press Stop.
        self.patch(type(self.Contract), "_get_differences", slowly)
        self.patch(crm_contract_check, "BATCHES", {"compare": 1, "repair": 3})
        self.start_tour("/odoo/contracts", "crm_payment_plan_contract_check", login=self.head.login)
        self.assertEqual(set(self.wrong.mapped("cash_total")), {0})
