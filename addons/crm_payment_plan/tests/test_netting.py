from odoo import fields
from odoo.tests import tagged

from .common import ForeignCommon, PlanCommon
from .test_opening import OpeningCommon

PLANNED, RECEIVED = "planned", "received"


class NettingCommon(PlanCommon):
    def _half(self, **values):
        return self._contract(100, [(50, "2026-02-01"), (50, "2026-03-01")], **values)

    def _note(self, *lines, **values):
        return self._invoice(lines, kind=values.pop("kind", "out_refund"), **values)

    def _match(self, *moves):
        self._terms(*moves).filtered(lambda line: not line.reconciled).reconcile()

    def assertRows(self, contract, *rows, total=None):
        """What is credited, received and left of each payment; and that accounting agrees."""
        self.env.flush_all()
        payments = contract.payment_ids.sorted(lambda p: (p.date_planned, p.sequence, p.id))
        self.assertEqual(
            [(p.amount_credited, p.amount_received, p.amount_remaining) for p in payments],
            list(rows),
        )
        if total is not None:
            self.assertEqual(contract.open_total, total)
        self.assertEqual(contract._get_differences(), [])

    def assertNothingReminded(self):
        documents = self.env["crm.payment.reminder.run"]._get_documents_sql(
            self.company, self.company._get_local_today(), self.customer.ids
        )
        self.assertEqual(self.env.execute_query(documents), [])


