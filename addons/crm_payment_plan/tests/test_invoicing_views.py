from odoo.tests import Form, tagged

from .cash_common import TODAY, CashCommon, day

VIEWS = (
    ("account.move", "account.view_move_form", "form"),
    ("account.move", "account.view_out_invoice_tree", "list"),
    ("account.move", "account.view_in_invoice_bill_tree", "list"),
    ("account.payment", "account.view_account_payment_form", "form"),
    ("account.payment", "account.view_account_payment_tree", "list"),
    ("account.payment", "account.view_account_supplier_payment_tree", "list"),
    ("account.move.line", "account.view_move_line_tree", "list"),
)
SEARCHES = (
    ("account.move", "account.view_account_invoice_filter", "crm_contract_ids"),
    ("account.move", "account.view_account_bill_filter", "crm_contract_ids"),
    ("account.payment", "account.view_account_payment_search", "crm_contract_id"),
    ("account.move.line", "account.view_account_move_line_filter", "crm_contract_id"),
    (
        "account.bank.statement.line",
        "crm_payment_plan.account_bank_statement_line_view_search",
        "paid_contract_ids",
    ),
)


@tagged("-at_install", "post_install")
class TestInvoicingViews(CashCommon):
    """PF-17, EC-18, IM-14: accountants find contract, plan and payer where they work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(100, [(60, day(3)), (40, day(20))])

    def _arch(self, model, view, kind):
        user = self.env[model].with_user(self.accountant)
        return user.get_view(self.env.ref(view).id, kind)["arch"]

    def test_views(self):
        for model, view, kind in VIEWS:
            arch = self._arch(model, view, kind)
            self.assertIn("crm_contract", arch, view)
            self.assertIn('name="payer_class"', arch, view)
        for model, view, name in SEARCHES:
            arch = self._arch(model, view, "search")
            self.assertIn(f'name="{name}"', arch, view)
            self.assertIn("payer_disloyal", arch, view)

    def test_found_by_payer(self):
        """The class of the payer is searched on invoices, items, payments and bank lines."""
        invoice = self._invoice([(self.contract, 60)], date=day(-1))
        payment = self._pay(invoice, date=day(0))
        line = self._bank_line(5, self.customer)
        self.env["crm.payer.discipline"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "payer_class": "disloyal",
                "overdue_amount": 77,
            }
        )
        for record in (invoice, payment, line, self._terms(invoice)):
            model = record.with_user(self.accountant).browse()
            bad = [("id", "in", record.ids), ("payer_class", "=", "disloyal")]
            self.assertEqual(model.search(bad).ids, record.ids, record)
            good = [("id", "in", record.ids), ("payer_class", "=", "strict")]
            self.assertFalse(model.search(good), record)
        record = invoice.with_user(self.accountant)
        self.assertEqual((record.payer_class, record.payer_overdue_amount), ("disloyal", 77))

    def test_register_payment(self):
        """TN-25: the dialog says what is paid; the plan and the forecast follow at once."""
        invoice = self._invoice([(self.contract, 60)], date=day(-1))
        wizard = (
            self.env["account.payment.register"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
        )
        with Form(wizard) as form:
            form.journal_id = self.bank_journal
        self.assertEqual(form.record.crm_contract_ids, self.contract)
        form.record.action_create_payments()
        self.assertReceived(self.contract, 60, rows=[(60, "received"), (0, "planned")])
        self.assertEqual(self._rows(), [("plan", 40, day(20))])

    def _match(self, line, invoice):
        """Match a bank line with an invoice, as every reconciliation widget does it."""
        suspense = line.move_id.line_ids.filtered(
            lambda item: item.account_id == self.bank_journal.suspense_account_id
        )
        suspense.with_context(force_delete=True).write(
            {"account_id": self.receivable.id, "partner_id": self.customer.id}
        )
        (suspense | self._terms(invoice)).reconcile()
        return suspense

    def test_bank_line(self):
        """TN-25: a matched bank line closes the plan; undone, it is open again."""
        invoice = self._invoice([(self.contract, 60)], date=day(-1))
        line = self._bank_line(60, self.customer)
        self.assertFalse(line.paid_contract_ids)
        item = self._match(line, invoice)
        self.assertReceived(self.contract, 60, rows=[(60, "received"), (0, "planned")])
        self.assertEqual(line.paid_contract_ids, self.contract)
        self.assertEqual(line.paid_payment_ids, self.contract.payment_ids[0])
        Line = self.env["account.bank.statement.line"].with_user(self.accountant)
        mine = [("id", "=", line.id)]
        self.assertTrue(Line.search([*mine, ("paid_contract_ids", "=", self.contract.id)]))
        self.assertTrue(Line.search([*mine, ("paid_contract_ids", "ilike", self.contract.number)]))
        self.assertTrue(Line.search([*mine, ("paid_contract_ids", "!=", False)]))
        self.assertFalse(Line.search([*mine, ("paid_contract_ids", "=", False)]))
        item.remove_move_reconcile()
        self.assertReceived(self.contract, 0, rows=[(0, "planned"), (0, "planned")])
        self.assertFalse(line.paid_contract_ids)
        self.assertTrue(Line.search([*mine, ("paid_contract_ids", "=", False)]))

    def test_bank_line_undone(self):
        """Odoo's own undo of a bank line takes the receipt back."""
        invoice = self._invoice([(self.contract, 60)], date=day(-1))
        line = self._bank_line(60, self.customer)
        self._match(line, invoice)
        line.action_undo_reconciliation()
        self.assertReceived(self.contract, 0)

    def test_deleted_bank_line(self):
        invoice = self._invoice([(self.contract, 60)], date=day(-1))
        line = self._bank_line(60, self.customer)
        self._match(line, invoice)
        line.unlink()
        self.assertReceived(self.contract, 0)

    def test_credit_note_matched_by_hand(self):
        """Matching items of two entries, from the list of journal items."""
        invoice = self._invoice([(self.contract, 60)], date=day(-1))
        advance = self._advance(60, date=TODAY)
        self.assertReceived(self.contract, 0)
        self._terms(invoice, advance).reconcile()
        self.assertReceived(self.contract, 60)
        self._terms(invoice).remove_move_reconcile()
        self.assertReceived(self.contract, 0)

    def test_payment_of_a_bill(self):
        """HU-08: paying a bill closes the payment to the supplier."""
        bought = self._contract(45, [(45, day(2))], kind=self.purchase)
        bill = self._invoice([(bought, 45)], kind="in_invoice", date=day(2))
        self._pay(bill, date=day(0))
        self.assertReceived(bought, 45, rows=[(45, "received")])
