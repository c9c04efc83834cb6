"""Equipment with installation: played from the developer's lead to the received advance."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.crm_bpm_core.tests.ready_stage_common import ReadyStageCommon


@tagged("post_install", "-at_install")
class TestReadyEquipmentSale(ReadyStageCommon):
    ready = "equipment_sale"

    def _developer(self, **values):
        return self._lead(
            "equipment", type="lead", partner_name="Stroy", phone="+7 831 200", **values
        )

    def _to_proposal(self):
        lead = self._developer()
        self._do(lead, "Call the developer")
        self._attach(lead)
        self._go(lead, "Transfer to sale")
        return self._go(lead, "Forming and presenting the proposal")

    def _to_contract(self):
        lead = self._to_proposal()
        lead.with_user(self.manager).action_make_customer()
        self._do(lead, "Form the proposal", "Send the proposal", "Defend the proposal")
        self._quote(lead, confirm=False)
        return self._go(lead, "Contract signing", status="Yes")

    def _to_advance(self):
        lead = self._to_contract()
        self._do(lead, "Draw up the contract")
        self._approve(lead, "Agree the contract")
        self._attach(lead, "contract.pdf")
        lead.order_ids.with_user(self.manager).action_confirm()
        return self._go(lead, "Advance")

    def _pay(self, order):
        """An advance of 30 % is invoiced and paid in accounting."""
        wizard = self.env["sale.advance.payment.inv"].sudo().create({
            "advance_payment_method": "percentage", "amount": 30,
            "sale_order_ids": [Command.set(order.ids)],
        })  # fmt: skip
        wizard.create_invoices()
        invoice = order.sudo().invoice_ids
        invoice.action_post()
        payments = (
            self.env["account.payment.register"]
            .sudo()
            .with_context(active_model="account.move", active_ids=invoice.ids)
        )
        payments.create({})._create_payments()
        return invoice

    def test_nurturing_until_the_assignment(self):
        """AL-22, AL-10: without the technical assignment it goes to nurturing, not to sale."""
        lead = self._developer()
        self._do(lead, "Call the developer")
        self.assertWhyNot(
            lead,
            "Transfer to sale",
            "Technical assignment attached: attach the developer's technical assignment, or go",
        )
        self._go(lead, "Nurturing")
        self.assertEqual(
            list(self._schedule(lead)), ["Get in touch again", "Ask for the technical assignment"]
        )
        self._do(lead, "Ask for the technical assignment")
        self.assertWhyNot(
            lead, "Transfer to sale", "Write a comment", "Technical assignment attached",
            comment=None,
        )  # fmt: skip
        self.assertEqual(lead.type, "lead")

    def test_sale_is_made_of_the_lead(self):
        """AL-12: at "Transfer to sale" the lead becomes the sale by itself, in the same way on."""
        lead = self._developer()
        self._do(lead, "Call the developer")
        self._attach(lead)
        self._go(lead, "Transfer to sale")
        self.assertEqual(lead.type, "opportunity")
        self.assertAt(lead, "Transfer to sale")
        self.assertEqual(self._row(lead, "The sale is made of the lead").state, "done")
        self.assertEqual(self._row(lead, "Choose who leads the sale").user_id, self.team_leader)
        self._go(lead, "Forming and presenting the proposal")

    def test_converted_by_hand_it_is_no_further(self):
        """EP-06: Odoo's own conversion is no way round: the stage stays what it was."""
        lead = self._developer()
        stage = lead.stage_id
        lead.with_user(self.manager).convert_opportunity(self.customer)
        self.assertEqual((lead.type, lead.stage_id), ("opportunity", stage))
        target = int(self._stage("Forming and presenting the proposal").value)
        with self.assertRaises(StageRefused), self.cr.savepoint():
            lead.with_user(self.manager).stage_id = target

    def test_next_steps_are_suggested(self):
        """AL-22: at each stage the next step and the present state are shown."""
        lead = self._developer()
        panel = self.env["bpm.stage.case"].with_user(self.manager)
        bar = panel.get_bar("crm.lead", lead.id)
        self.assertEqual(bar["stages"][0]["state"], "current")
        self.assertEqual([s["name"] for s in bar["steps"] if s["next"]], ["Call the developer"])
        self.assertEqual(lead.bpm_next_step, "Call the developer")
        lead = self._to_proposal()
        bar = panel.get_bar("crm.lead", lead.id)
        self.assertEqual([s["name"] for s in bar["steps"] if s["next"]], ["Form the proposal"])
        following = [s["name"] for s in bar["stages"] if s["state"] == "next"]
        self.assertEqual(following, ["Contract signing"])

    def test_proposal_is_defended(self):
        """AL-14: formed, sent and defended; the stage changes by the customer's decision."""
        lead = self._to_proposal()
        self.assertEqual(list(self._schedule(lead)), ["Form the proposal"])
        self._do(lead, "Form the proposal", "Send the proposal")
        self.assertWhyNot(
            lead, "Contract signing", "Proposal made: make the quotation",
            "Step “Defend the proposal” is not done", "Choose a short status",
        )  # fmt: skip
        self._do(lead, "Defend the proposal")
        lead.with_user(self.manager).action_make_customer()
        self._quote(lead, confirm=False)
        self._go(lead, "Contract signing", "They take two lifts", "Yes")
        self.assertEqual(lead.bpm_stage_status_id.name, "Yes")

    def test_proposal_declined(self):
        """AL-14: a no ends the sale, and nothing stays in anybody's schedule."""
        lead = self._to_proposal()
        self._go(lead, "Lost", "Another supplier", "No")
        self.assertEqual(lead.won_status, "lost")
        self.assertFalse(self._schedule(lead))

    def test_contract_after_a_yes(self):
        """AL-15: drawn up, agreed by the head, signed and ordered: then it goes on."""
        lead = self._to_contract()
        self.assertEqual(list(self._schedule(lead)), ["Draw up the contract"])
        self._do(lead, "Draw up the contract")
        self.assertWhyNot(
            lead, "Advance", "Signed contract attached: attach the document (contract)",
            "Order confirmed: confirm the quotation", "“Agree the contract” waits for the approval",
        )  # fmt: skip
        self._approve(lead, "Agree the contract")
        self._attach(lead, "contract.pdf")
        lead.order_ids.with_user(self.manager).action_confirm()
        self._go(lead, "Advance")
        self.assertAt(lead, "Advance")

    def test_won_with_the_advance(self):
        """AL-22: led to the paid invoice: only accounting's payment lets the sale be won."""
        lead = self._to_advance()
        self._do(lead, "Send the invoice of the advance", "Follow the payment of the advance")
        self.assertWhyNot(lead, "Won", "Advance received: an invoice of the order must be paid")
        self._pay(lead.order_ids)
        self._go(lead, "Won")
        self.assertEqual(lead.won_status, "won")
