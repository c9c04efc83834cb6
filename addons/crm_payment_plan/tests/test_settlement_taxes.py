from odoo.fields import Command
from odoo.tests import tagged

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestTaxes(PlanCommon):
    """TN-23, TN-25: shares of invoices with taxes, whose lines need not add up to the total."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        country = cls.company.account_fiscal_country_id
        values = {"amount": 20, "type_tax_use": "sale", "country_id": country.id}
        cls.tax, cls.included = cls.env["account.tax"].create(
            [
                {**values, "name": "20 %"},
                {**values, "name": "20 % included", "price_include_override": "tax_included"},
            ]
        )

    def _taxed(self, lines, taxes, **values):
        invoice = self._invoice(lines, post=False, **values)
        for line, tax in zip(invoice.invoice_line_ids, taxes, strict=True):
            line.tax_ids = tax
        invoice.action_post()
        return invoice

    def test_two_contracts_with_taxes(self):
        """TN-23: rounded by line or globally, included or not: every kopeck has its contract."""
        none = self.env["account.tax"]
        for method, *taxes in (
            ("round_per_line", self.tax, self.tax, self.tax),
            ("round_per_line", self.included, self.included, self.included),
            ("round_globally", self.tax, self.tax, self.tax),
            ("round_globally", self.tax, self.included, none),
        ):
            with self.subTest(method=method, taxes=[tax.name for tax in taxes]):
                self.company.tax_calculation_rounding_method = method
                self._pay_in_parts(taxes)

    def _pay_in_parts(self, taxes):
        first, second = (self._contract(0, [(100, "2026-02-01")]) for _n in range(2))
        invoice = self._taxed([(first, 33.33), (second, 11.11), (first, 0.07)], taxes)
        self.assertEqual(
            self.currency.round(first.invoiced_total + second.invoiced_total),
            invoice.amount_total,
        )
        paid = 0
        for part in (0.01, 13.13, None):
            self._pay(invoice, part)
            paid = self.currency.round(paid + (part or invoice.amount_total - paid))
            self.assertEqual(
                self.currency.round(first.received_total + second.received_total), paid
            )
            for contract in (first, second):
                self.assertEqual(contract._get_differences(), [])
        for contract in (first, second):
            self.assertReceived(contract, contract.invoiced_total)

    def test_early_payment_discount(self):
        """TN-26: what a discount for early payment closes is settled, and no money."""
        account = self.write_off
        self.company.write(
            {
                "account_journal_early_pay_discount_loss_account_id": account.id,
                "account_journal_early_pay_discount_gain_account_id": account.id,
            }
        )
        for computation in ("included", "mixed", "excluded"):
            with self.subTest(computation=computation):
                term = self.env["account.payment.term"].create(
                    {
                        "name": "2 % in 10 days",
                        "early_discount": True,
                        "discount_percentage": 2,
                        "discount_days": 10,
                        "early_pay_discount_computation": computation,
                        "line_ids": [
                            Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})
                        ],
                    }
                )
                first, second = (self._contract(0, [(100, "2026-02-01")]) for _n in range(2))
                invoice = self._taxed(
                    [(first, 100), (second, 50)],
                    [self.tax] * 2,
                    invoice_payment_term_id=term.id,
                )
                payment = self._pay(invoice, date="2026-02-05")
                self.assertIn(invoice.payment_state, ("paid", "in_payment"))
                self.assertLess(payment.amount, invoice.amount_total)
                both = first | second
                settled, cash = (
                    self.currency.round(sum(both.mapped(name)))
                    for name in ("received_total", "cash_total")
                )
                self.assertEqual(settled, invoice.amount_total)
                self.assertAlmostEqual(cash, payment.amount, delta=0.01)
                for contract in both:
                    self.assertEqual(contract._get_differences(), [])

    def test_cash_rounding(self):
        """TN-23: a line that rounds the invoice to whole units belongs to no contract."""
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "Whole",
                "rounding": 1,
                "strategy": "add_invoice_line",
                "rounding_method": "HALF-UP",
                "profit_account_id": self.income.id,
                "loss_account_id": self.write_off.id,
            }
        )
        contract = self._contract(0, [(100, "2026-02-01")])
        invoice = self._taxed([(contract, 33.33)], [self.tax], invoice_cash_rounding_id=rounding.id)
        self.assertEqual(invoice.amount_total, 40)
        self._pay(invoice, 20)
        self.assertReceived(contract, 20)
        self._pay(invoice)
        self.assertReceived(contract, 40)


@tagged("-at_install", "post_install")
class TestStates(PlanCommon):
    """IM-14, TN-25: what becomes of receipts when documents change their state."""

    def test_payment_without_an_entry(self):
        """TN-25: money that is only announced is not received; once booked it counts once."""
        contract = self._contract(100, [(100, "2026-02-01")])
        # As with addons that leave payments without an entry until the bank brings them.
        self.patch(
            type(self.env["account.move"]),
            "_get_invoice_in_payment_state",
            lambda self: "in_payment",
        )
        self.bank_journal.inbound_payment_method_line_ids.payment_account_id = False
        invoice = self._invoice([(contract, 60)])
        payment = self._pay(invoice)
        advance = self._advance(40, contract)
        self.assertFalse((payment | advance).move_id)
        self.assertReceived(contract, 0, rows=[(0, "planned")])
        statement = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank_journal.id,
                "date": "2026-02-12",
                "payment_ref": "Transfer",
                "partner_id": self.customer.id,
                "amount": 60,
            }
        )
        _liquidity, suspense, _other = statement._seek_for_lines()
        suspense.account_id = self.receivable
        (suspense | self._terms(invoice)).reconcile()
        self.assertReceived(contract, 60, rows=[(60, "planned")])

    def test_cancelled_invoice(self):
        """TN-25: a cancelled invoice neither asks for money nor has received any."""
        contract = self._contract(100, [(100, "2026-02-01")])
        invoice = self._invoice([(contract, 100)])
        self._pay(invoice, 60)
        invoice.button_draft()
        invoice.button_cancel()
        self.assertReceived(contract, 0, rows=[(0, "planned")])
        self.assertEqual(contract.invoiced_total, 0)
        self.assertFalse(contract.payment_ids.is_invoiced)

    def test_line_taken_off_a_paid_invoice(self):
        """TN-25: the line of a contract deleted while its paid invoice is a draft."""
        contract, other = (self._contract(50, [(50, "2026-02-01")]) for _n in range(2))
        invoice = self._invoice([(contract, 50), (other, 50)])
        payment = self._pay(invoice)
        invoice.button_draft()
        invoice.invoice_line_ids[1].unlink()
        invoice.action_post()
        lines = self._terms(invoice, payment).filtered(lambda line: not line.reconciled)
        if self._terms(invoice) & lines:
            lines.reconcile()
        self.assertReceived(contract, 50, rows=[(50, "received")])
        self.assertReceived(other, 0, rows=[(0, "planned")])

    def test_expense_undone(self):
        """TN-23: a supplier's bill: unreconciled, cancelled, an advance and its return."""
        contract = self._contract(100, [(100, "2026-02-01")], kind=self.purchase)
        bill = self._invoice([(contract, 60)], kind="in_invoice", ref="B-7")
        payment = self._pay(bill)
        self.assertReceived(contract, 60)
        self._terms(payment).remove_move_reconcile()
        self.assertReceived(contract, 0)
        self._terms(bill, payment).reconcile()
        payment.action_draft()
        payment.action_cancel()
        self.assertReceived(contract, 0, rows=[(0, "planned")])
        self._advance(30, contract, kind="outbound", partner_type="supplier")
        self.assertReceived(contract, 30, rows=[(30, "planned")])
        self._advance(10, contract, kind="inbound", partner_type="supplier")
        self.assertReceived(contract, 20, rows=[(20, "planned")])

    def test_write_off_of_two_contracts(self):
        """TN-26: the money of a payment with a write-off is divided like what it closes."""
        first, second = self._contract(40, [(40, "2026-02-01")]), self._contract(60)
        invoice = self._invoice([(first, 40), (second, 60)])
        payment = self._pay(invoice, 95, write_off=self.write_off)
        self.assertReceived(first, 40, cash=38)
        self.assertReceived(second, 60, cash=57)
        payment.action_draft()
        self.assertReceived(first, 0)
        self.assertReceived(second, 0)
