from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ForeignCommon, PlanCommon

PLANNED, RECEIVED = "planned", "received"


@tagged("-at_install", "post_install")
class TestSettlement(PlanCommon):
    """TN-25, TN-26, EC-17, IM-14: what is received is what accounting says, after every step."""

    def _half_and_half(self, **values):
        return self._contract(100, [(50, "2026-02-01"), (50, "2026-03-01")], **values)

    def test_nothing_received(self):
        contract = self._half_and_half()
        self._invoice([(contract, 100)])
        self.assertReceived(contract, 0, rows=[(0, PLANNED), (0, PLANNED)])
        self.assertEqual(contract.invoiced_total, 100)
        self.assertEqual(contract.remaining_total, 100)
        self.assertEqual((str(contract.next_date), contract.next_amount), ("2026-02-01", 50))

    def test_partial_payment(self):
        """EC-17: 40 of 100; the earliest payment is closed first."""
        contract = self._half_and_half()
        invoice = self._invoice([(contract, 100)])
        self._pay(invoice, 40)
        self.assertReceived(contract, 40, rows=[(40, PLANNED), (0, PLANNED)])
        self._pay(invoice, 30)
        self.assertReceived(contract, 70, rows=[(50, RECEIVED), (20, PLANNED)])
        self.assertEqual(contract.remaining_total, 30)
        self._pay(invoice)
        self.assertReceived(contract, 100, rows=[(50, RECEIVED), (50, RECEIVED)])
        self.assertFalse(contract.next_date)

    def test_one_payment_of_two_invoices(self):
        contract = self._half_and_half()
        first = self._invoice([(contract, 50)])
        second = self._invoice([(contract, 50)])
        self._pay(first | second)
        self.assertReceived(contract, 100, rows=[(50, RECEIVED), (50, RECEIVED)])

    def test_overpayment_stays_with_the_partner(self):
        """TN-25: 130 on an invoice of 100 never makes the contract's receipts 130."""
        contract = self._half_and_half()
        invoice = self._invoice([(contract, 100)])
        payment = self._advance(130)
        self._terms(invoice, payment).reconcile()
        self.assertReceived(contract, 100)
        self.assertEqual(self._terms(payment).amount_residual, -30)

    def test_overpayment_of_a_named_payment_is_an_advance(self):
        """The rest of a payment that names the contract is received on it."""
        contract = self._half_and_half()
        invoice = self._invoice([(contract, 60)])
        payment = self._advance(70, contract)
        self._terms(invoice, payment).reconcile()
        self.assertReceived(contract, 70, rows=[(50, RECEIVED), (20, PLANNED)])
        self.assertEqual(
            sorted(contract.settlement_ids.mapped("source")), ["partial"] * 2 + ["payment"]
        )

    def test_advance_before_the_invoice(self):
        """AL-16: money without an invoice counts at once, and only once after reconciling."""
        contract = self._half_and_half()
        payment = self._advance(50, contract)
        self.assertReceived(contract, 50, rows=[(50, RECEIVED), (0, PLANNED)])
        self.assertEqual(contract.settlement_ids.source, "payment")
        invoice = self._invoice([(contract, 100)])
        self._terms(invoice, payment).reconcile()
        self.assertReceived(contract, 50, rows=[(50, RECEIVED), (0, PLANNED)])
        self.assertEqual(contract.settlement_ids.source, "partial")
        self.assertEqual(contract.settlement_ids.account_payment_id, payment)

    def test_advance_used_for_another_contract(self):
        """An advance of one contract that pays the other's invoice moves to the other."""
        named, other = self._half_and_half(), self._half_and_half()
        payment = self._advance(80, named)
        invoice = self._invoice([(other, 50)])
        self._terms(invoice, payment).reconcile()
        self.assertReceived(named, 30)
        self.assertReceived(other, 50)

    def test_advance_with_a_draft_invoice(self):
        """A reconciliation whose invoice went back to draft leaves the advance whole."""
        contract = self._half_and_half()
        payment = self._advance(50, contract)
        invoice = self._invoice([(contract, 50)])
        self._terms(invoice, payment).reconcile()
        invoice.button_draft()
        self.assertReceived(contract, 50)
        self.assertEqual(contract.settlement_ids.source, "payment")

    def test_credit_note_is_no_receipt(self):
        """A credit note lowers what is invoiced; nothing was received by it."""
        contract = self._half_and_half()
        invoice = self._invoice([(contract, 100)])
        credit = self._invoice([(contract, 30)], kind="out_refund")
        self._terms(invoice, credit).reconcile()
        self.assertReceived(contract, 0)
        self.assertEqual(contract.invoiced_total, 70)
        self._pay(invoice)
        # The rest is credited: nobody owes it.
        self.assertReceived(contract, 70, rows=[(50, RECEIVED), (20, RECEIVED)])

    def test_reversed_invoice(self):
        """A fully reversed invoice: the planned payment waits for money again."""
        contract = self._half_and_half()
        invoice = self._invoice([(contract, 100)])
        payment = self._pay(invoice)
        self.assertReceived(contract, 100)
        payment.action_draft()
        payment.action_cancel()
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"journal_id": self.sales.id, "date": "2026-02-20"}).refund_moves()
        credit = invoice.reversal_move_ids
        credit.action_post()
        self._terms(invoice, credit).filtered(lambda line: not line.reconciled).reconcile()
        self.assertEqual(credit.line_ids.crm_contract_id, contract)
        self.assertEqual(contract.invoiced_total, 0)
        self.assertReceived(contract, 0, rows=[(0, PLANNED), (0, PLANNED)])

    def test_refund_to_the_customer(self):
        """Money paid back on a credit note is received no more."""
        contract = self._half_and_half()
        invoice = self._invoice([(contract, 100)])
        self._pay(invoice)
        credit = self._invoice([(contract, 30)], kind="out_refund", date="2026-03-01")
        self.assertReceived(contract, 100)
        self._pay(credit, date="2026-03-05")
        self.assertReceived(contract, 70, rows=[(50, RECEIVED), (20, RECEIVED)])
        back = contract.settlement_ids.filtered(lambda row: row.amount_settled < 0)
        self.assertEqual((back.amount_settled, back.amount_cash), (-30, -30))

    def test_write_off(self):
        """95 with a write-off of 5 close 100: settled and cash are two numbers."""
        contract = self._half_and_half()
        invoice = self._invoice([(contract, 100)])
        self._pay(invoice, 95, write_off=self.write_off)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertReceived(contract, 100, cash=95, rows=[(50, RECEIVED), (50, RECEIVED)])

    def test_written_off_by_an_entry(self):
        """A miscellaneous entry closes the debt without any money."""
        contract = self._half_and_half()
        invoice = self._invoice([(contract, 100)])
        entry = self.env["account.move"].create(
            {
                "journal_id": self.misc.id,
                "date": "2026-04-01",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.receivable.id,
                            "partner_id": self.customer.id,
                            "credit": 100,
                        }
                    ),
                    Command.create({"account_id": self.write_off.id, "debit": 100}),
                ],
            }
        )
        entry.action_post()
        self._terms(invoice, entry).reconcile()
        self.assertReceived(contract, 100, cash=0, rows=[(50, RECEIVED), (50, RECEIVED)])

    def test_unreconcile(self):
        contract = self._half_and_half()
        invoice = self._invoice([(contract, 100)])
        payment = self._pay(invoice, 60)
        self.assertReceived(contract, 60)
        self._terms(payment).remove_move_reconcile()
        self.assertReceived(contract, 0, rows=[(0, PLANNED), (0, PLANNED)])

    def test_payment_to_draft_and_back(self):
        """Odoo keeps the reconciliation and calls the invoice paid; the contract does not."""
        contract = self._half_and_half()
        invoice = self._invoice([(contract, 100)])
        payment = self._pay(invoice)
        payment.action_draft()
        self.assertReceived(contract, 0, rows=[(0, PLANNED), (0, PLANNED)])
        payment.action_post()
        kept = bool(self._terms(invoice).matched_credit_ids)
        self.assertReceived(contract, 100 if kept else 0)
        if not kept:
            self._terms(invoice, payment).reconcile()
            self.assertReceived(contract, 100)

    def test_move_to_draft_and_back(self):
        """The same by the journal entry of the payment, and by the invoice."""
        contract = self._half_and_half()
        invoice = self._invoice([(contract, 100)])
        payment = self._pay(invoice)
        for move in (payment.move_id, invoice):
            move.button_draft()
            self.assertReceived(contract, 0, rows=[(0, PLANNED), (0, PLANNED)])
            move.action_post()
            if not self._terms(invoice).matched_credit_ids:
                self._terms(invoice, payment).reconcile()
            self.assertReceived(contract, 100, rows=[(50, RECEIVED), (50, RECEIVED)])

    def test_cancelled_payment(self):
        contract = self._half_and_half()
        payment = self._pay(self._invoice([(contract, 100)]))
        payment.action_draft()
        payment.action_cancel()
        self.assertReceived(contract, 0, rows=[(0, PLANNED), (0, PLANNED)])

    def test_two_contracts_on_one_invoice(self):
        """TN-23: kopecks of one invoice are divided exactly, at every step."""
        first, second = (
            self._contract(33.33, [(33.33, "2026-02-01")]),
            self._contract(66.68, [(66.68, "2026-02-01")]),
        )
        invoice = self._invoice([(first, 33.33), (second, 66.68)])
        paid = 0
        for amount in (0.01, 0.01, 33.32, 50.00, 16.67):
            self._pay(invoice, amount)
            paid = round(paid + amount, 2)
            self.assertEqual(round(first.received_total + second.received_total, 2), paid)
        self.assertReceived(first, 33.33, rows=[(33.33, RECEIVED)])
        self.assertReceived(second, 66.68, rows=[(66.68, RECEIVED)])

    def test_line_without_contract(self):
        """A line of no contract takes its share of the money away."""
        contract = self._half_and_half()
        invoice = self._invoice([(contract, 50), (None, 150)])
        self._pay(invoice, 100)
        self.assertReceived(contract, 25)

    def test_linked_payment_first(self):
        """EC-18: an invoice of the second payment closes the second, then the first."""
        contract = self._half_and_half()
        late = contract.payment_ids.sorted("date_planned")[1]
        invoice = self._invoice([(contract, 70, late)])
        self.assertTrue(late.is_invoiced)
        self._pay(invoice, 40)
        self.assertReceived(contract, 40, rows=[(0, PLANNED), (40, PLANNED)])
        self._pay(invoice)
        self.assertReceived(contract, 70, rows=[(20, PLANNED), (50, RECEIVED)])

    def test_more_than_planned(self):
        """What no planned payment takes is shown apart."""
        contract = self._contract(0, [(50, "2026-02-01")])
        self._pay(self._invoice([(contract, 80)]))
        self.assertReceived(contract, 80, rows=[(50, RECEIVED)])
        self.assertEqual(contract.unallocated_total, 30)
        contract.payment_ids = [
            Command.create({"name": "More", "amount": 30, "date_planned": "2026-05-01"})
        ]
        self.assertReceived(contract, 80, rows=[(50, RECEIVED), (30, RECEIVED)])
        self.assertEqual(contract.unallocated_total, 0)

    def test_date_of_the_payment(self):
        """The receipt's date is the payment's, not the later one of the two entries."""
        contract = self._half_and_half()
        payment = self._advance(50, date="2026-01-15")
        invoice = self._invoice([(contract, 50)], date="2026-02-20")
        self._terms(invoice, payment).reconcile()
        self.assertEqual(str(contract.settlement_ids.date), "2026-01-15")
        received = contract.payment_ids.filtered(lambda p: p.state == RECEIVED)
        self.assertEqual(str(received.date_received), "2026-01-15")

    def test_supplier(self):
        """TN-23: an expense contract is paid by our payments of its bills."""
        contract = self._contract(100, [(100, "2026-02-01")], kind=self.purchase)
        bill = self._invoice([(contract, 100)], kind="in_invoice", ref="B-1")
        self._pay(bill, 60)
        self.assertReceived(contract, 60, rows=[(60, PLANNED)])
        refund = self._invoice([(contract, 10)], kind="in_refund", ref="B-2")
        self._pay(refund)
        self.assertReceived(contract, 50, rows=[(50, PLANNED)])

    def test_two_companies_at_once(self):
        """TN-23: each company's money in its own coins, whichever contract comes first."""
        whole = self.env["res.currency"].create({"name": "XTW", "symbol": "W", "rounding": 1})
        company = self.env["res.company"].create({"name": "Whole", "currency_id": whole.id})
        first = self._contract(
            10, company_id=company.id, partner_id=self.env["res.partner"].create({"name": "W"}).id
        )
        contract, other = (self._contract(33.33, [(33.33, "2026-02-01")]) for _n in range(2))
        self._pay(self._invoice([(contract, 33.33), (other, 33.33)]))
        (first | contract | other)._settle()
        for one in (contract, other):
            self.assertEqual(one.settlement_ids.amount_company, 33.33)
            self.assertReceived(one, 33.33)

    def test_many_at_once(self):
        """Posting and paying many invoices settles each contract by itself."""
        contracts = [self._half_and_half() for _n in range(5)]
        invoices = self.env["account.move"]
        for contract in contracts:
            invoices |= self._invoice([(contract, 100)], post=False)
        invoices.action_post()
        self._pay(invoices)
        for contract in contracts:
            self.assertReceived(contract, 100)


