from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ForeignCommon, PlanCommon

PLANNED, RECEIVED = "planned", "received"


@tagged("-at_install", "post_install")
class TestCredited(PlanCommon):
    """TN-25, PF-21: what a credit note takes off is owed by nobody."""

    def _two(self, **values):
        return self._contract(100, [(50, "2026-02-01"), (50, "2026-03-01")], **values)

    def _credit(self, invoice, *lines, **values):
        note = self._invoice(lines, kind=values.pop("kind", "out_refund"), **values)
        self._terms(invoice, note).reconcile()
        return note

    def assertOwed(self, contract, total, *rows):
        """What remains of the contract and of its payments, and what was credited of these."""
        self.env.flush_all()
        payments = contract.payment_ids.sorted(lambda p: (p.date_planned, p.sequence, p.id))
        self.assertEqual(
            [(one.amount_credited, one.amount_remaining, one.state) for one in payments],
            list(rows),
        )
        self.assertEqual(contract.open_total, total)
        self.assertEqual(contract._get_differences(), [])

    def test_credited_in_part(self):
        """Invoice 100, credit 30, paid 70: nothing is expected, overdue or reminded of."""
        contract = self._two()
        invoice = self._invoice([(contract, 100)])
        self._credit(invoice, (contract, 30))
        self.assertOwed(contract, 70, (0, 50, PLANNED), (30, 20, PLANNED))
        self._pay(invoice)
        self.assertOwed(contract, 0, (0, 0, RECEIVED), (30, 0, RECEIVED))
        self.assertEqual((contract.received_total, contract.credited_total), (70, 30))
        self.assertFalse(contract.overdue_total)
        self.assertTrue(contract._is_paid_in_full())
        documents = self.env["crm.payment.reminder.run"]._get_documents_sql(
            self.company, self.company._get_local_today(), self.customer.ids
        )
        self.assertEqual(self.env.execute_query(documents), [])

    def test_paid_back(self):
        """A credit note on a paid invoice, whose money goes back."""
        contract = self._two()
        self._pay(self._invoice([(contract, 100)]))
        note = self._invoice([(contract, 30)], kind="out_refund", date="2026-03-01")
        self.assertOwed(contract, 0, (0, 0, RECEIVED), (30, 0, RECEIVED))
        self.assertEqual(contract.unallocated_total, 30)
        self._pay(note, date="2026-03-05")
        self.assertOwed(contract, 0, (0, 0, RECEIVED), (30, 0, RECEIVED))
        self.assertEqual((contract.received_total, contract.unallocated_total), (70, 0))

    def test_invoiced_again(self):
        """What is credited and invoiced anew is owed as before."""
        contract = self._two()
        invoice = self._invoice([(contract, 100)])
        self._credit(invoice, (contract, 30))
        self._invoice([(contract, 30)], date="2026-02-20")
        self.assertOwed(contract, 100, (0, 50, PLANNED), (0, 50, PLANNED))
        self.assertEqual(contract.credited_total, 0)

    def test_first_of_two_invoices(self):
        """A cheaper first delivery: the second invoice does not take its place."""
        contract = self._two()
        first = self._invoice([(contract, 50)])
        self._credit(first, (contract, 10))
        self.assertOwed(contract, 90, (10, 40, PLANNED), (0, 50, PLANNED))
        self._invoice([(contract, 50)], date="2026-02-20")
        self.assertEqual(contract.open_total, 90)
        self.assertEqual(contract._get_differences(), [])

    def test_named_payment(self):
        contract = self._two()
        late = contract.payment_ids.sorted("date_planned")[1]
        invoice = self._invoice([(contract, 50, late)])
        self._credit(invoice, (contract, 10, late))
        self.assertOwed(contract, 90, (0, 50, PLANNED), (10, 40, PLANNED))

    def test_whole_invoice_reversed(self):
        """The plan waits for a new invoice, by one note or by two that make the whole."""
        contract = self._two()
        invoice = self._invoice([(contract, 100)])
        self._credit(invoice, (contract, 60))
        self.assertEqual(contract.open_total, 40)
        note = self._invoice(
            [(contract, 40)], kind="out_refund", reversed_entry_id=invoice.id, date="2026-02-03"
        )
        self._terms(invoice, note).filtered(lambda line: not line.reconciled).reconcile()
        self.assertOwed(contract, 100, (0, 50, PLANNED), (0, 50, PLANNED))

    def test_marked_by_hand(self):
        """A mark counts for what is owed, not for what was credited."""
        contract = self._two()
        contract.payment_ids.action_set_received()
        invoice = self._invoice([(contract, 100)])
        self._credit(invoice, (contract, 30))
        self.assertOwed(contract, 0, (0, 0, RECEIVED), (30, 0, RECEIVED))
        self.assertEqual(contract.received_total, 70)

    def test_supplier(self):
        contract = self._contract(100, [(100, "2026-02-01")], kind=self.purchase)
        bill = self._invoice([(contract, 100)], kind="in_invoice", ref="C-1")
        self._credit(bill, (contract, 25), kind="in_refund", ref="C-2")
        self.assertOwed(contract, 75, (25, 75, PLANNED))

    def test_back_to_draft(self):
        """A credit note that is a draft again takes nothing off."""
        contract = self._two()
        note = self._credit(self._invoice([(contract, 100)]), (contract, 30))
        note.button_draft()
        self.assertOwed(contract, 100, (0, 50, PLANNED), (0, 50, PLANNED))

    def test_difference_is_named(self):
        """IM-14: the self-check tells a lost credit."""
        contract = self._two()
        self._credit(self._invoice([(contract, 100)]), (contract, 30))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_contract SET credited_total = 0 WHERE id = %s", [contract.id]
        )
        self.env.invalidate_all()
        told = {row["what"]: (row["kept"], row["told"]) for row in contract._get_differences()}
        self.assertEqual(told["Credited by credit notes"], (0, 30))
        contract._repair()
        self.assertEqual(contract._get_differences(), [])


