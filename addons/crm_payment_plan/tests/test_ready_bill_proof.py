"""The bill's process asks for the proof of payment where the company wants it (HU-08)."""

import base64

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .test_ready_bill import SETTLED, BillCommon


class ProofCommon(BillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_bill_proof = True

    @classmethod
    def _check_every_end(cls):
        """Every end of the process is reached by the tests of the whole process."""

    def _paid(self):
        """A bill without contract whose payment is posted, and its process."""
        bill = self._bill(None, 90)
        instance = self._to_plan(bill)
        self._plan(instance, bill, "2026-03-19")
        self._pay(bill)
        return bill, instance

    def _attachment(self, bill):
        return (
            self.env["ir.attachment"]
            .with_user(self.accountant)
            .create(
                {
                    "name": "order.txt",
                    "datas": base64.b64encode(b"Payment order 7"),
                    "res_model": "account.move",
                    "res_id": bill.id,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestBillProof(ProofCommon):
    def test_proof_is_asked(self):
        """HU-08: paid, the task waits for a file; with it the process ends."""
        bill, instance = self._paid()
        self.assertEqual(self._open(instance), ["Attach_proof"])
        form = self._task(instance, "Attach_proof").with_user(self.accountant).get_form()
        self.assertEqual(
            [(field["name"], field["required"]) for field in form["fields"]],
            [("crm_bill_proof_ids", True)],
        )
        with self.assertRaisesRegex(UserError, "Proof of Payment"):
            self._do(instance, "Attach_proof", "attached", self.accountant)
        file = self._attachment(bill)
        bill.with_user(self.accountant).crm_bill_proof_ids = file
        self._do(instance, "Attach_proof", "attached", self.accountant)
        self.assertEnded(instance, "Paid")
        self.assertEqual(bill.crm_bill_proof_ids, file)
        self.assertFalse(bill.copy().crm_bill_proof_ids)

    def test_attached_before(self):
        """HU-08: a proof that is there already is not asked for again."""
        bill = self._bill(None, 90)
        instance = self._to_plan(bill)
        self._plan(instance, bill, "2026-03-19")
        bill.crm_bill_proof_ids = self._attachment(bill)
        self._pay(bill)
        self.assertEnded(instance, "Paid")

    def test_nothing_was_paid(self):
        """HU-08: a bill that is cancelled, or not wanted by the company, needs no proof."""
        bill = self._bill(None, 90)
        instance = self._to_plan(bill)
        self._plan(instance, bill, "2026-03-19")
        bill.button_draft()
        bill.button_cancel()
        self.assertEnded(instance, SETTLED)
        self.company.crm_bill_proof = False
        _bill, instance = self._paid()
        self.assertEnded(instance, "Paid")


@tagged("post_install", "-at_install")
class TestBillProofUi(HttpCase, ProofCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_file_in_the_task(self):
        """HU-08: on a phone the task shows where to put the file, and takes it."""
        self.accountant.password = self.accountant.login
        self.accountant.group_ids += self.env.ref("bpm_engine.group_user")
        bill, instance = self._paid()
        self.start_tour(
            "/odoo/my-process-tasks", "crm_payment_plan_bill_proof", login=self.accountant.login
        )
        self.env.invalidate_all()
        self.assertEqual(bill.crm_bill_proof_ids.mapped("name"), ["order.txt"])
        self.assertEqual(bill.crm_bill_proof_ids.res_id, bill.id)
        self.assertEnded(instance, "Paid")
