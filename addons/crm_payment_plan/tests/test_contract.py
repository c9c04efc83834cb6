from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestContract(PlanCommon):
    """TN-21, TN-24, SK-05, AL-15: a contract from draft to the end."""

    def _sign(self, contract, party="both", how="esign", day="2026-01-20", **values):
        self.env["crm.contract.sign"].create(
            {
                "contract_id": contract.id,
                "party": party,
                "how": how,
                "date": day,
                "proof": "Signing service, 17",
                **values,
            }
        ).action_apply()

    def test_number_at_approval(self):
        """AL-15: numbers come from the series of type, company and year."""
        draft = self._contract(approve=False)
        self.assertFalse(draft.number)
        draft.action_approve()
        other = self._contract()
        bought = self._contract(kind=self.purchase)
        self.assertEqual(draft.number[:7], "S-2026/")
        self.assertEqual(int(other.number[7:]), int(draft.number[7:]) + 1)
        self.assertEqual(bought.number[:7], "P-2026/")
        self.assertEqual(self._contract(date="2025-05-05").number[:7], "S-2025/")

    def test_amount_in_words(self):
        """SK-06: the amount as the contract writes it, in the language of the other party."""
        self.env["res.lang"]._activate_lang("ru_RU")
        contract = self._contract(approve=False, amount_total=1002.5)
        rouble = self.env.ref("base.RUB")
        rouble.active = True
        contract.currency_id = rouble
        self.assertEqual(contract.amount_words, "One thousand and two roubles and 50 kopecks")
        contract.partner_id.lang = "ru_RU"
        self.assertEqual(contract.amount_words, "Одна тысяча два рубля 50 копеек")
        agreement = contract.copy({"parent_id": contract.id, "amount_total": -5})
        self.assertFalse(agreement.amount_words)

    def test_series_by_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        partner = self.env["res.partner"].create({"name": "Buyer of the second"})
        first = self._contract(company_id=company.id, partner_id=partner.id)
        self.assertEqual(first.number, "S-2026/0001")
        self.supply.number_prefix = "X%(range_year)s-"
        self.assertEqual(
            self._contract(company_id=company.id, partner_id=partner.id).number, "X2026-0002"
        )

    def test_number_typed_by_hand(self):
        contract = self._contract(number="  17-K ")
        self.assertEqual(contract.number, "17-K")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._contract(number="17-K")
            self.env.flush_all()

    def test_requisites_are_frozen(self):
        """SK-06: later changes of the partner do not alter an approved contract."""
        draft = self._contract(approve=False)
        self.customer.vat = "7728168971"
        self.assertIn("7728168971", draft.partner_requisites)
        draft.action_approve()
        self.customer.write({"name": "Renamed Ltd", "vat": "7707083893"})
        draft.invalidate_recordset()
        self.assertIn("7728168971", draft.partner_requisites)
        self.assertIn("Buyer Ltd", draft.partner_requisites)
        self.assertIn(self.company.name, draft.company_requisites)

    def test_terms_stand_after_approval(self):
        """AL-15: an approved contract changes only by a new version, which keeps the old one."""
        contract = self._contract(100, [(100, "2026-02-01")])
        with self.assertRaisesRegex(UserError, "its terms stand: Amount"):
            contract.amount_total = 200
        with self.assertRaisesRegex(UserError, "its terms stand: Amount"):
            contract.with_context(crm_contract_revision=True).amount_total = 200
        contract.write({"amount_total": 100, "partner_id": self.customer.id, "note": "More"})
        number = contract.number
        self.env["crm.contract.revise"].create(
            {"contract_id": contract.id, "reason": "Cheaper steel"}
        ).action_apply()
        self.assertEqual((contract.state, contract.version), ("draft", 2))
        contract.amount_total = 80
        contract.payment_ids.amount = 80
        contract.action_approve()
        self.assertEqual((contract.number, contract.state), (number, "approved"))
        version = contract.version_ids
        self.assertEqual((version.version, version.reason), (1, "Cheaper steel"))
        self.assertIn("100", version.changes)
        self.assertIn("80", version.changes)
        self.assertIn("Payment: Part 1", version.changes)

    def _revise(self, contract):
        self.env["crm.contract.revise"].create(
            {"contract_id": contract.id, "reason": "New terms"}
        ).action_apply()

    def test_payments_of_one_name_in_a_version(self):
        """AL-15: rows that share a name are kept and compared each by itself."""
        contract = self._contract(100, [(40, "2026-02-01"), (60, "2026-03-01")])
        first, second = contract.payment_ids.sorted("date_planned")
        contract.payment_ids.name = "Payment"
        self._revise(contract)
        terms = contract.version_ids.terms
        self.assertIn("40", terms["Payment: Payment"])
        self.assertIn("60", terms["Payment: Payment (2)"])
        self.assertFalse(contract.version_ids.changes)
        second.amount = 70
        contract.version_ids.invalidate_recordset()
        changes = contract.version_ids.changes.splitlines()
        self.assertEqual(len(changes), 1)
        self.assertRegex(changes[0], r"^Payment: Payment \(2\): .*60.* → .*70")
        first.amount = 30
        contract.version_ids.invalidate_recordset()
        self.assertEqual(len(contract.version_ids.changes.splitlines()), 2)

    def test_every_term_is_compared(self):
        """AL-15: currency, type, signers and what dates count from are terms too."""
        contract = self._contract(100, [(100, "2026-02-01")])
        self._revise(contract)
        rouble = self.env.ref("base.RUB")
        rouble.active = True
        contract.write(
            {
                "currency_id": rouble.id,
                "type_id": self.supply.copy({"name": "Long supply"}).id,
                "company_signer_basis": "Charter",
                "partner_signer_basis": "Power of attorney 7",
            }
        )
        contract.payment_ids.write({"due_kind": "event", "due_event": "shipped", "due_days": 5})
        changes = contract.version_ids.changes
        for label in ("Currency: ", "Type: ", "On the Basis of: ", "On Their Basis: "):
            self.assertIn(f"{label}", changes)
        self.assertIn("5 days after: shipment", changes)

    def test_dates_wait_for_the_new_signature(self):
        """AL-15: what counts from signing counts from the signature of the version in force."""
        contract = self._contract(100, [(100, "2026-02-01")], approve=False)
        contract.payment_ids.write({"due_kind": "event", "due_event": "signed", "due_days": 5})
        contract.action_approve()
        self._sign(contract, day="2026-01-20")
        self.assertEqual(contract.payment_ids.date_planned, date(2026, 1, 25))
        self._revise(contract)
        self.assertFalse(contract.date_signed)
        self.assertTrue(contract.payment_ids.is_estimated)
        self.assertIn("2026-01-20", contract.version_ids.terms["Signed On"])
        contract.action_approve()
        self._sign(contract, day="2026-02-10")
        self.assertEqual(contract.payment_ids.date_planned, date(2026, 2, 15))
        self.assertFalse(contract.payment_ids.is_estimated)

    def test_reason_is_needed(self):
        contract = self._contract()
        wizard = self.env["crm.contract.revise"].create(
            {"contract_id": contract.id, "reason": "  "}
        )
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_apply()
        self.assertEqual(contract.version, 1)

    def test_signatures(self):
        """AL-15: the second signature brings the contract into force and sets its day."""
        contract = self._contract()
        self.assertEqual(contract.signature_state, "none")
        contract.action_send_to_sign()
        self.assertEqual(contract.signature_state, "sent")
        self._sign(contract, "company", day="2026-01-15")
        self.assertEqual((contract.signature_state, contract.state), ("half", "approved"))
        self._sign(contract, "partner", day="2026-01-20")
        self.assertEqual((contract.signature_state, contract.state), ("signed", "active"))
        self.assertEqual(contract.date_signed, date(2026, 1, 20))

    def test_scan_is_needed(self):
        contract = self._contract()
        with self.assertRaisesRegex(UserError, "Attach the scan"):
            self._sign(contract, how="scan")
        scan = self.env["ir.attachment"].create({"name": "scan.pdf", "raw": b"%PDF"})
        self._sign(contract, how="scan", attachment_ids=scan.ids)
        self.assertEqual(contract.signed_attachment_ids, scan)
        self.assertEqual((scan.res_model, scan.res_id), ("crm.contract", contract.id))

    def test_electronic_signature_is_proven(self):
        """AL-15: by the signed file, or by where it is kept; that stands in the history."""
        contract = self._contract()
        with self.assertRaisesRegex(UserError, "under which number"):
            self._sign(contract, "company", proof=" ")
        self.assertEqual(contract.signature_state, "none")
        self._sign(contract, "company", proof="Signing service, 4711")
        self.assertIn("Signing service, 4711", contract.message_ids[0].body)
        signed = self.env["ir.attachment"].create({"name": "contract.sig", "raw": b"sig"})
        self._sign(contract, "partner", proof=False, attachment_ids=signed.ids)
        self.assertEqual((contract.state, contract.signed_attachment_ids), ("active", signed))

    def test_day_of_the_signature(self):
        """AL-15: nobody has signed tomorrow; today is that of the contract's company."""
        self.company.nightly_tz = "Pacific/Kiritimati"
        contract = self._contract()
        with freeze_time("2026-03-01 12:00:00"):
            with self.assertRaisesRegex(UserError, "still to come"):
                self._sign(contract, day="2026-03-03")
            self.assertEqual(contract.state, "approved")
            self._sign(contract, day="2026-03-02")
        self.assertEqual(contract.date_signed, date(2026, 3, 2))

    def test_end(self):
        contract = self._contract(100, [(40, "2026-02-01"), (60, "2026-03-01")])
        self._sign(contract)
        with self.assertRaisesRegex(UserError, "still expects"):
            contract.action_complete()
        contract.payment_ids.sorted("date_planned")[0].action_set_received()
        contract.action_terminate()
        self.assertEqual(
            contract.payment_ids.sorted("date_planned").mapped("state"), ["received", "cancelled"]
        )
        contract.action_reopen()
        self.assertEqual(contract.state, "active")
        # The plan is there again, but for what a person had cancelled.
        self.assertEqual((contract.remaining_total, contract.open_total), (60, 60))
        with self.assertRaisesRegex(UserError, "still expects"):
            contract.action_complete()
        contract.payment_ids.action_set_received()
        contract.action_complete()
        with self.assertRaisesRegex(UserError, "this is possible in: Draft"):
            contract.action_approve()

    def test_reopened_plan(self):
        """AL-15: reopening plans exactly the payments that the end had cancelled."""
        contract = self._contract(100, [(40, "2026-02-01"), (50, "2026-03-01"), (10, "2026-04-01")])
        by_hand, changed, last = contract.payment_ids.sorted("date_planned")
        by_hand.action_set_cancelled()
        contract.action_cancel()
        self.assertEqual(set(contract.payment_ids.mapped("state")), {"cancelled"})
        # A decision of a person after the end stands as well.
        changed.action_set_cancelled()
        contract.action_reopen()
        self.assertEqual(contract.state, "draft")
        self.assertEqual(
            [by_hand.state, changed.state, last.state], ["cancelled", "cancelled", "planned"]
        )
        self.assertEqual(contract._get_differences(), [])

    def test_deletion(self):
        with self.assertRaisesRegex(UserError, "has a number"):
            self._contract().unlink()
        self._contract(100, [(100, "2026-02-01")], approve=False).unlink()

    def test_copy_has_the_plan_and_nothing_received(self):
        contract = self._contract(100, [(40, "2026-02-01"), (60, "2026-03-01")])
        contract.payment_ids[0].action_set_received()
        copied = contract.copy()
        self.assertEqual(copied.payment_ids.mapped("state"), ["planned", "planned"])
        self.assertEqual((copied.planned_total, copied.received_total), (100, 0))
        self.assertEqual((copied.state, copied.number), ("draft", False))
        self.assertEqual(len(contract.payment_ids), 2)

    # Additional agreements --------------------------------------------------------

    def _agreement(self, contract, amount, **values):
        return self._contract(amount, parent_id=contract.id, **values)

    def test_agreements_are_summed(self):
        """TN-21: approved agreements change the amount, cancelled ones do not."""
        contract = self._contract(100, [(100, "2026-02-01")])
        more = self._agreement(contract, 50)
        self.assertEqual(more.number, f"{contract.number}-1")
        self.assertEqual((contract.amount_effective, contract.unplanned_total), (150, 50))
        less = self._agreement(contract, -30)
        self.assertEqual(less.number, f"{contract.number}-2")
        self.assertEqual(contract.amount_effective, 120)
        self.assertEqual(more.amount_effective, 50)
        self.assertEqual(less.unplanned_total, 0)
        more.action_cancel()
        self.assertEqual(contract.amount_effective, 70)
        draft = self._agreement(contract, 10, approve=False)
        self.assertEqual(contract.amount_effective, 70)
        self.assertEqual(contract.child_ids, more | less | draft)

    def test_agreements_that_cannot_be(self):
        contract = self._contract(100)
        agreement = self._agreement(contract, 10)
        with self.assertRaisesRegex(ValidationError, "itself an additional agreement"):
            self._agreement(agreement, 10)
        with self.assertRaisesRegex(ValidationError, "same parties"):
            self._agreement(contract, 10, partner_id=self._customer("Other").id)
        with self.assertRaisesRegex(ValidationError, "planned in its contract"):
            self._agreement(contract, 10, payment_ids=[(0, 0, {"name": "x", "amount": 1})])
        with self.assertRaisesRegex(UserError, "Approve the main contract"):
            self._agreement(self._contract(100, approve=False), 10)

    # Where contracts come from -----------------------------------------------------

    def test_from_order(self):
        """AL-15: an order's button makes its contract; the order's invoices follow it."""
        order = self._order(self.customer, "2026-02-01", lines=2)
        action = order.action_create_crm_contract()
        contract = self.Contract.browse(action["res_id"])
        self.assertEqual(contract, order.crm_contract_id)
        self.assertEqual(contract.partner_id, self.customer)
        self.assertEqual(contract.amount_total, order.amount_total)
        with self.assertRaisesRegex(UserError, "belongs to contract"):
            order.action_create_crm_contract()
        self.product.invoice_policy = "order"
        invoice = order._create_invoices()
        self.assertEqual(invoice.crm_contract_id, contract)

    def test_contract_given_to_an_invoiced_order(self):
        """TN-25: what was paid before counts from the moment the order gets its contract."""
        self.product.invoice_policy = "order"
        order = self._order(self.customer, "2026-02-01")
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice)
        contract = self._contract(100, [(100, "2026-02-01")])
        order.crm_contract_id = contract
        self.assertReceived(contract, 100)
        other = self._contract(100, [(100, "2026-02-01")])
        order.crm_contract_id = other
        self.assertReceived(contract, 0)
        self.assertReceived(other, 100)

    def test_order_of_a_wrong_contract(self):
        """TN-25: an order taken off its contract takes its invoices and their money along."""
        self.product.invoice_policy = "order"
        contract, other = (self._contract(200, [(200, "2026-02-01")]) for _place in range(2))
        order = self._order(self.customer, "2026-02-01")
        order.crm_contract_id = contract
        invoice = order._create_invoices()
        invoice.invoice_line_ids.crm_contract_payment_id = contract.payment_ids
        by_hand = invoice.copy({"invoice_date": "2026-02-01"})
        by_hand.invoice_line_ids.write({"sale_line_ids": [Command.clear()]})
        by_hand.invoice_line_ids.crm_contract_id = contract
        (invoice | by_hand).action_post()
        self._pay(invoice)
        self._pay(by_hand)
        self.assertReceived(contract, 200)
        order.crm_contract_id = False
        self.assertFalse(invoice.crm_contract_ids)
        # What somebody wrote on another invoice is no matter of the order.
        self.assertReceived(contract, 100)
        order.crm_contract_id = other
        self.assertReceived(other, 100)

    def test_from_lead(self):
        """SK-05: from a lead's registration data the customer is made, then the contract."""
        lead = self.env["crm.lead"].create(
            {
                "name": "200 t of wheat",
                "partner_name": "Farm Ltd",
                "contact_name": "Ivan",
                "expected_revenue": 5000,
                "user_id": self.manager.id,
                "company_id": self.company.id,
            }
        )
        contract = self.Contract.browse(lead.action_create_crm_contract()["res_id"])
        self.assertEqual(contract.partner_id.name, "Farm Ltd")
        self.assertEqual(contract.partner_id, lead.partner_id.commercial_partner_id)
        self.assertEqual((contract.amount_total, contract.lead_id), (5000, lead))
        self.assertEqual(contract.user_id, self.manager)
        self.assertEqual(lead.crm_contract_count, 1)
        self.assertEqual(self.customer.crm_contract_count, 0)

    def test_counts_on_partners(self):
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": self.customer.id})
        self._contract()
        self._contract(partner_id=contact.id)
        self.assertEqual(self.customer.crm_contract_count, 2)
        self.assertEqual(contact.crm_contract_count, 1)

    def test_form(self):
        """The form plans from the type's usual scheme and saves what a person typed."""
        with Form(self.Contract.with_user(self.manager)) as form:
            form.partner_id = self.customer
            form.amount_total = 1000
            with form.payment_ids.new() as row:
                row.name = "Advance"
                row.amount = 300
                row.date_planned = date(2026, 3, 1)
        contract = form.save()
        self.assertEqual(contract.payment_ids.amount, 300)
        self.assertAlmostEqual(contract.payment_ids.share, 30)
        self.assertEqual(contract.unplanned_total, 700)
