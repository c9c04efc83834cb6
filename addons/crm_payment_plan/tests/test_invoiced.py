from odoo.fields import Command
from odoo.tests import tagged

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestInvoiced(PlanCommon):
    """EC-18, TN-25: whether the invoice of a planned payment is issued, however it was made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(100, [(40, "2026-02-01"), (60, "2026-03-01")])
        cls.first, cls.second = cls.contract.payment_ids.sorted("date_planned")

    def assertInvoiced(self, *rows):
        self.env.flush_all()
        payments = self.contract.payment_ids.sorted(lambda p: (p.date_planned, p.id))
        self.assertEqual([(p.amount_invoiced, p.is_invoiced) for p in payments], list(rows))
        found = self.Payment.search(
            [("contract_id", "=", self.contract.id), ("is_invoiced", "=", True)]
        )
        self.assertEqual(found, payments.filtered("is_invoiced"))
        self.assertEqual(self.contract._get_differences(), [])

    def test_order_invoiced_the_usual_way(self):
        """EC-18, SK-08: an order's own invoice asks for the payments of its contract."""
        self.product.invoice_policy = "order"
        order = self._order(self.customer, "2026-02-01")
        order.crm_contract_id = self.contract
        self.assertEqual(order.amount_total, 100)
        invoice = order._create_invoices()
        self.assertInvoiced((0, False), (0, False))
        invoice.action_post()
        self.assertInvoiced((40, True), (60, True))
        invoice.button_draft()
        self.assertInvoiced((0, False), (0, False))

    def test_first_the_named_then_by_date(self):
        """EC-18: a line that names a payment invoices it; the others follow their dates."""
        self._invoice([(self.contract, 30, self.second)])
        self.assertInvoiced((0, False), (30, True))
        self._invoice([(self.contract, 45)])
        self.assertInvoiced((40, True), (35, True))
        credit = self._invoice([(self.contract, 30, self.second)], kind="out_refund")
        self.assertInvoiced((40, True), (5, False))
        credit.button_draft()
        self._invoice([(self.contract, 100)])
        self.assertInvoiced((40, True), (60, True))
        self.assertEqual(self.contract.invoiced_total, 175)

    def test_in_part(self):
        """EC-18: half an invoice leaves something to invoice."""
        self._invoice([(self.contract, 39.99)])
        self.assertInvoiced((39.99, False), (0, False))
        self.first.amount = 39.99
        self.assertInvoiced((39.99, True), (0, False))
        self.contract.payment_ids = [
            Command.create({"name": "Earlier", "amount": 10, "date_planned": "2026-01-01"})
        ]
        self.assertInvoiced((10, True), (29.99, False), (0, False))
        self.first.action_set_cancelled()
        self.assertInvoiced((10, True), (0, False), (29.99, False))

    def test_another_contract_on_the_invoice(self):
        """TN-23: of a shared invoice each contract has its own lines."""
        other = self._contract(50, [(50, "2026-02-01")])
        invoice = self._invoice([(self.contract, 40), (other, 50)])
        self.assertInvoiced((40, True), (0, False))
        self.assertTrue(other.payment_ids.is_invoiced)
        invoice.invoice_line_ids[0].crm_contract_id = other
        self.assertInvoiced((0, False), (0, False))

    def test_column_is_filled_once(self):
        """EC-18: payments of a database that did not store it yet get it from the invoices."""
        self._invoice([(self.contract, 100)])
        self.env.cr.execute(
            "UPDATE crm_contract_payment SET amount_invoiced = NULL, is_invoiced = NULL"
            " WHERE contract_id = %s",
            [self.contract.id],
        )
        self.env.invalidate_all()
        self.Payment._fill_invoiced()
        self.assertInvoiced((40, True), (60, True))

    def test_dates_follow_the_first_invoice(self):
        """TN-24: a payment due after the invoice follows its posting, and waits again after it."""
        self.second.write({"due_kind": "event", "due_event": "invoiced", "due_days": 14})
        self.assertTrue(self.second.is_estimated)
        invoice = self._invoice([(self.contract, 40)], date="2026-02-10")
        self.assertEqual(str(self.contract.date_invoiced), "2026-02-10")
        self.assertEqual(str(self.second.date_planned), "2026-02-24")
        self.assertFalse(self.second.is_estimated)
        earlier = self._invoice([(self.contract, 10)], date="2026-02-03")
        self.assertEqual(str(self.second.date_planned), "2026-02-17")
        self.assertEqual(self.contract._get_differences(), [])
        (invoice | earlier).button_draft()
        self.assertFalse(self.contract.date_invoiced)
        self.assertTrue(self.second.is_estimated)
        self.assertEqual(self.contract._get_differences(), [])
