from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestInvoicing(PlanCommon):
    """EC-18, TN-25: contracts and planned payments where accountants work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(100, [(50, "2026-02-01"), (50, "2026-03-01")])
        cls.other = cls._contract(100, [(100, "2026-02-01")])

    def test_contract_of_the_whole_invoice(self):
        """Setting the contract in the head sets all lines; several are shown as a list."""
        invoice = self._invoice([(None, 50), (None, 50)], post=False)
        invoice.crm_contract_id = self.contract
        self.assertEqual(invoice.invoice_line_ids.crm_contract_id, self.contract)
        invoice.invoice_line_ids[0].crm_contract_id = self.other
        self.assertFalse(invoice.crm_contract_id)
        self.assertEqual(invoice.crm_contract_ids, self.contract | self.other)
        invoice.action_post()
        invoice.invoice_line_ids.crm_contract_id = self.other
        invoice.crm_contract_id = False
        self.assertFalse(invoice.invoice_line_ids.crm_contract_id)

    def test_contract_of_a_paid_invoice(self):
        """An accountant names the contract after the money came; it counts at once."""
        invoice = self._invoice([(None, 100)])
        self._pay(invoice)
        self.assertReceived(self.contract, 0)
        invoice.with_user(self.accountant).crm_contract_id = self.contract
        self.assertReceived(self.contract, 100)
        invoice.crm_contract_id = self.other
        self.assertReceived(self.contract, 0)
        self.assertReceived(self.other, 100)

    def test_search(self):
        """EC-19: invoices are found by contract and by planned payment."""
        Move = self.env["account.move"].with_user(self.accountant)
        part = self.contract.payment_ids[0]
        ours = self._invoice([(self.contract, 50, part)])
        none = self._invoice([(None, 50)])
        mine = [("id", "in", (ours | none).ids)]
        self.assertEqual(Move.search([*mine, ("crm_contract_ids", "=", self.contract.id)]), ours)
        self.assertEqual(
            Move.search([*mine, ("crm_contract_ids", "ilike", self.contract.number)]), ours
        )
        self.assertEqual(Move.search([*mine, ("crm_contract_ids", "=", False)]), none)
        self.assertEqual(Move.search([*mine, ("crm_contract_ids", "!=", False)]), ours)
        self.assertEqual(Move.search([*mine, ("crm_contract_payment_ids", "=", part.id)]), ours)
        self.assertEqual(ours.crm_contract_payment_ids, part)
        self.assertEqual(ours.action_view_crm_contracts()["res_id"], self.contract.id)
        self.assertTrue(part.is_invoiced)
        found = self.Payment.search(
            [("contract_id", "=", self.contract.id), ("is_invoiced", "=", True)]
        )
        self.assertEqual(found, part)

    def test_contracts_that_do_not_fit(self):
        bought = self._contract(100, kind=self.purchase)
        with self.assertRaisesRegex(ValidationError, "invoices to customers take income"):
            self._invoice([(bought, 100)], post=False)
        with self.assertRaisesRegex(ValidationError, "is no payment of contract"):
            self._invoice([(self.contract, 100, self.other.payment_ids)], post=False)
        agreement = self._contract(10, parent_id=self.contract.id)
        with self.assertRaisesRegex(ValidationError, "use its contract"):
            self._invoice([(agreement, 10)], post=False)
        with self.assertRaisesRegex(ValidationError, "use its contract"):
            self._advance(10, agreement)

    def test_payment_form(self):
        """AL-16: an accountant names contract and planned payment of an advance."""
        part = self.contract.payment_ids.sorted("date_planned")[1]
        Payment = self.env["account.payment"].with_user(self.accountant)
        with Form(Payment.with_context(default_payment_type="inbound")) as form:
            form.partner_id = self.customer
            form.amount = 50
            form.journal_id = self.bank_journal
            form.crm_contract_id = self.contract
            form.crm_contract_payment_id = part
        payment = form.save()
        payment.action_post()
        self.assertEqual(part.state, "received")
        self.assertReceived(self.contract, 50, rows=[(0, "planned"), (50, "received")])
        self.assertIn(payment, Payment.search([("crm_contract_id", "ilike", self.contract.number)]))
        payment.crm_contract_id = False
        payment.crm_contract_payment_id = False
        self.assertReceived(self.contract, 0)

    def test_advance_taken_back(self):
        """An advance paid back lowers what is received on the contract."""
        self._advance(60, self.contract)
        self._advance(25, self.contract, date="2026-02-20", kind="outbound")
        self.assertReceived(self.contract, 35, rows=[(35, "planned"), (0, "planned")])

    def test_deleted_payment(self):
        payment = self._advance(50, self.contract)
        payment.action_draft()
        self.assertReceived(self.contract, 0)
        payment.unlink()
        self.assertReceived(self.contract, 0, rows=[(0, "planned"), (0, "planned")])

    def test_contract_in_use_stays(self):
        draft = self._contract(10, approve=False)
        self._invoice([(draft, 10)], post=False)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            draft.unlink()
            self.env.flush_all()

    def test_two_installments_of_one_invoice(self):
        """Payment terms split the receivable; the contract sees the invoice as one."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 30)
                ],
            }
        )
        invoice = self._invoice([(self.contract, 100)], invoice_payment_term_id=term.id)
        self._pay(invoice, 60, installments_mode="full")
        self.assertReceived(self.contract, 60, rows=[(50, "received"), (10, "planned")])
