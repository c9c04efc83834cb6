"""Credit notes take purchases back from the ledger."""

from datetime import date, datetime

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

NOON = datetime(2026, 3, 2, 9)
DAY = date(2026, 3, 2)


@tagged("post_install", "-at_install")
class TestLedgerRefunds(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("crm_bpm_core.group_head")
        cls.env.user.group_ids += cls.env.ref("uom.group_uom")
        cls.env.company.nightly_tz = "Europe/Moscow"
        cls.Ledger = cls.env["crm.order.day"]
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.product = cls.env["product.product"].create(
            {"name": "Filter", "type": "consu", "invoice_policy": "order", "taxes_id": False}
        )

    def _order(self, *lines, confirm=True):
        """An invoiced order of (quantity, price) lines."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                        }
                    )
                    for quantity, price in lines
                ],
            }
        )
        order.action_confirm()
        order.date_order = NOON
        invoice = order._create_invoices()
        invoice.action_post()
        return order, invoice

    def _credit(self, invoice, post=True):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        if post:
            refund.action_post()
        return refund

    def _assert_ledger(self, *measures):
        self.Ledger._refresh_all()
        rows = self.Ledger.search([("partner_id", "=", self.customer.id)])
        found = [(r.order_count, r.line_count, r.quantity, r.amount) for r in rows]
        self.assertEqual(found, [*measures])
        self.assertEqual(self.Ledger.verify_ledger(), [])

    def test_full_refund(self):
        """PK-17: a fully refunded order is no order any more; its withdrawal brings it back."""
        _order, invoice = self._order((2, 100), (1, 50))
        self._assert_ledger((1, 2, 3.0, 250.0))
        refund = self._credit(invoice, post=False)
        self._assert_ledger((1, 2, 3.0, 250.0))
        refund.action_post()
        self._assert_ledger()
        refund.button_draft()
        self._assert_ledger((1, 2, 3.0, 250.0))
        refund.button_cancel()
        self._assert_ledger((1, 2, 3.0, 250.0))

    def test_refund_of_one_of_two_orders(self):
        """PK-17: the other order of the day still counts."""
        _order, invoice = self._order((2, 100))
        self._order((1, 30))
        self._credit(invoice)
        self._assert_ledger((1, 1, 1.0, 30.0))

    def test_partial_refund(self):
        """PK-17: returned goods reduce quantity, turnover, and lines when none is left."""
        _order, invoice = self._order((4, 100), (1, 50))
        refund = self._credit(invoice, post=False)
        refund.invoice_line_ids[0].quantity = 1
        refund.invoice_line_ids[1].unlink()
        refund.action_post()
        self._assert_ledger((1, 2, 4.0, 350.0))
        rest = self._credit(invoice, post=False)
        rest.invoice_line_ids[0].unlink()
        rest.action_post()
        self._assert_ledger((1, 1, 3.0, 300.0))

    def test_price_reduction(self):
        """PK-17: a credit of part of the price returns money but no goods."""
        _order, invoice = self._order((1, 100))
        refund = self._credit(invoice, post=False)
        refund.invoice_line_ids.price_unit = 10
        refund.action_post()
        self._assert_ledger((1, 1, 1.0, 90.0))

    def test_refund_in_dozens(self):
        """PK-17: a credit note in another unit of measure is converted."""
        _order, invoice = self._order((24, 10))
        refund = self._credit(invoice, post=False)
        refund.invoice_line_ids.write(
            {
                "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                "quantity": 1,
                "price_unit": 120,
            }
        )
        refund.action_post()
        self._assert_ledger((1, 1, 12.0, 120.0))

    def test_refund_in_foreign_currency(self):
        """PK-17: credit notes count in company currency, as their journal items do."""
        currency = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        _order, invoice = self._order((3, 100))
        refund = self._credit(invoice, post=False)
        refund.currency_id = currency
        refund.invoice_line_ids.write({"quantity": 1, "price_unit": 200})
        refund.action_post()
        self._assert_ledger((1, 1, 2.0, 200.0))

    def test_linked_afterwards(self):
        """PK-17: a posted credit note can be linked to an order line later."""
        order, _invoice = self._order((3, 100))
        refund = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.product.id, "price_unit": 100, "tax_ids": False}
                    )
                ],
            }
        )
        refund.action_post()
        self._assert_ledger((1, 1, 3.0, 300.0))
        link = "INSERT INTO sale_order_line_invoice_rel (order_line_id, invoice_line_id)"
        self.env.cr.execute(
            f"{link} VALUES (%s, %s)", [order.order_line.id, refund.invoice_line_ids.id]
        )
        self._assert_ledger((1, 1, 2.0, 200.0))
        # A second order line shares the credit note, so the first gets half of it back.
        second, _invoice = self._order((1, 60))
        self.env.cr.execute(
            f"{link} VALUES (%s, %s)", [second.order_line.id, refund.invoice_line_ids.id]
        )
        self._assert_ledger((2, 2, 3.0, 260.0))
        self.env.cr.execute(
            "DELETE FROM sale_order_line_invoice_rel WHERE invoice_line_id = %s",
            [refund.invoice_line_ids.id],
        )
        self._assert_ledger((2, 2, 4.0, 360.0))

    def test_down_payment(self):
        """PK-17: a credited down payment returns no goods."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.product.id, "price_unit": 100})],
            }
        )
        order.action_confirm()
        order.date_order = NOON
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "fixed",
                "fixed_amount": 40,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        wizard.create_invoices()
        order.invoice_ids.action_post()
        self._assert_ledger((1, 1, 1.0, 100.0))
        self._credit(order.invoice_ids)
        self._assert_ledger((1, 1, 1.0, 100.0))