@tagged("-at_install", "post_install")
class TestForeignCurrency(ForeignCommon):
    """TN-25: contracts and invoices in other currencies than the company's."""

    def test_paid_at_another_rate(self):
        """An invoice of 100.00 settles exactly 100.00, whatever the rates were."""
        contract = self._contract(100, [(100, "2026-02-01")], currency_id=self.foreign.id)
        invoice = self._invoice([(contract, 100)], currency_id=self.foreign.id, date="2026-02-05")
        self._pay(invoice, 40, currency_id=self.foreign.id, date="2026-03-05")
        self.assertReceived(contract, 40, rows=[(40, PLANNED)])
        self._pay(invoice, currency_id=self.foreign.id, date="2026-03-06")
        self.assertReceived(contract, 100, rows=[(100, RECEIVED)])

    def test_paid_in_company_currency(self):
        contract = self._contract(100, [(100, "2026-02-01")], currency_id=self.foreign.id)
        invoice = self._invoice([(contract, 100)], currency_id=self.foreign.id, date="2026-02-05")
        self._pay(invoice, currency_id=self.currency.id, date="2026-03-05")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(contract.received_total, 100)
        self.assertReceived(contract, 100, rows=[(100, RECEIVED)])

    def test_invoice_in_another_currency(self):
        """The contract gets the invoice's sum at the rate of its date, exactly at the end."""
        contract = self._contract(90, [(90, "2026-02-01")], currency_id=self.foreign.id)
        invoice = self._invoice([(contract, 100)], date="2026-02-05")
        for amount in (33.33, 33.33, 33.34):
            self._pay(invoice, amount, date="2026-03-05")
        self.assertReceived(contract, 90, rows=[(90, RECEIVED)])
        self.assertEqual(contract.invoiced_total, 90)

    def _change_rates(self):
        """What the bank tells later: every rate of the past is another one."""
        self.env["res.currency.rate"].search(
            [("currency_id", "in", (self.foreign | self.third).ids)]
        ).rate = 0.5

    def assertNotMoved(self, contract):
        """Rates of the past changed: no receipt is written, no total moves."""
        totals = ("received_total", "cash_total", "invoiced_total")
        before = [contract[name] for name in totals], contract.settlement_ids.sorted("id").read()
        self._change_rates()
        contract._settle()
        self.env.flush_all()
        self.env.invalidate_all()
        after = [contract[name] for name in totals], contract.settlement_ids.sorted("id").read()
        self.assertEqual(after, before)
        self.assertEqual(contract._get_differences(), [])

    def test_rate_corrected_later(self):
        """TN-25: the rate of the invoice's day stays, whatever the bank tells later."""
        contract = self._contract(90, [(90, "2026-02-01")], currency_id=self.foreign.id)
        invoice = self._invoice([(contract, 100)], date="2026-02-05")
        self._pay(invoice, 40, date="2026-03-05")
        self.assertReceived(contract, 36, rows=[(36, PLANNED)])
        self.assertEqual(contract.invoiced_total, 90)
        self.assertNotMoved(contract)
        self._pay(invoice, date="2026-03-06")
        self.assertReceived(contract, 90, rows=[(90, RECEIVED)])

    def test_invoice_in_a_third_currency(self):
        """TN-25: contract, invoice and company each have their own currency."""
        contract = self._contract(180, [(180, "2026-02-01")], currency_id=self.foreign.id)
        invoice = self._invoice([(contract, 100)], currency_id=self.third.id, date="2026-02-05")
        self.assertEqual(invoice.amount_total_signed, 200)
        self.assertEqual(contract.invoiced_total, 180)
        self._pay(invoice, 33.33, currency_id=self.third.id, date="2026-03-05")
        self.assertReceived(contract, 59.99)
        self.assertNotMoved(contract)
        self._pay(invoice, currency_id=self.third.id, date="2026-03-06")
        self.assertReceived(contract, 180, rows=[(180, RECEIVED)])

    def test_invoice_with_a_rate_of_its_own(self):
        """TN-25: a contract in the company's currency gets what accounting booked."""
        contract = self._contract(125, [(125, "2026-02-01")])
        invoice = self._invoice(
            [(contract, 100)], currency_id=self.foreign.id, date="2026-02-05", post=False
        )
        invoice.invoice_currency_rate = 0.8
        invoice.action_post()
        self.assertEqual(contract.invoiced_total, 125)
        self._pay(invoice, currency_id=self.foreign.id, date="2026-03-05")
        self.assertReceived(contract, 125, rows=[(125, RECEIVED)])
        self.assertNotMoved(contract)

    def test_advance_in_another_currency(self):
        """AL-16: an advance counts at the rate of its day, and stays so."""
        contract = self._contract(90, [(90, "2026-02-01")], currency_id=self.foreign.id)
        self._advance(50, contract)
        self.assertReceived(contract, 45)
        self._advance(10, contract, currency_id=self.third.id)
        self.assertReceived(contract, 63)
        self.assertNotMoved(contract)

    def test_money_in_the_company_currency(self):
        """TN-25: two partials of an invoice of two contracts add up to what was booked."""
        first = self._contract(33.33, [(33.33, "2026-02-01")], currency_id=self.foreign.id)
        second = self._contract(66.67, [(66.67, "2026-02-01")], currency_id=self.foreign.id)
        invoice = self._invoice(
            [(first, 33.33), (second, 66.67)], currency_id=self.foreign.id, date="2026-02-05"
        )
        for amount, day in ((40.01, "2026-03-05"), (59.99, "2026-03-20")):
            self._pay(invoice, amount, currency_id=self.foreign.id, date=day)
            rows = (first | second).settlement_ids
            for partial in rows.partial_id:
                parts = rows.filtered(lambda row, partial=partial: row.partial_id == partial)
                self.assertEqual(
                    self.currency.round(sum(parts.mapped("amount_company"))), partial.amount
                )
        self.assertReceived(first, 33.33)
        self.assertReceived(second, 66.67)