@tagged("-at_install", "post_install")
class TestCreditedInForeignCurrency(ForeignCommon):
    """TN-25: credit notes in another currency than the contract's."""

    def test_credited(self):
        contract = self._contract(90, [(90, "2026-02-01")], currency_id=self.foreign.id)
        invoice = self._invoice([(contract, 100)], date="2026-02-05")
        note = self._invoice([(contract, 20)], kind="out_refund", date="2026-02-06")
        self._terms(invoice, note).reconcile()
        self.assertEqual((contract.credited_total, contract.open_total), (18, 72))
        self.assertEqual(contract._get_differences(), [])
        self._pay(invoice)
        self.assertEqual((contract.open_total, contract.payment_ids.state), (0, RECEIVED))
        self.assertEqual(contract._get_differences(), [])


@tagged("-at_install", "post_install")
class TestOpenTotal(PlanCommon):
    """TN-26: what remains is that of the contract, planned or not."""

    def test_no_plan(self):
        contract = self._contract(100)
        self.assertEqual((contract.open_total, contract.remaining_total), (100, 0))
        self._pay(self._invoice([(contract, 40)]))
        self.assertEqual(contract.open_total, 60)
        self.assertEqual(contract._get_differences(), [])

    def test_planned_in_part(self):
        contract = self._contract(100, [(60, "2026-02-01")])
        self.assertEqual((contract.open_total, contract.remaining_total), (100, 60))
        contract.payment_ids.action_set_received()
        self.assertEqual((contract.open_total, contract.remaining_total), (40, 0))
        contract._sign(("company", "partner"), "esign", "2026-02-10", self.env["ir.attachment"])
        with self.assertRaisesRegex(UserError, "neither received nor planned"):
            contract.action_complete()
        contract.action_terminate()
        self.assertEqual(contract.open_total, 0)
        self.assertEqual(contract._get_differences(), [])

    def test_without_a_fixed_sum(self):
        contract = self._contract(0, [(60, "2026-02-01")])
        self.assertEqual(contract.open_total, 60)

    def test_months_of_the_expected_days(self):
        """TN-26: a promise moves the money to another month of the contract's summary."""
        contract = self._contract(100, [(60, "2027-01-20"), (40, "2027-02-20")])
        self.env["crm.payment.promise"].create(
            {
                "partner_id": self.customer.id,
                "payment_id": contract.payment_ids.sorted("date_planned")[0].id,
                "amount": 60,
                "date": "2027-03-05",
            }
        )
        contract.invalidate_recordset(["money_summary"])
        self.assertEqual(
            contract.money_summary["months"],
            [{"month": "2027-02-01", "amount": 40}, {"month": "2027-03-01", "amount": 60}],
        )
