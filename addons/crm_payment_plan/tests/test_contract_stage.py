from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.exceptions import StageRefused

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestContractStage(PlanCommon):
    """AL-15, TN-06: contracts go by a stage regulation, with nothing but data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.version = cls._regulate()

    @classmethod
    def _regulate(cls):
        """The five lines of bpm_engine's readme, and what a draft must have."""
        env, field = cls.env, cls.env["ir.model.fields"]._get
        regulation = env["bpm.regulation"].create({
            "name": "Contract", "model_id": env["ir.model"]._get("crm.contract").id,
            "stage_field_id": field("crm.contract", "state").id,
        })  # fmt: skip
        version = regulation.action_new_draft()
        version.load_stages()
        draft, ends = version.stage_ids[0], version.stage_ids.filtered(
            lambda stage: stage.value in ("terminated", "cancelled")
        )  # fmt: skip
        ends.write({"is_final": True, "is_lost": True})
        draft.write({
            "fact_ids": [
                Command.create({"name": "Terms written", "field_id": field(
                    "crm.contract", "title").id}),
                Command.create({"name": "Draft attached", "kind": "document"}),
            ],
            "step_ids": [Command.create({"name": "Lawyer's consent", "kind": "approval",
                                         "assign_kind": "user",
                                         "assign_user_id": env.ref("base.user_admin").id})],
        })  # fmt: skip
        version.action_publish()
        return version

    def _bar(self, contract):
        return self.env["bpm.stage.case"].get_bar("crm.contract", contract.id)

    def test_approval_is_refused_and_cured(self):
        """AL-15: a contract is drawn up and agreed before its button approves it."""
        contract = self._contract(approve=False)
        self.assertEqual(len(self._bar(contract)["missing"]["approved"]), 3)
        with self.assertRaisesRegex(StageRefused, "Terms written"), self.cr.savepoint():
            contract.action_approve()
        self.assertEqual((contract.state, contract.number), ("draft", False))
        contract.title = "Supply of racks"
        self.env["ir.attachment"].create(
            {"name": "draft.pdf", "res_model": "crm.contract", "res_id": contract.id}
        )
        with self.assertRaisesRegex(StageRefused, "waits for the approval"), self.cr.savepoint():
            contract.action_approve()
        case = self.env["bpm.stage.case"].sudo()._get_cases(contract)[contract.id]
        case.step_ids.with_user(self.env.ref("base.user_admin")).action_approve()
        contract.action_approve()
        self.assertEqual(contract.state, "approved")
        self.assertEqual(self._bar(contract)["value"], "approved")

    def test_cancelled_is_an_end(self):
        """AL-15: cancelling needs nothing, and what is open is withdrawn."""
        contract = self._contract(approve=False)
        contract.action_cancel()
        case = self.env["bpm.stage.case"].sudo()._get_cases(contract)[contract.id]
        self.assertEqual(case.value, "cancelled")
        self.assertEqual(case.step_ids.mapped("state"), ["withdrawn"])

    def _move(self, contract, value):
        self.env["bpm.stage.case"].move(
            "crm.contract", contract.id, value, override_reason="Known to all"
        )

    def test_bar_does_what_the_buttons_do(self):
        """AL-15: the bar approves with a number, and cannot put a contract into force."""
        self.env.user.group_ids |= self.env.ref("bpm_engine.group_override")
        contract = self._contract(payments=[(100, "2026-03-01")], approve=False)
        self._move(contract, "approved")
        self.assertTrue(contract.number and contract.frozen_requisites)
        with self.assertRaisesRegex(UserError, "Register signature"):
            self._move(contract, "active")
        with self.assertRaisesRegex(UserError, "is in state"):
            self._move(contract, "draft")
        self._move(contract, "cancelled")
        self.assertEqual(set(contract.payment_ids.mapped("state")), {"cancelled"})
        self._move(contract, "draft")
        self.assertEqual(contract.state, "draft")

    def test_demanded_from_the_deal(self):
        """AL-15: a deal does not go on before its contract has been agreed."""
        field = self.env["ir.model.fields"]._get
        self.version.action_retire()
        regulation = self.env["bpm.regulation"].create({
            "name": "Deal", "model_id": self.env["ir.model"]._get("crm.lead").id,
            "stage_field_id": field("crm.lead", "stage_id").id, "sequence": 1,
            "domain": "[('name', '=', 'Racks')]",
        })  # fmt: skip
        version = regulation.action_new_draft()
        version.load_stages()
        version.stage_ids[0].fact_ids = [Command.create({
            "name": "Contract agreed", "kind": "related",
            "field_id": field("crm.lead", "crm_contract_ids").id,
            "domain": "[('state', 'in', ('approved', 'active'))]",
        })]  # fmt: skip
        version.action_publish()
        first, second = (int(stage.value) for stage in version.stage_ids[:2])
        lead = self.env["crm.lead"].create(
            {"name": "Racks", "type": "opportunity", "stage_id": first}
        )
        contract = self._contract(approve=False, lead_id=lead.id)
        with self.assertRaisesRegex(StageRefused, "Contract agreed"), self.cr.savepoint():
            lead.stage_id = second
        contract.action_approve()
        lead.stage_id = second
        self.assertEqual(lead.stage_id.id, second)
