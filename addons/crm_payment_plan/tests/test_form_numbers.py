from odoo.fields import Command
from odoo.tests import tagged

from ..demo.forms_abroad import DemoFormsAbroad
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

    def test_thousands(self):
        """Also where Odoo's language has no sign between thousands."""
        self.env["res.lang"]._activate_lang("bg_BG")
        forms = self.env["crm.form.mixin"].with_context(lang="bg_BG")
        for number, text in ((1234567.5, "1 234 567,50"), (-1234.5, "-1 234,50"), (123, "123,00")):
            self.assertEqual(forms._form_number(number, 2), text.replace(" ", "\u00a0"))
            self.assertEqual(forms._form_amount(number, self.currency), text.replace(" ", "\u00a0"))

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


@tagged("-at_install", "post_install")
class TestFormTaxes(PlanCommon):
    """TN-28, SK-08: a paper says of taxes what is true, or nothing."""

    #: "without taxes" and "taxes in it" in the languages of the forms.
    WITHOUT = {
        "en_US": "without taxes", "ru_RU": "без налогов", "bg_BG": "без данъци",
    }  # fmt: skip

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {"name": "VAT 25 %", "amount": 25, "type_tax_use": "sale",
             "country_id": cls.company.account_fiscal_country_id.id}
        )  # fmt: skip
        order = cls._order(cls.customer, "2026-02-01")
        order.order_line.write({"product_uom_qty": 1, "price_unit": 80, "tax_ids": cls.tax.ids})
        cls.order = order

    def _planned(self, amount=100, orders=True, **values):
        plan = [(30, "2026-02-01"), (amount - 30, "2026-03-01")]
        orders = [Command.link(self.order.id)] if orders else []
        contract = self._contract(amount, plan, approve=False, order_ids=orders, **values)
        return contract.payment_ids.sorted("sequence")[0]

    def test_share_of_the_contract(self):
        """25 % on top of 80 is 20 of 100: 6 of the first payment of 30."""
        payment = self._planned()
        form = payment._get_form()
        self.assertEqual((form["totals"]["tax"], form["rows"][0]["tax"]), ("6.00", "VAT 25 %"))
        self.assertEqual(form["summary"], f"Lines: 1. In all: 30.00\u00a0{self.currency.name}.")
        html = self.env["ir.actions.report"]._render_qweb_html(
            "crm_payment_plan.report_payment", payment.ids
        )[0]
        self.assertIn("Taxes in it", html.decode())

    def test_nobody_knows(self):
        """A plan alone, or orders that are only a part of the price: not a word of taxes."""
        for lang, words in self.WITHOUT.items():
            self.env["res.lang"]._activate_lang(lang)
            for amount, orders in ((100, False), (150, True)):
                payment = self._planned(amount, orders, document_lang=lang)
                form = payment._get_form()
                self.assertEqual((form["lang"], form["totals"]["tax"]), (lang, ""))
                self.assertNotIn(words, form["summary"])

    def test_quantity_times_price(self):
        """Taxes on top: amounts of lines are without them, the total says what it is made of."""
        self.tax.invoice_label = "VAT"
        included = self.tax.copy({"name": "In it", "price_include_override": "tax_included"})
        for taxes, rows, untaxed in (
            ((self.tax, self.tax), [("10.00", "30.00"), ("12.50", "37.50")], "67.50"),
            ((self.tax, included), [("10.00", "30.00"), ("10.00", "30.00")], "60.00"),
            ((included, included), [("10.00", "30.00"), ("12.50", "37.50")], ""),
        ):
            invoice = self._invoice([(None, 10), (None, 12.5)], post=False)
            for line, tax in zip(invoice.invoice_line_ids, taxes, strict=True):
                line.write({"quantity": 3, "tax_ids": tax.ids})
            for form in (invoice._get_form(), invoice._get_act()):
                self.assertEqual({row["tax"] for row in form["rows"]}, {"VAT"}, "as printed")
                found = [(row["price"], row["total"]) for row in form["rows"]]
                self.assertEqual((found, form["totals"]["untaxed"]), (rows, untaxed))
            html = (
                self.env["ir.actions.report"]
                ._render_qweb_html("crm_payment_plan.report_invoice", invoice.ids)[0]
                .decode()
            )
            for words, shown in (("Total without taxes", untaxed), ("Taxes in it", not untaxed)):
                self.assertEqual(words in html, bool(shown), words)
        table = self._planned().contract_id._prepare_specification()
        self.assertEqual(
            [table[name] for name in ("on_top", "untaxed", "tax", "total")],
            [True, "80.00", "20.00", "100.00"],
        )
        self.assertEqual([row["total"] for row in table["rows"]], ["80.00"])

    def test_invoice_without_taxes(self):
        """An invoice has its taxes before it: it says that there are none."""
        for lang, words in self.WITHOUT.items():
            self.env["res.lang"]._activate_lang(lang)
            self.customer.lang = lang
            invoice = self._invoice([(None, 100)])
            self.assertIn(words, invoice._get_form()["summary"])
            invoice = self._invoice([(None, 100)], post=False)
            invoice.invoice_line_ids.tax_ids = self.tax
            form = invoice._get_form()
            self.assertNotIn(words, form["summary"])
            self.assertTrue(form["totals"]["tax"])

    def test_demo_abroad(self):
        """The demo has an invoice in euros with the tax on top, and its signer is the buyer's."""
        Move = self.env["account.move"]
        before = Move.search([])
        DemoFormsAbroad(self.env).tell()
        invoice = Move.search([]) - before
        self.assertEqual((invoice.state, invoice.currency_id.name), ("posted", "EUR"))
        self.assertEqual((invoice.amount_tax, invoice.amount_total), (349.24, 2095.44))
        form = invoice._get_act()
        self.assertEqual({row["tax"] for row in form["rows"]}, {"НДС 20%"})
        self.assertIn("Ахметов", form["parties"][1]["signer"])
        contract = invoice.line_ids.crm_contract_id
        self.assertEqual(sum(contract.payment_ids.mapped("amount")), invoice.amount_total)
