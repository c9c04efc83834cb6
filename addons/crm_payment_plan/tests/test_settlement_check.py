from odoo.tests import tagged

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestSettlementCheck(PlanCommon):
    """TN-25, TN-26: a check that shares no code with what it checks, and names differences."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(100, [(50, "2026-02-01"), (50, "2026-03-01")])
        cls.invoice = cls._invoice([(cls.contract, 100)])
        cls._pay(cls.invoice, 70)
        cls.env.flush_all()

    def _spoil(self, query, *values):
        self.env.cr.execute(query, values)
        self.env.invalidate_all()
        return {row["what"]: (float(row["kept"]), float(row["told"]))
                for row in self.contract._get_differences()}  # fmt: skip

    def test_nothing_to_tell(self):
        self.assertEqual(self.contract._get_differences(), [])
        self.assertEqual(self.Contract.browse()._get_differences(), [])

    def test_broken_total(self):
        found = self._spoil(
            "UPDATE crm_contract SET received_total = 99 WHERE id = %s", self.contract.id
        )
        self.assertEqual(found, {"Total: Received": (99, 70)})

    def test_broken_payment(self):
        row = self.contract.payment_ids.sorted("date_planned")[0]
        found = self._spoil(
            "UPDATE crm_contract_payment SET amount_received = 20 WHERE id = %s", row.id
        )
        self.assertEqual(found["Received of planned payment Part 1, or its status"], (20, 50))

    def test_broken_status(self):
        row = self.contract.payment_ids.sorted("date_planned")[0]
        found = self._spoil(
            "UPDATE crm_contract_payment SET state = 'planned' WHERE id = %s", row.id
        )
        self.assertIn("Received of planned payment Part 1, or its status", found)

    def test_lost_receipt(self):
        found = self._spoil(
            "DELETE FROM crm_contract_settlement WHERE contract_id = %s", self.contract.id
        )
        self.assertEqual(found[f"Received on invoice {self.invoice.name}"], (0, 70))

    def test_receipt_of_a_draft_payment(self):
        """What Odoo itself still calls paid is named when the payment is a draft."""
        payment = self.invoice.matched_payment_ids
        found = self._spoil(
            "UPDATE account_move SET state = 'draft' WHERE id = %s", payment.move_id.id
        )
        self.assertEqual(found[f"Received on invoice {self.invoice.name}"], (70, 0))
        self.assertIn(f"More than was reconciled on invoice {self.invoice.name}", found)

    def test_wizard_repairs(self):
        self._spoil("DELETE FROM crm_contract_settlement WHERE contract_id = %s", self.contract.id)
        self._spoil("UPDATE crm_contract SET cash_total = 1 WHERE id = %s", self.contract.id)
        Check = self.env["crm.contract.check"].with_user(self.accountant)
        check = Check.browse(Check.action_check()["res_id"])
        self.assertGreaterEqual(check.difference_count, 2)
        check.action_repair()
        self.assertEqual(check.difference_count, 0)
        self.assertReceived(self.contract, 70, rows=[(50, "received"), (20, "planned")])

    def test_nightly(self):
        """Differences reach the responsible person as one activity."""
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 0)
        self.Contract._cron_check_settlements()
        self.assertFalse(self.contract.activity_ids)
        self._spoil("UPDATE crm_contract SET cash_total = 1 WHERE id = %s", self.contract.id)
        for _night in range(2):
            self.Contract._cron_check_settlements()
        activity = self.contract.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("Received in Money", activity.note)

    def test_settling_again_writes_nothing(self):
        """A repetition changes nothing: no row is written."""
        rows = self.contract.settlement_ids
        before = rows.mapped("write_date"), rows.ids
        self.contract._settle()
        self.contract.invalidate_recordset()
        after = self.contract.settlement_ids
        self.assertEqual((after.mapped("write_date"), after.ids), before)
