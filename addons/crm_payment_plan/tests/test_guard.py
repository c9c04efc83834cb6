from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PlanCommon

#: Fields of a contract that go by buttons, figures that follow, and a value to forge each with.
CONTRACT = {
    "state": "active",
    "version": 7,
    "company_signature": "scan",
    "partner_signature": "esign",
    "signature_state": "signed",
    "date_signed": "2026-01-01",
    "date_advance": "2026-01-01",
    "date_invoiced": "2026-01-01",
    "frozen_requisites": {"company": [], "partner": []},
    "document_hash": "0",
    "direction": "expense",
    "received_total": 99,
    "cash_total": 99,
    "remaining_total": 1,
    "planned_total": 1,
    "unallocated_total": 1,
    "amount_effective": 1,
    "portal_signed_by": "Nobody",
}
PAYMENT = {
    "amount_received": 99,
    "amount_cash": 99,
    "amount_remaining": 77,
    "date_received": "2026-01-01",
    "user_id": 2,
    "direction": "expense",
}
ROLES = ("manager", "accountant", "head")
#: What a head may do beside: correct the day of signing, bring in contracts signed before.
MAY_WRITE = {("head", "date_signed")}
MAY_CREATE = {("head", name) for name in ("state", "company_signature", "partner_signature")}