@tagged("-at_install", "post_install")
class TestNotesOfOthers(NettingCommon):
    """TN-25, PF-21: credit notes that close what they do not name."""

    def test_note_without_contract(self):
        """A note that names no contract lowers what the invoice's contract owes."""
        contract = self._half()
        invoice = self._invoice([(contract, 100)])
        note = self._note((None, 30))
        self._match(invoice, note)
        self.assertRows(contract, (0, 0, 50), (30, 0, 20), total=70)
        self.assertEqual((contract.invoiced_total, contract.move_count), (70, 1))
        self._pay(invoice)
        self.assertRows(contract, (0, 50, 0), (30, 20, 0), total=0)
        self.assertTrue(contract._is_paid_in_full())
        self.assertFalse(contract.overdue_total)
        self.assertNothingReminded()
        note.button_draft()
        self.assertRows(contract, (0, 50, 0), (0, 20, 30), total=30)
        note.action_post()
        self._terms(note).remove_move_reconcile()
        self.assertRows(contract, (0, 50, 0), (0, 20, 30), total=30)

    def test_whole_invoice_without_contract(self):
        """The plan waits for a new invoice, whatever the note names."""
        contract = self._half()
        invoice = self._invoice([(contract, 100)])
        self._match(invoice, self._note((None, 60)))
        self._match(invoice, self._note((contract, 40)))
        self.assertRows(contract, (0, 0, 50), (0, 0, 50), total=100)
        self._invoice([(contract, 100)], date="2026-02-20")
        self.assertRows(contract, (0, 0, 50), (0, 0, 50), total=100)
        self.assertTrue(all(contract.payment_ids.mapped("is_invoiced")))

    def test_netting(self):
        """A note of one contract used on another's invoice: received there, given back here."""
        first, second = self._half(), self._half()
        self._pay(self._invoice([(first, 100)]))
        note = self._note((first, 30), date="2026-02-20")
        invoice = self._invoice([(second, 100)], date="2026-02-15")
        self.assertEqual(first.unallocated_total, 30)
        self._match(invoice, note)
        self._pay(invoice)
        self.assertRows(first, (0, 50, 0), (30, 20, 0), total=0)
        self.assertRows(second, (0, 50, 0), (0, 50, 0), total=0)
        self.assertEqual((first.received_total, first.cash_total), (70, 100))
        self.assertEqual((second.received_total, second.cash_total), (100, 70))
        rows = (first | second).settlement_ids.filtered(lambda row: row.source == "netting")
        self.assertEqual(sorted(rows.mapped("amount_settled")), [-30, 30])
        self.assertEqual(sorted(rows.mapped("amount_company")), [-30, 30])
        self.assertEqual(set(rows.mapped("date")), {fields.Date.to_date("2026-02-20")})
        self.assertFalse(first.unallocated_total)
        self.assertNothingReminded()
        self._terms(note).remove_move_reconcile()
        self.assertRows(second, (0, 50, 0), (0, 20, 30), total=30)
        self.assertEqual((first.received_total, first.unallocated_total), (100, 30))

    def test_netting_with_an_invoice_of_no_contract(self):
        contract = self._half()
        self._pay(self._invoice([(contract, 100)]))
        self._match(self._invoice([(None, 100)]), self._note((contract, 30)))
        self.assertRows(contract, (0, 50, 0), (30, 20, 0), total=0)
        self.assertEqual((contract.received_total, contract.unallocated_total), (70, 0))

    def test_note_of_one_of_two_contracts(self):
        """TN-23: of a common invoice a note closes first what it names."""
        first, second = self._half(), self._half()
        invoice = self._invoice([(first, 60), (second, 40)])
        self._match(invoice, self._note((first, 30)))
        for contract, invoiced in ((first, 30), (second, 40)):
            self.assertEqual((contract.received_total, contract.invoiced_total), (0, invoiced))
            self.assertFalse(contract.settlement_ids)
        self._pay(invoice, 35)
        self.assertEqual((first.received_total, second.received_total), (15, 20))
        self._pay(invoice)
        self.assertEqual((first.received_total, second.received_total), (30, 40))
        for contract in (first, second):
            self.assertEqual(contract._get_differences(), [])

    def test_note_of_two_contracts_on_two_invoices(self):
        """TN-23: each contract's part of a note goes to its own invoice."""
        first, second = self._half(), self._half()
        invoices = [self._invoice([(first, 30)]), self._invoice([(second, 40)])]
        note = self._note((first, 30), (second, 20))
        self._match(invoices[0], note)
        self._match(invoices[1], note)
        for contract in (first, second):
            self.assertEqual((contract.received_total, contract.settlement_ids.ids), (0, []))
            self.assertEqual(contract._get_differences(), [])
        self.assertEqual((first.invoiced_total, second.invoiced_total), (0, 20))

    def test_line_without_contract_first(self):
        """What the note names not goes first to lines of no contract."""
        contract = self._half()
        invoice = self._invoice([(contract, 100), (None, 50)])
        self._match(invoice, self._note((None, 70)))
        self.assertRows(contract, (0, 0, 50), (20, 0, 30), total=80)
        self._pay(invoice)
        self.assertRows(contract, (0, 50, 0), (20, 30, 0), total=0)

    def test_supplier(self):
        """TN-23: the same for bills of suppliers."""
        first, second = (
            self._contract(100, [(100, "2026-02-01")], kind=self.purchase) for _n in range(2)
        )
        bills = [
            self._invoice([(one, 100)], kind="in_invoice", ref=f"N-{one.id}")
            for one in (first, second)
        ]
        self._match(bills[0], self._note((None, 10), kind="in_refund", ref="N-3"))
        self._match(bills[0], self._note((second, 20), kind="in_refund", ref="N-4"))
        self.assertRows(first, (10, 20, 70), total=70)
        self.assertEqual((second.received_total, second.credited_total), (-20, 20))
        self._pay(bills[0] | bills[1])
        self.assertRows(first, (10, 90, 0), total=0)
        self.assertRows(second, (20, 80, 0), total=0)
        self.assertEqual((first.cash_total, second.cash_total), (70, 100))

    def test_far_documents(self):
        """A document that shares a note with an invoice is a draft again: both are settled."""
        first, second = self._half(), self._half()
        note = self._note((first, 30), (None, 30))
        invoice, other = self._invoice([(second, 40)]), self._invoice([(first, 20)])
        self._match(other, note)
        self._match(invoice, note)
        self.env.flush_all()
        for contract in (first, second):
            self.assertEqual(contract._get_differences(), [])
        other.button_draft()
        for step in (False, True):
            if step:
                other.action_post()
            kept = [(one.received_total, one.credited_total) for one in (first, second)]
            (first | second)._settle()
            self.assertEqual(
                [(one.received_total, one.credited_total) for one in (first, second)], kept
            )

    def test_difference_is_named(self):
        """IM-14: the self-check begins with what accounting calls open."""
        contract = self._half()
        invoice = self._invoice([(contract, 100)])
        self._match(invoice, self._note((None, 30)))
        self._pay(invoice)
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE crm_contract SET credited_total = 0 WHERE id = %(id)s;
               UPDATE crm_contract_payment SET amount_credited = 0, amount_invoiced = 50
                WHERE contract_id = %(id)s""",
            {"id": contract.id},
        )
        self.env.invalidate_all()
        told = {row["what"]: (row["kept"], row["told"]) for row in contract._get_differences()}
        self.assertEqual(told["Credited by credit notes"], (0, 30))
        self.assertEqual(told["Invoiced amount of the planned payments"], (100, 70))
        self.env.cr.execute(
            "DELETE FROM crm_contract_settlement WHERE contract_id = %s", [contract.id]
        )
        self.env.invalidate_all()
        told = {row["what"]: (row["kept"], row["told"]) for row in contract._get_differences()}
        self.assertEqual(told["Received on invoices, by what accounting calls open"], (0, 70))
        contract._repair()
        self.assertRows(contract, (0, 50, 0), (30, 20, 0), total=0)


@tagged("-at_install", "post_install")
class TestNotesOfOthersInCurrencies(ForeignCommon, NettingCommon):
    """TN-25: the same in other currencies than the contract's."""

    def test_rate_of_the_notes_day(self):
        """A note at another rate closes what it closed of the invoice: nothing stays open."""
        contract = self._contract(90, [(90, "2026-02-01")], currency_id=self.foreign.id)
        invoice = self._invoice([(contract, 100)], date="2026-02-05")
        note = self._note((contract, 20), date="2026-03-06")
        self.assertEqual(contract.credited_total, 16)
        self._match(invoice, note)
        self.assertRows(contract, (18, 0, 72), total=72)
        self._pay(invoice, date="2026-03-10")
        self.assertRows(contract, (18, 72, 0), total=0)

    def test_netting_of_two_currencies(self):
        first = self._contract(100, [(100, "2026-02-01")])
        second = self._contract(90, [(90, "2026-02-01")], currency_id=self.foreign.id)
        self._pay(self._invoice([(first, 100)]))
        invoice = self._invoice([(second, 100)], date="2026-02-05")
        self._match(invoice, self._note((first, 20), date="2026-03-06"))
        self._match(invoice, self._note((None, 30), date="2026-03-06"))
        self.assertRows(second, (27, 18, 45), total=45)
        self.assertRows(first, (20, 80, 0), total=0)
        self._pay(invoice, date="2026-03-10")
        self.assertRows(second, (27, 63, 0), total=0)


