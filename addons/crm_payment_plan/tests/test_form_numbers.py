from odoo.fields import Command
from odoo.tests import tagged

from .common import PlanCommon

QUANTITIES = {1000000: "1,000,000", 12345.75: "12,345.75", 0.12: "0.12", 3: "3"}


@tagged("-at_install", "post_install")
class TestFormNumbers(PlanCommon):
    """SK-06: quantities and prices of legal papers are printed to their last digit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["decimal.precision"].search([("name", "=", "Product Price")]).digits = 4

    def test_invoice_and_act(self):
        invoice = self._invoice([(None, 1)] * len(QUANTITIES), post=False)
        for line, quantity in zip(invoice.invoice_line_ids, QUANTITIES, strict=True):
            line.write({"quantity": quantity, "price_unit": 0.0375})
        for form in (invoice._prepare_form(), invoice._get_act()):
            self.assertEqual([row["quantity"] for row in form["rows"]], list(QUANTITIES.values()))
            self.assertEqual({row["price"] for row in form["rows"]}, {"0.0375"})

    def test_specification(self):
        order = self._order(self.customer, "2026-02-01")
        order.order_line.write({"product_uom_qty": 1000000, "price_unit": 0.0375})
        contract = self._contract(37500, approve=False, order_ids=[Command.link(order.id)])
        row = contract._prepare_specification()["rows"][0]
        self.assertEqual(
            (row["quantity"], row["price"], row["total"]), ("1,000,000", "0.0375", "37,500.00")
        )

    def test_prices(self):
        """Coins are always printed; a discounted price has no more digits than prices have."""
        forms = self.env["crm.form.mixin"]
        for price, discount, text in (
            (100, 0, "100.00"),
            (0.1 + 0.2, 0, "0.30"),
            (100, 100 / 3, "66.6667"),
            (100, 50, "50.00"),
        ):
            self.assertEqual(forms._form_price(price, discount, self.currency), text)
        self.assertEqual(forms._form_quantity(0), "0")
        self.assertEqual(forms._form_quantity(-2.5), "-2.5")
