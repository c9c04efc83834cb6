"""Corporate sale to a chain: played with visa, catalogue, proposal and shipment."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.crm_bpm_core.tests.common import CORE
from odoo.addons.crm_bpm_core.tests.ready_stage_common import ReadyStageCommon

ANALYSIS = (
    "Count outlets and regions of the chain",
    "Find out how the chain buys",
    "Set the category of the chain",
)


@tagged("post_install", "-at_install")
class TestReadyChainSale(ReadyStageCommon):
    ready = "chain_sale"

    def _to_qualification(self):
        lead = self._lead("chain", partner_id=self.customer.id)
        return self._go(lead, "Qualification")

    def _learn(self, category="regional"):
        """What the analysis brings to light is written on the card of the chain."""
        self.customer.with_user(self.manager).write({
            "chain_category_id": self.env.ref(f"{CORE}.chain_category_{category}").id,
            "purchasing_principle_id": self.env.ref(f"{CORE}.purchasing_principle_central").id,
            "outlet_count": 40,
        })  # fmt: skip

    def _to_visa(self):
        lead = self._to_qualification()
        self._learn()
        self._do(lead, *ANALYSIS)
        return lead

    def _to_presentation(self):
        lead = self._to_visa()
        self._approve(lead, "Visa of the head")
        return self._go(lead, "Presentation")

    def _to_proposal(self):
        lead = self._to_presentation()
        self._do(lead, "Present us to the buyers", "Prepare the catalogue of services")
        self._approve(lead, "Approve the catalogue")
        self._attach(lead, "catalogue.pdf")
        return self._go(lead, "Commercial proposal")

    def _to_contracting(self):
        lead = self._to_proposal()
        self._do(lead, "Send the proposal")
        for task in ("Check_stock", "Delivery", "Documents"):
            self._ship(lead, task)
        self._quote(lead, confirm=False)
        return self._go(lead, "Contracting", status="Accepted")

    def _ship(self, lead, element):
        """Do a task of the process that prepares the shipment."""
        tasks = self._row(lead, "Prepare the shipment").instance_id.task_ids
        task = tasks.filtered(lambda t: t.state == "todo" and t.element_id.element_id == element)
        task.with_user(self.manager).action_complete("done", "Done so")
        self.env.invalidate_all()

    def test_qualification_is_a_set_of_tasks(self):
        """AT-08: on entry the tasks that analyse the chain stand in the schedule, in order."""
        lead = self._to_qualification()
        self.assertEqual(list(self._schedule(lead)), list(ANALYSIS[:2]))
        self.assertWhyNot(
            lead,
            "Presentation",
            "Purchasing principle known: fill it in on the card of the chain",
            "The chain meets the requirements: its category must be one that we serve",
            "Step “Count outlets",
            "Step “Find out how the chain buys” is not done",
            "Step “Set the category of the chain” waits",
            "Step “Visa of the head” waits",
        )

    def test_visa_only_for_a_chain_that_fits(self):
        """AT-09: the analysis decides: a chain that fits comes to the head, others do not."""
        lead = self._to_visa()
        self.assertIn("Visa of the head", self._schedule(lead, self.team_leader))
        small = self._to_qualification()
        self._learn("local")
        self._do(small, *ANALYSIS)
        self.assertNotIn("Visa of the head", self._schedule(small, self.team_leader))
        self.assertWhyNot(small, "Presentation", "The chain meets the requirements")
        small.with_user(self.manager).action_set_lost()
        self.assertAt(small, "Lost")

    def test_only_a_positive_visa_leads_on(self):
        """AT-09: not by the salesperson, not after a refusal, only after the head's yes."""
        lead = self._to_visa()
        visa = self._row(lead, "Visa of the head")
        self.assertWhyNot(
            lead, "Presentation", "“Visa of the head” waits for the approval of Leader"
        )
        with self.assertRaises(AccessError):
            visa.with_user(self.manager).action_approve()
        with self.assertRaises(UserError):
            visa.with_user(self.manager).action_done()
        visa.with_user(self.team_leader).action_refuse("Pays after 90 days")
        self.assertWhyNot(
            lead, "Presentation", "“Visa of the head” was refused by Leader: Pays after 90 days"
        )
        visa.with_user(self.manager).action_again()
        self._approve(lead, "Visa of the head")
        self._go(lead, "Presentation")
        self.assertAt(lead, "Presentation")
        rounds = self._case(lead).step_ids.filtered(lambda s: s.name == "Visa of the head")
        self.assertEqual(sorted(rounds.mapped("state")), ["done", "refused"])

    def test_catalogue_before_the_proposal(self):
        """AT-10: after the meeting the catalogue is prepared and approved, then the proposal."""
        lead = self._to_presentation()
        self.assertEqual(list(self._schedule(lead)), ["Present us to the buyers"])
        self._do(lead, "Present us to the buyers")
        self.assertEqual(list(self._schedule(lead)), ["Prepare the catalogue of services"])
        self._do(lead, "Prepare the catalogue of services")
        self.assertWhyNot(
            lead,
            "Commercial proposal",
            "Catalogue attached: attach the catalogue of services",
            "“Approve the catalogue” waits for the approval of Leader",
        )
        approval = self._row(lead, "Approve the catalogue")
        approval.with_user(self.team_leader).action_refuse("Prices are missing")
        approval.with_user(self.manager).action_again()
        self._approve(lead, "Approve the catalogue")
        self._attach(lead, "catalogue.pdf")
        self._go(lead, "Commercial proposal")
        self.assertAt(lead, "Commercial proposal")

    def test_shipment_is_prepared_after_the_proposal(self):
        """AT-11: sending the proposal starts the tasks that prepare the shipment."""
        lead = self._to_proposal()
        self.assertEqual(list(self._schedule(lead)), ["Send the proposal"])
        self._do(lead, "Send the proposal")
        instance = self._row(lead, "Prepare the shipment").instance_id
        self.assertEqual(instance.process_id.key, "shipment_preparation")
        self.assertEqual(
            sorted(instance.task_ids.mapped("name")),
            ["Agree days and places of delivery", "Check that the goods are there"],
        )
        self.assertEqual(instance.task_ids.user_id, self.manager)
        self._ship(lead, "Check_stock")
        self.assertIn("Prepare the shipping documents", instance.task_ids.mapped("name"))
        self.assertWhyNot(
            lead, "Contracting", "Quotation made", "Prepare the shipment", "Choose a short status",
        )  # fmt: skip
        self._ship(lead, "Documents")
        self._ship(lead, "Delivery")
        self.assertEqual((instance.state, self._row(lead, "Prepare the shipment").state),
                         ("done", "done"))  # fmt: skip
        self.assertWhyNot(lead, "Contracting", "Quotation made", "Choose a short status")

    def test_shipment_is_controlled(self):
        """AT-12: no win before the goods were shipped by the order and arrived complete."""
        lead = self._to_contracting()
        self._do(lead, "Have the contract signed")
        self._attach(lead, "contract 12.pdf")
        self.assertWhyNot(
            lead, "Won", "Goods shipped: confirm the order", "Check that the goods arrived"
        )
        self._do(lead, "Check that the goods arrived complete")
        lead.order_ids.with_user(self.manager).action_confirm()
        self.assertWhyNot(lead, "Won", "Goods shipped")
        lead.order_ids.order_line.qty_delivered = 5
        self._go(lead, "Won")
        self.assertEqual(lead.won_status, "won")

    def test_history(self):
        """EC-14, TN-12: every change of the stage is kept with person, comment and status."""
        lead = self._to_contracting()
        panel = self.env["bpm.stage.case"].with_user(self.manager)
        history = panel.get_history("crm.lead", lead.id)
        self.assertEqual(
            [change["to"] for change in history],
            ["Contracting", "Commercial proposal", "Presentation", "Qualification", "New chain"],
        )
        self.assertEqual((history[0]["status"], history[0]["comment"]), ("Accepted", "Agreed so"))
        self.assertEqual(history[0]["user"], [self.manager.id, "Manager"])