@tagged("-at_install", "post_install")
class TestGuard(PlanCommon):
    """IM-14, EC-23, AL-15: figures and approvals are made, never typed in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(100, [(60, "2026-02-01"), (40, "2026-03-01")])
        cls.payment = cls.contract.payment_ids.sorted("date_planned")[0]
        # The payment's owner is somebody else, so that writing it is a change.
        cls.contract.user_id = cls.manager

    def _each(self, values):
        for role in ROLES:
            user = getattr(self, role)
            for context in ({}, {"crm_settling": True, "crm_contract_revision": True}):
                for name, value in values.items():
                    yield role, name, value, {"env": user, "context": context}

    def _as(self, records, how):
        return records.with_user(how["env"]).with_context(**how["context"])

    def test_contract_is_not_forged_by_writing(self):
        """AL-15: approval, signatures, requisites and totals by field and role."""
        for role, name, value, how in self._each(CONTRACT):
            with self.subTest(role=role, name=name, **how["context"]):
                if (role, name) in MAY_WRITE:
                    self._as(self.contract, how).write({name: value})
                    continue
                with self.assertRaisesRegex(AccessError, "cannot be typed in|cannot be changed"):
                    self._as(self.contract, how).write({name: value})
        self.contract.invalidate_recordset()
        self.assertEqual((self.contract.state, self.contract.version), ("approved", 1))

    def test_payment_is_not_forged_by_writing(self):
        """IM-14: what was received of a planned payment, by field and role."""
        for role, name, value, how in self._each(PAYMENT):
            with (
                self.subTest(role=role, name=name, **how["context"]),
                self.assertRaisesRegex(AccessError, "cannot be typed in"),
            ):
                self._as(self.payment, how).write({name: value})
        self.assertReceived(self.contract, 0)

    def _new(self, **values):
        return {
            "type_id": self.supply.id,
            "partner_id": self.customer.id,
            "amount_total": 10,
            "date": "2026-01-10",
            **values,
        }

    def test_created_forged(self):
        """IM-14, AL-15: nor by creating, nor by a default of the context."""
        for role, name, value, how in self._each(CONTRACT):
            Contract = self._as(self.Contract, how)
            with self.subTest(role=role, name=name):
                if (role, name) in MAY_WRITE | MAY_CREATE:
                    continue
                default = Contract.with_context(**{f"default_{name}": value}).create(self._new())
                self.assertNotEqual(self._plain(default[name]), value)
                with self.assertRaisesRegex(AccessError, "cannot be typed|cannot be changed"):
                    Contract.create(self._new(**{name: value}))
        for role, name, value, how in self._each(PAYMENT):
            Payment = self._as(self.Payment, how)
            row = {"contract_id": self.contract.id, "amount": 1, "date_planned": "2026-05-01"}
            with self.subTest(role=role, name=name):
                default = Payment.with_context(**{f"default_{name}": value}).create(row)
                self.assertNotEqual(self._plain(default[name]), value)
                with self.assertRaisesRegex(AccessError, "cannot be typed in"):
                    Payment.create({**row, name: value})

    def _plain(self, value):
        return value.id if hasattr(value, "ids") else str(value) if hasattr(value, "day") else value

    def test_imported_forged(self):
        """IM-14: a file brings plans, not receipts; a received status is a mark by hand."""
        Payment = self.Payment.with_user(self.manager).with_context(crm_settling=True)
        names = ["contract_id/.id", "name", "amount", "date_planned"]
        row = [str(self.contract.id), "Imported", "10", "2026-05-01"]
        result = Payment.load([*names, "amount_received"], [[*row, "10"]])
        self.assertFalse(result["ids"])
        self.assertIn("cannot be typed in", result["messages"][0]["message"])
        result = Payment.load([*names, "state"], [[*row, "received"]])
        imported = Payment.browse(result["ids"])
        self.assertEqual((imported.state, imported.amount_received), ("received", 10))
        self.assertEqual(imported.settlement_ids.source, "manual")
        self.assertReceived(self.contract, 10)

    def test_context_of_a_client_settles_nothing(self):
        """IM-14: the program's own mark in the context, sent by a client, changes nothing."""
        payment = self.payment.with_user(self.manager).with_context(crm_settling=True)
        payment.write({"state": "received"})
        self.assertReceived(self.contract, 60, rows=[(60, "received"), (0, "planned")])
        self.assertEqual(payment.settlement_ids.source, "manual")
        payment.write({"amount": 80})
        self.assertReceived(self.contract, 60, rows=[(60, "planned"), (0, "planned")])

    def test_terms_stand_in_any_context(self):
        """AL-15: no context opens the terms of an approved contract."""
        contract = self.contract.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "its terms stand"):
            contract.with_context(crm_contract_revision=True).amount_total = 5

    def test_number_of_an_approved_contract(self):
        """AL-15: a number once given is changed by a head only; a draft's may be typed."""
        contract = self.contract.with_user(self.manager)
        self.assertTrue(contract.number_stands)
        with self.assertRaisesRegex(AccessError, "Number"):
            contract.number = "MINE-1"
        contract.number = f" {contract.number} "
        contract._revise("New prices")
        with self.assertRaisesRegex(AccessError, "Number"):
            contract.number = False
        self.contract.with_user(self.head).number = "HEAD-1"
        self.assertEqual(self.contract.number, "HEAD-1")
        draft = self._contract(10, approve=False).with_user(self.manager)
        draft.number = "MINE-2"
        draft.number = "MINE-3"
        self.assertFalse(draft.number_stands)

    def test_contracts_signed_before(self):
        """AL-15: a head brings in contracts in force; number and requisites are completed."""
        contract = self.Contract.with_user(self.head).create(
            self._new(
                state="active",
                company_signature="scan",
                partner_signature="scan",
                date_signed="2025-12-01",
                number="OLD-7",
            )
        )
        self.assertEqual((contract.number, contract.signature_state), ("OLD-7", "signed"))
        self.assertTrue(contract.frozen_requisites)
        other = self.Contract.with_user(self.head).create(self._new(state="approved"))
        self.assertTrue(other.number.startswith("S-2026/"))

    def test_direction_is_that_of_the_type(self):
        """TN-24: the menu's direction chooses the type, it never contradicts it."""
        Contract = self.Contract.with_context(default_direction="expense")
        values = self._new()
        self.assertEqual(Contract.create(values).direction, "income")
        del values["type_id"]
        bought = Contract.create(values)
        self.assertEqual((bought.direction, bought.type_id.direction), ("expense", "expense"))

    def test_buttons_still_work(self):
        """AL-15: a salesperson goes the whole way by the buttons of his own contract."""
        contract = self.Contract.with_user(self.manager).create(self._new())
        contract.action_approve()
        contract.action_send_to_sign()
        scan = self.env["ir.attachment"].with_user(self.manager).create(
            {"name": "scan.pdf", "raw": b"%PDF"}
        )  # fmt: skip
        self.env["crm.contract.sign"].with_user(self.manager).create(
            {"contract_id": contract.id, "how": "scan", "attachment_ids": scan.ids}
        ).action_apply()
        self.assertEqual((contract.state, contract.signature_state), ("active", "signed"))
        contract._revise("More")
        contract.action_cancel()
        contract.action_reopen()
        self.assertEqual((contract.state, contract.version), ("draft", 2))

    def test_viewer_by_no_button(self):
        """EC-17: who may only look gets no further by a status of a payment of his own."""
        own = self._contract(10, [(10, "2026-02-01")], user_id=self.viewer.id)
        for values in ({"state": "received"}, {"state": "cancelled"}, {"amount_received": 1}):
            with self.assertRaises(AccessError):
                own.payment_ids.with_user(self.viewer).write(values)

    def test_signed_copies_stay(self):
        """AL-15: who may write the contract still cannot remove or replace its signed copy."""
        contract = self._contract(10)
        Attachment = self.env["ir.attachment"].with_user(self.manager)
        scan, letter = Attachment.create(
            [
                {"name": name, "raw": b"%PDF", "res_model": "crm.contract", "res_id": contract.id}
                for name in ("scan.pdf", "letter.pdf")
            ]
        )
        contract._sign(("company", "partner"), "scan", "2026-02-01", scan)
        letter.write({"raw": b"other"})
        letter.unlink()
        for role in ROLES:
            signed = scan.with_user(getattr(self, role))
            with self.assertRaisesRegex(UserError, "signed copy"):
                signed.unlink()
            for values in ({"raw": b"other"}, {"datas": "AAAA"}, {"res_id": self.contract.id}):
                with self.assertRaisesRegex(UserError, "signed copy"):
                    signed.write(values)
        contract._revise("New prices")
        with self.assertRaisesRegex(UserError, "signed copy"):
            scan.unlink()
        self.assertEqual(contract.version_ids.attachment_ids, scan.sudo())
        scan.write({"description": "found in the folder"})
