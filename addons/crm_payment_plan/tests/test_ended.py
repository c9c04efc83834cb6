from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PlanCommon

REFUSED = "this is possible in: Draft, Approved, In force"


@tagged("-at_install", "post_install")
class TestEnded(PlanCommon):
    """AL-15, TN-23: of a contract that ended nothing more is expected, and nothing planned."""

    def _part_received(self):
        contract = self._contract(200, [(100, "2026-02-01"), (100, "2026-03-01")])
        first, second = contract.payment_ids.sorted("date_planned")
        invoice = self._invoice([(contract, 100, first)])
        self._pay(invoice, 60)
        self.assertEqual((contract.overdue_total, contract.open_total), (140, 140))
        return contract, first, second, invoice

    def _is_overdue(self, contract):
        self.env.flush_all()
        found = self.Contract.search(
            [("id", "=", contract.id), ("payment_ids.is_overdue", "=", True)]
        )
        return bool(found)

    def test_received_in_part(self):
        """The rest is neither remaining nor overdue; what comes late closes it all the same."""
        contract, first, second, invoice = self._part_received()
        self.assertTrue(self._is_overdue(contract))
        contract.action_terminate()
        self.assertEqual((first.amount_remaining, second.state), (0, "cancelled"))
        self.assertEqual(
            (contract.remaining_total, contract.open_total, contract.next_date), (0, 0, False)
        )
        contract.invalidate_recordset(["overdue_total"])
        self.assertEqual(contract.overdue_total, 0)
        self.assertFalse(self._is_overdue(contract))
        self.assertEqual(contract._get_differences(), [])
        self._pay(invoice)
        self.assertEqual((first.state, contract.unallocated_total), ("received", 0))
        self.assertEqual(contract._get_differences(), [])

    def test_reopened(self):
        contract, first, second, _invoice = self._part_received()
        contract.action_terminate()
        contract.action_reopen()
        self.assertEqual(
            [(one.state, one.amount_remaining) for one in (first, second)],
            [("planned", 40), ("planned", 100)],
        )
        self.assertEqual(contract.open_total, 140)
        self.assertTrue(self._is_overdue(contract))
        self.assertEqual(contract._get_differences(), [])

    def test_nothing_is_planned(self):
        scheme = self.env["crm.payment.scheme"].search([("line_ids", "!=", False)], limit=1)
        self.assertTrue(scheme)
        for end in ("action_terminate", "action_cancel"):
            contract = self._contract(100, [(100, "2026-02-01")], scheme_id=scheme.id)
            getattr(contract, end)()
            payment = contract.payment_ids
            other = self._contract(50, [(50, "2026-02-01")]).payment_ids
            row = {"contract_id": contract.id, "name": "More", "amount": 1}
            for plan in (
                payment.action_set_planned,
                contract.action_generate_plan,
                lambda row=row: self.Payment.create(row),
                lambda other=other, contract=contract: other.write({"contract_id": contract.id}),
            ):
                with self.assertRaisesRegex(UserError, REFUSED), self.cr.savepoint():
                    plan()
            self.env.invalidate_all()
            self.assertEqual(contract.payment_ids.mapped("state"), ["cancelled"])
            # Money that came may still be marked, and the mark be taken back.
            payment.action_set_received()
            self.assertEqual(payment.state, "received")
            payment.action_set_cancelled()
            self.assertEqual(payment.state, "cancelled")

    def test_completed(self):
        contract = self._contract(100, [(100, "2026-02-01")])
        contract._sign(("company", "partner"), "esign", "2026-01-12", self.env["ir.attachment"])
        contract.payment_ids.action_set_received()
        contract.action_complete()
        with self.assertRaisesRegex(UserError, REFUSED):
            contract.payment_ids.action_set_planned()
        contract.action_reopen()
        contract.payment_ids.action_set_planned()
        self.assertEqual(contract.open_total, 100)

    def test_taken_over(self):
        """A head brings in a completed contract with what was received, not with a plan."""

        def take_over(state):
            row = {"name": "All", "amount": 100, "date_planned": "2026-02-01", "state": state}
            return self.Contract.with_user(self.head).create(
                {
                    "type_id": self.supply.id,
                    "partner_id": self.customer.id,
                    "amount_total": 100,
                    "state": "completed",
                    "payment_ids": [Command.create(row)],
                }
            )

        with self.assertRaisesRegex(UserError, REFUSED), self.cr.savepoint():
            take_over("planned")
        contract = take_over("received")
        self.assertEqual((contract.received_total, contract.open_total), (100, 0))
