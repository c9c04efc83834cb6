"""The ready regulation of contracts, and the sale of equipment that asks for a contract."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.crm_bpm_core.tests.ready_stage_common import ReadyStageCommon

from .common import ADDON, PlanCommon


class ReadyContractCommon(ReadyStageCommon, PlanCommon):
    contents = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_accounts(cls.customer)
        cls.lawyer = new_test_user(
            cls.env, login="plan_lawyer", name="Lawyer", groups=f"{ADDON}.group_lawyer"
        )

    def _draft(self, **values):
        values = {"title": "Two lifts", "payments": [(100, "2026-03-20")], **values}
        return self._contract(approve=False, **values)

    def _sign(self, contract, user=None):
        wizard = self.env["crm.contract.sign"].with_user(user or self.manager)
        wizard.create({"contract_id": contract.id, "how": "esign", "proof": "17"}).action_apply()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestReadyContract(ReadyContractCommon):
    ready = "contract"

    def _to_approved(self, **values):
        contract = self._draft(**values)
        self._do(contract, "Draw up the contract")
        self._approve(contract, "The lawyer agrees the contract", user=self.lawyer)
        contract.with_user(self.manager).action_approve()
        return contract

    def test_way_of_a_contract(self):
        """AL-15, TN-09: its stages are the states of the contract, in this order."""
        stages = self.regulation.published_version_id.stage_ids
        states = [value for value, _label in self.Contract._fields["state"].selection]
        self.assertEqual(stages.mapped("value"), states)
        contract = self._draft()
        self.assertEqual(list(self._schedule(contract)), ["Draw up the contract"])

    def test_lawyer_comes_before_approval(self):
        """AL-15: no button approves what the lawyer has not agreed, and only he agrees."""
        contract = self._draft(title=False, payments=[])
        with self.assertRaises(StageRefused) as refused, self.cr.savepoint():
            contract.with_user(self.manager).action_approve()
        for text in ("Subject of the contract named", "Payments planned", "The lawyer agrees"):
            self.assertIn(text, str(refused.exception))
        contract.with_user(self.manager).write(
            {"title": "Lifts", "payment_ids": [(0, 0, {"name": "All", "amount": 100})]}
        )
        self._do(contract, "Draw up the contract")
        step = self._row(contract, "The lawyer agrees the contract")
        self.assertEqual(step.user_id, self.lawyer)
        with self.assertRaises(AccessError):
            step.with_user(self.manager).action_approve()
        self._approve(contract, "The lawyer agrees the contract", user=self.lawyer)
        contract.with_user(self.manager).action_approve()
        self.assertTrue(contract.number)
        self.assertAt(contract, "Approved")

    def test_refused_by_the_lawyer(self):
        """AL-15: what the lawyer refuses is not approved; it is asked again or cancelled."""
        contract = self._draft()
        self._do(contract, "Draw up the contract")
        step = self._row(contract, "The lawyer agrees the contract")
        step.with_user(self.lawyer).action_refuse("Fines without limit")
        with self.assertRaises(StageRefused), self.cr.savepoint():
            contract.with_user(self.manager).action_approve()
        contract.with_user(self.manager).action_cancel()
        self.assertAt(contract, "Cancelled")

    def test_in_force_and_completed(self):
        """AL-15: both signatures bring it into force; with the money it is completed."""
        contract = self._to_approved()
        bar = self.env["bpm.stage.case"].with_user(self.manager)
        missing = bar.get_bar("crm.contract", contract.id)["missing"]["active"]
        self.assertEqual([item["name"] for item in missing], ["Both parties have signed"])
        with self.assertRaisesRegex(UserError, "Register signature"), self.cr.savepoint():
            self._go(contract, "In force")
        self._sign(contract)
        self.assertAt(contract, "In force")
        with self.assertRaisesRegex(UserError, "still expects"), self.cr.savepoint():
            self._go(contract, "Completed")
        self._advance(100, contract)
        self._go(contract, "Completed")
        self.assertEqual(contract.state, "completed")

    def test_terminated(self):
        """AL-15: ended before its time it asks for nothing more."""
        contract = self._to_approved()
        contract.with_user(self.manager).action_terminate()
        self.assertAt(contract, "Terminated")
        self.assertFalse(self._schedule(contract))

    def test_agreement_goes_the_same_way(self):
        """AL-15: an additional agreement needs the lawyer, too, but has no plan of its own."""
        contract = self._to_approved()
        agreement = self._to_approved(parent_id=contract.id, payments=[])
        self.assertEqual(agreement.number, f"{contract.number}-1")


@tagged("post_install", "-at_install")
class TestEquipmentSaleByContract(ReadyContractCommon):
    ready = "equipment_sale"

    def _to_contract(self):
        lead = self._lead("equipment", type="lead", partner_name="Stroy", phone="+7 831 200")
        self._do(lead, "Call the developer")
        self._attach(lead)
        self._go(lead, "Transfer to sale")
        self._go(lead, "Forming and presenting the proposal")
        lead.with_user(self.manager).action_make_customer()
        self._set_accounts(lead.partner_id)
        self._do(lead, "Form the proposal", "Send the proposal", "Defend the proposal")
        self._quote(lead, confirm=False)
        self._go(lead, "Contract signing", status="Yes")
        self._do(lead, "Draw up the contract")
        self._approve(lead, "Agree the contract")
        lead.order_ids.with_user(self.manager).action_confirm()
        return lead

    def _make_contract(self, lead):
        action = lead.with_user(self.manager).action_create_crm_contract()
        contract = self.Contract.browse(action["res_id"])
        contract.payment_ids = [
            (0, 0, {"name": "Advance", "kind": "advance", "amount": 150}),
            (0, 0, {"name": "Rest", "amount": 350, "date_planned": "2026-05-01"}),
        ]
        return contract

    def test_contract_instead_of_a_file(self):
        """AL-15: a file named "contract" is not enough: the contract is agreed and signed."""
        lead = self._to_contract()
        self._attach(lead, "contract.pdf")
        self.assertWhyNot(lead, "Advance", "Contract agreed: draw up", "Contract signed: register")
        contract = self._make_contract(lead)
        self.assertWhyNot(lead, "Advance", "Contract agreed", "Contract signed")
        contract.with_user(self.manager).action_approve()
        self.assertWhyNot(lead, "Advance", "Contract signed")
        self._sign(contract)
        self._go(lead, "Advance")
        self.assertAt(lead, "Advance")

    def test_won_with_the_contracts_advance(self):
        """AL-15, AL-16: the advance of the contract wins the sale, without an invoice."""
        lead = self._to_contract()
        contract = self._make_contract(lead)
        contract.with_user(self.manager).action_approve()
        self._sign(contract)
        self._go(lead, "Advance")
        self._do(lead, "Send the invoice of the advance", "Follow the payment of the advance")
        self.assertWhyNot(lead, "Won", "Advance received: the advance of the contract")
        self._advance(150, contract, partner_id=contract.partner_id.id)
        self.env.invalidate_all()
        self.assertEqual(lead.won_status, "won")
        self.assertAt(lead, "Won")