@tagged("-at_install", "post_install")
class TestByHand(PlanCommon):
    """EC-23, IM-14: statuses changed by hand, and accounting that comes later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(100, [(50, "2026-02-01"), (50, "2026-03-01")])
        cls.first, cls.second = cls.contract.payment_ids.sorted("date_planned")

    def test_received_and_back(self):
        self.first.action_set_received()
        self.assertReceived(self.contract, 50, rows=[(50, RECEIVED), (0, PLANNED)])
        self.assertEqual(self.first.settlement_ids.source, "manual")
        self.assertEqual(self.first.settlement_ids.user_id, self.env.user)
        self.first.action_set_planned()
        self.assertReceived(self.contract, 0, rows=[(0, PLANNED), (0, PLANNED)])

    def test_accounting_replaces_the_mark(self):
        """IM-14: money that was marked by hand is not counted twice when it is posted."""
        self.first.action_set_received()
        invoice = self._invoice([(self.contract, 100)])
        self._pay(invoice, 30)
        self.assertReceived(self.contract, 50, rows=[(50, RECEIVED), (0, PLANNED)])
        self._pay(invoice, 20)
        self.assertReceived(self.contract, 50, rows=[(50, RECEIVED), (0, PLANNED)])
        self._pay(invoice)
        self.assertReceived(self.contract, 100, rows=[(50, RECEIVED), (50, RECEIVED)])

    def test_mark_on_a_later_payment(self):
        """IM-14: what comes after the mark is what the person meant, wherever he made it."""
        self.second.action_set_received()
        invoice = self._invoice([(self.contract, 100)])
        self._pay(invoice, 50)
        self.assertReceived(self.contract, 50, rows=[(0, PLANNED), (50, RECEIVED)])
        self._pay(invoice)
        self.assertReceived(self.contract, 100, rows=[(50, RECEIVED), (50, RECEIVED)])

    def test_mark_beside_known_money(self):
        """IM-14: money that was there when a person marked another payment stays where it is."""
        invoice = self._invoice([(self.contract, 100)])
        self._pay(invoice, 50, date="2026-02-20")
        self.second.action_set_received()
        self.assertReceived(self.contract, 100, rows=[(50, RECEIVED), (50, RECEIVED)])
        # What is booked later may be of an earlier day.
        self._pay(invoice, 20, date="2026-02-10")
        self.assertReceived(self.contract, 100, rows=[(50, RECEIVED), (50, RECEIVED)])
        self.assertEqual(self.second.settlement_ids.mapped("source").count("manual"), 1)
        self.second.action_set_planned()
        self.assertReceived(self.contract, 70, rows=[(50, RECEIVED), (20, PLANNED)])

    def test_marks_of_former_versions(self):
        """IM-14: marks of a database that did not store it keep what counts beside them."""
        self._pay(self._invoice([(self.contract, 100)]), 50)
        self.second.action_set_received()
        mark = self.second.settlement_ids
        self.assertEqual(mark.amount_known, 50)
        mark.sudo().amount_known = 0
        self.env.flush_all()
        mark._fill_known()
        self.env.invalidate_all()
        self.assertEqual(mark.amount_known, 50)

    def test_cancelled(self):
        self.second.action_set_cancelled()
        self.assertEqual((self.contract.planned_total, self.contract.remaining_total), (50, 50))
        self.assertEqual(self.contract.unplanned_total, 50)
        self._pay(self._invoice([(self.contract, 80)]))
        self.assertReceived(self.contract, 80, rows=[(50, RECEIVED), (0, "cancelled")])
        self.assertEqual(self.contract.unallocated_total, 30)
        self.second.action_set_planned()
        self.assertReceived(self.contract, 80, rows=[(50, RECEIVED), (30, PLANNED)])

    def test_refusals(self):
        """A status that entries contradict is refused in words; nothing changes."""
        self._pay(self._invoice([(self.contract, 60)]))
        with self.assertRaisesRegex(UserError, "received by accounting"):
            self.second.action_set_cancelled()
        with self.assertRaisesRegex(UserError, "undo the reconciliation"):
            self.first.action_set_planned()
        with self.assertRaisesRegex(UserError, "stays in the plan"):
            self.first.unlink()
        self.assertReceived(self.contract, 60, rows=[(50, RECEIVED), (10, PLANNED)])

    def test_what_a_client_says_settles_nothing(self):
        """HU-23: no key of the context gives a payment a status that entries contradict."""
        self._pay(self._invoice([(self.contract, 60)]))
        for values, text in (
            ({"state": "cancelled"}, "received by accounting"),
            ({"state": "planned"}, "undo the reconciliation"),
        ):
            payment = self.second if values["state"] == "cancelled" else self.first
            with self.assertRaisesRegex(UserError, text), self.cr.savepoint():
                payment.with_context(crm_settling=True).write(values)
        self.second.with_context(crm_settling=True).amount = 10
        self.assertReceived(self.contract, 60, rows=[(50, RECEIVED), (10, RECEIVED)])

    def test_amount_lowered(self):
        """A payment whose amount is lowered to what came is received."""
        self._pay(self._invoice([(self.contract, 60)]))
        self.second.amount = 10
        self.assertReceived(self.contract, 60, rows=[(50, RECEIVED), (10, RECEIVED)])
        with self.assertRaisesRegex(UserError, "Add a payment for the difference"):
            self.first.amount = 70
        with self.assertRaisesRegex(UserError, "Add a payment for the difference"):
            self.first.share = 70
        self.assertReceived(self.contract, 60, rows=[(50, RECEIVED), (10, RECEIVED)])

    def test_dates_swapped(self):
        """The order of dates decides; moving a date moves the money."""
        self._pay(self._invoice([(self.contract, 50)]))
        self.first.date_planned = "2026-04-01"
        self.assertReceived(self.contract, 50, rows=[(50, RECEIVED), (0, PLANNED)])
        self.assertEqual(self.second.state, RECEIVED)

    def test_created_received(self):
        """An import may bring payments that are received already."""
        contract = self._contract(10, approve=False)
        row = self.Payment.create(
            {
                "contract_id": contract.id,
                "name": "Old",
                "amount": 10,
                "date_planned": "2026-01-01",
                "state": RECEIVED,
            }
        )
        self.assertEqual((row.state, row.amount_received), (RECEIVED, 10))

    def test_settling_many_asks_once(self):
        """IM-14: statements of a settling do not grow with the number of contracts."""
        contracts = self.Contract.union(
            *(self._contract(100, [(40, "2026-02-01"), (60, "2026-03-01")]) for _n in range(12))
        )
        for contract in contracts:
            contract.payment_ids[0].action_set_received()
            self._advance(10, contract)

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records._settle()
            return self.env.cr.sql_log_count - before

        count(contracts)
        self.assertLessEqual(count(contracts), count(contracts[:2]) + 2)