@tagged("-at_install", "post_install")
class TestNotesOnOldDebts(OpeningCommon, NettingCommon):
    """TN-25: credit notes on debts of the former accounting."""

    def test_notes(self):
        contract, other = self._half(), self._half()
        opening = self._take_over((100, contract, {}))
        self._match(opening, self._note((None, 30)))
        self.assertRows(contract, (0, 0, 50), (30, 0, 20), total=70)
        self._match(opening, self._note((other, 20)))
        self.assertRows(contract, (0, 20, 30), (30, 0, 20), total=50)
        self.assertEqual(contract.cash_total, 0)
        self.assertEqual(other.received_total, -20)
        self.assertEqual(other._get_differences(), [])
        payment = self._advance(50)
        self._match(opening, payment)
        self.assertRows(contract, (0, 50, 0), (30, 20, 0), total=0)


@tagged("-at_install", "post_install")
class TestWhatNotesLower(NettingCommon):
    """TN-25: a credit note lowers the payment that its invoice asked for, and no other."""

    def _many(self):
        return self._contract(
            1000, [(100, f"2026-{month:02}-01") for month in range(1, 11)]
        )  # fmt: skip

    def _reverse(self, invoice, price):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"journal_id": self.sales.id, "date": "2026-02-10"}).refund_moves()
        note = invoice.reversal_move_ids
        note.invoice_line_ids.price_unit = price
        note.action_post()
        self._match(invoice, note)
        return note

    def test_first_of_two_invoices(self):
        """Both payments are invoiced, then 10 of the first are credited."""
        for named in (False, True):
            with self.subTest(named=named):
                contract = self._half()
                first, second = contract.payment_ids.sorted("date_planned")
                invoices = [
                    self._invoice([(contract, 50, *([row] if named else []))])
                    for row in (first, second)
                ]
                note = self._reverse(invoices[0], 10)
                self.assertEqual(
                    note.invoice_line_ids.crm_contract_payment_id,
                    first if named else self.Payment,
                )
                self.assertRows(contract, (10, 0, 40), (0, 0, 50), total=90)
                self._pay(invoices[0])
                self.assertRows(contract, (10, 40, 0), (0, 0, 50), total=50)

    def test_note_that_names_another_payment(self):
        """The name of the note itself is stronger than that of its invoice."""
        contract = self._half()
        first, second = contract.payment_ids.sorted("date_planned")
        invoice = self._invoice([(contract, 50, first)])
        self._invoice([(contract, 50, second)])
        self._match(invoice, self._note((contract, 10, second)))
        self.assertRows(contract, (0, 0, 50), (10, 0, 40), total=90)

    def test_second_delivery_after_a_note(self):
        """A cheaper first delivery: the second invoice asks for the second payment."""
        contract = self._half()
        first = self._invoice([(contract, 50)])
        self._match(first, self._note((contract, 10)))
        second = self._invoice([(contract, 50)], date="2026-02-20")
        self.assertRows(contract, (10, 0, 40), (0, 0, 50), total=90)
        self.assertTrue(contract.payment_ids.sorted("date_planned")[1].is_invoiced)
        self._pay(first)
        self.assertRows(contract, (10, 40, 0), (0, 0, 50), total=50)
        self._pay(second)
        self.assertRows(contract, (10, 40, 0), (0, 50, 0), total=0)

    def test_named_note_paid_back(self):
        """Money that goes back on a note opens no payment again, unless all is invoiced anew."""
        contract = self._half()
        first = contract.payment_ids.sorted("date_planned")[0]
        invoice = self._invoice([(contract, 50, first)])
        self._pay(invoice)
        note = self._reverse(invoice, 10)
        self.assertRows(contract, (10, 40, 0), (0, 10, 40), total=40)
        self._pay(note)
        self.assertRows(contract, (10, 40, 0), (0, 0, 50), total=50)
        self._pay(self._note((contract, 40, first), reversed_entry_id=invoice.id))
        self.assertRows(contract, (0, 0, 50), (0, 0, 50), total=100)

    def test_named_and_invoiced_again(self):
        """A corrected invoice of a payment: the contract is owed as before."""
        contract = self._many()
        row = contract.payment_ids.sorted("date_planned")[0]
        self._reverse(self._invoice([(contract, 100, row)]), 30)
        self.assertEqual((contract.open_total, row.amount_credited), (970, 30))
        self._invoice([(contract, 30, row)], date="2026-02-20")
        self.assertEqual((contract.open_total, contract.credited_total), (1000, 0))
        self.assertFalse(any(contract.payment_ids.mapped("amount_credited")))
        self.assertEqual(contract._get_differences(), [])

    def test_order_invoiced_again(self):
        """TN-25: the same line of an order, credited and invoiced again."""
        self.product.invoice_policy = "order"
        order = self._order(self.customer, "2026-02-01")
        contract = self._many()
        order.crm_contract_id = contract
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-02-01"
        invoice.action_post()
        note = self._reverse(invoice, 30)
        self.assertEqual(note.invoice_line_ids.sale_line_ids, order.order_line)
        self.assertEqual((contract.open_total, contract.credited_total), (970, 30))
        again = order._create_invoices()
        again.invoice_line_ids.price_unit = 30
        again.invoice_date = "2026-02-20"
        again.action_post()
        self.assertEqual((contract.open_total, contract.credited_total), (1000, 0))
        self.assertEqual(contract._get_differences(), [])

    def test_what_is_not_invoiced_again(self):
        """The next invoice, without a name, is for the next payment."""
        contract = self._many()
        invoice = self._invoice([(contract, 100)])
        self._match(invoice, self._note((contract, 30)))
        self._invoice([(contract, 100)], date="2026-02-20")
        self.assertEqual((contract.open_total, contract.credited_total), (970, 30))
        rows = contract.payment_ids.sorted("date_planned")
        self.assertEqual(rows[:3].mapped("amount_invoiced"), [70, 100, 0])
        self.assertEqual(contract._get_differences(), [])

    def test_spilled_credit_is_named(self):
        """IM-14: the self-check tells a credit that stands at a payment it is not of."""
        contract = self._many()
        first, second = contract.payment_ids.sorted("date_planned")[:2]
        self._reverse(self._invoice([(contract, 100, first)]), 30)
        self._invoice([(contract, 30, first)], date="2026-02-20")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_contract SET credited_total = 30 WHERE id = %s", [contract.id]
        )
        self.env.cr.execute(
            "UPDATE crm_contract_payment SET amount_credited = 30 WHERE id = %s", [second.id]
        )
        self.env.cr.execute(
            "UPDATE crm_contract_payment SET is_invoiced = FALSE WHERE id = %s", [first.id]
        )
        self.env.invalidate_all()
        told = {row["what"]: (row["kept"], row["told"]) for row in contract._get_differences()}
        self.assertEqual(told["Planned payment Part 2: Credited"], (30, 0))
        self.assertEqual(told["Planned payment Part 1: Invoiced"], (0, 1))


@tagged("-at_install", "post_install")
class TestNameOfThePayment(OpeningCommon, NettingCommon):
    """AL-16, TN-25: the planned payment that money names stays its own when it is matched."""

    def _stages(self):
        contract = self._contract(150, [(100, "2026-01-20"), (50, "2026-02-01")])
        stage, advance = contract.payment_ids.sorted("date_planned")
        advance.kind = "advance"
        return contract, advance

    def test_advance_and_final_invoice(self):
        contract, advance = self._stages()
        payment = self._advance(50, contract, crm_contract_payment_id=advance.id)
        self.assertRows(contract, (0, 0, 100), (0, 50, 0))
        day = contract.date_advance
        self.assertTrue(day)
        invoice = self._invoice([(contract, 150)])
        self._match(invoice, payment)
        self.assertEqual(contract.settlement_ids.source, "partial")
        self.assertRows(contract, (0, 0, 100), (0, 50, 0))
        self.assertEqual(contract.date_advance, day)
        self._pay(invoice)
        self.assertRows(contract, (0, 100, 0), (0, 50, 0), total=0)

    def test_named_by_line_and_by_money(self):
        """One line names the payment, the other is paid by money that does: both close it."""
        contract, advance = self._stages()
        payment = self._advance(50, contract, crm_contract_payment_id=advance.id)
        self._match(self._invoice([(contract, 30, advance), (contract, 120)]), payment)
        self.assertRows(contract, (0, 0, 100), (0, 50, 0))
        self.assertEqual(contract.settlement_ids.amount_settled, 50)

    def test_line_that_names_another(self):
        """What the line of the invoice names is stronger."""
        contract, advance = self._stages()
        stage = contract.payment_ids - advance
        payment = self._advance(50, contract, crm_contract_payment_id=advance.id)
        self._match(self._invoice([(contract, 100, stage)]), payment)
        self.assertRows(contract, (0, 50, 50), (0, 0, 50))

    def test_payment_of_another_contract(self):
        """A name of another contract says nothing here."""
        contract, _advance = self._stages()
        other, named = self._stages()
        payment = self._advance(50, other, crm_contract_payment_id=named.id)
        self._match(self._invoice([(contract, 150)]), payment)
        self.assertRows(contract, (0, 50, 50), (0, 0, 50))
        self.assertRows(other, (0, 0, 100), (0, 0, 50))

    def test_advance_of_former_accounting(self):
        contract, advance = self._stages()
        opening = self._take_over((-50, contract, {"crm_contract_payment_id": advance.id}))
        self.assertRows(contract, (0, 0, 100), (0, 50, 0))
        self._match(self._invoice([(contract, 150)]), opening)
        self.assertRows(contract, (0, 0, 100), (0, 50, 0))

    def test_project_is_not_told(self):
        """AL-16: the advance stays complete, so nobody is told otherwise."""
        contract, advance = self._stages()
        contract.type_id.project_trigger = "advance"
        payment = self._advance(50, contract, crm_contract_payment_id=advance.id)
        project = contract.project_id
        self.assertTrue(project)
        undone = self.env.ref("crm_payment_plan.mail_activity_type_advance_undone")
        self._match(self._invoice([(contract, 150)]), payment)
        self.assertNotIn(undone, project.activity_ids.activity_type_id)
