"""Sale through tenders: the regulation played from the request to the won contract."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.crm_bpm_core.tests.ready_stage_common import ReadyStageCommon


@tagged("post_install", "-at_install")
class TestReadyTenderSale(ReadyStageCommon):
    ready = "tender_sale"

    def _request(self, **values):
        return self._lead("tender", **values)

    def _to_price(self, revenue=0):
        lead = self._request(
            partner_id=self.customer.id, date_deadline="2026-04-30", expected_revenue=revenue
        )
        self._attach(lead)
        self._do(lead, "Study the technical assignment", "Call the customer's technical service")
        self._approve(lead, "Decide to take part")
        return self._go(lead, "Price and documents")

    def _to_bid(self):
        lead = self._to_price(900000)
        self._do(lead, "Ask suppliers for prices", "Collect the documents of the bid")
        self._approve(lead, "Approve the price")
        self._attach(lead, "bid.pdf", 2)
        return self._go(lead, "Bid submitted")

    def _to_contract(self):
        lead = self._to_bid()
        self._do(lead, "Check that the bid was accepted", "Learn the result")
        return self._go(lead, "Contract", status="Result announced")

    def test_whole_way(self):
        """TN-06, TN-30: the sale follows the approved regulation to its end, every step done."""
        self.assertStages(
            self.regulation, "New request", "Price and documents", "Bid submitted", "Contract",
            "Won", "Lost",
        )  # fmt: skip
        lead = self._to_contract()
        self._do(lead, "Prepare the contract")
        self._approve(lead, "Agree the contract")
        self._do(lead, "Hand over to those who deliver")
        self._quote(lead)
        self._go(lead, "Won")
        self.assertEqual(lead.won_status, "won")
        required = self._case(lead).step_ids.filtered("required")
        self.assertEqual(set(required.mapped("state")), {"done"})
        self.assertGreater(len(required), 9)

    def test_stage_brings_its_tasks(self):
        """TN-08, TN-10: entering a stage puts its tasks into the responsible's schedule."""
        lead = self._request()
        self.assertEqual(list(self._schedule(lead)), ["Study the technical assignment"])
        self.assertFalse(self._schedule(lead, self.team_leader))
        self._do(lead, "Study the technical assignment")
        self.assertEqual(list(self._schedule(lead)), ["Call the customer's technical service"])
        self._do(lead, "Call the customer's technical service")
        self.assertFalse(self._schedule(lead))
        visa = self._schedule(lead, self.team_leader)["Decide to take part"]
        self.assertEqual(visa.date_deadline.isoformat(), "2026-03-02")
        lead = self._to_price()
        self.assertEqual(
            list(self._schedule(lead)),
            ["Ask suppliers for prices", "Collect the documents of the bid"],
        )
        days = [a.date_deadline.isoformat() for a in self._schedule(lead).values()]
        self.assertEqual(days, ["2026-03-04", "2026-03-06"])

    def test_deadlines_in_working_time(self):
        """TN-10, TN-30: hours and days of work; over the week-end nothing runs."""
        self.frozen.move_to("2026-03-06 15:00:00")
        lead = self._request()
        due = self._row(lead, "Study the technical assignment").deadline
        self.assertEqual(due.isoformat(" "), "2026-03-09 15:00:00")

    def test_leaving_early(self):
        """TN-30, EP-06: refused, and each missing fact and step is said with its cure."""
        lead = self._request()
        self.assertWhyNot(
            lead,
            "Price and documents",
            "Customer known: fill in “Contact”",
            "Last day for bids known: fill in “Expected Closing”",
            "Technical assignment attached: attach the customer's technical assignment",
            "Step “Study the technical assignment” is not done (Manager)",
            "Step “Call the customer's technical service” waits for “Study the technical "
            "assignment” (Manager)",
            "Step “Decide to take part” waits for “Study the technical assignment” (Manager)",
        )
        stage = self._stage("Contract")
        for write in (
            {"stage_id": int(stage.value)},
            {"stage_id": int(self._stage("Won").value)},
            {"probability": 100},
        ):
            with self.assertRaises(StageRefused), self.cr.savepoint():
                lead.with_user(self.manager).write(write)

    def test_reminded_in_time(self):
        """TN-30, HU-24: late steps are marked, the head reminds, nothing required is dropped."""
        lead = self._request()
        panel = self.env["bpm.stage.case"].with_user(self.manager)
        first = panel.get_bar("crm.lead", lead.id)["steps"][0]
        self.assertFalse(first["overdue"])
        self.frozen.move_to("2026-03-04 08:00:00")
        self.env.invalidate_all()
        first = panel.get_bar("crm.lead", lead.id)["steps"][0]
        self.assertEqual((first["overdue"], first["next"]), (True, True))
        activity = self._schedule(lead)["Study the technical assignment"]
        self.assertEqual(activity.state, "overdue")
        row = self._row(lead, "Study the technical assignment")
        before = self.env["mail.message"].search([], limit=1, order="id desc").id
        row.with_user(self.head).with_context(tracking_disable=False).action_remind()
        told = self.env["mail.message"].search([("id", ">", before)])
        self.assertIn(self.manager.partner_id, told.notified_partner_ids | told.partner_ids)
        with self.assertRaisesRegex(UserError, "required step"):
            activity.with_user(self.manager).action_cancel()

    def test_refused_decision(self):
        """TN-30: the leader alone decides; his refusal and its reason hold the sale back."""
        lead = self._request(partner_id=self.customer.id, date_deadline="2026-04-30")
        self._attach(lead)
        self._do(lead, "Study the technical assignment", "Call the customer's technical service")
        visa = self._row(lead, "Decide to take part")
        with self.assertRaises(AccessError):
            visa.with_user(self.manager).action_approve()
        visa.with_user(self.team_leader).action_refuse("No capacity in May")
        self.assertWhyNot(
            lead, "Price and documents", "“Decide to take part” was refused by Leader: No capacity"
        )
        visa.with_user(self.manager).action_again()
        self._approve(lead, "Decide to take part")
        self._go(lead, "Price and documents")
        self.assertAt(lead, "Price and documents")

    def test_large_bids_need_security(self):
        """TN-08: a step bound to a condition comes when the amount reaches it, and goes."""
        lead = self._to_price(500000)
        self.assertNotIn("Agree the bid security with finance", self._rows(lead).mapped("name"))
        lead.with_user(self.manager).expected_revenue = 2000000
        self.assertIn("Agree the bid security with finance", self._schedule(lead))
        lead.with_user(self.manager).expected_revenue = 500000
        self.assertNotIn("Agree the bid security with finance", self._schedule(lead))

    def test_quotation_is_made_by_itself(self):
        """LV-11, TN-08: at the stage of the price the quotation of the sale is there."""
        lead = self._to_price(500000)
        order = lead.order_ids
        self.assertEqual((order.partner_id, order.state), (self.customer, "draft"))
        self.assertEqual((order.user_id, order.origin), (self.manager, "A new deal"))
        row = self._row(lead, "Quotation of the sale")
        self.assertEqual((row.state, row.created_id), ("done", order.id))

    def test_no_bid_without_comment_and_status(self):
        """EC-14: leaving the submitted bid asks for both, and both are kept and found."""
        lead = self._to_bid()
        self._do(lead, "Check that the bid was accepted", "Learn the result")
        self.assertWhyNot(
            lead, "Contract", "Write a comment", "Choose a short status", comment=None
        )
        self._go(lead, "Contract", "We were the cheapest", "Result announced")
        self.assertEqual(lead.bpm_stage_status_id.name, "Result announced")
        self.assertEqual(lead.bpm_stage_comment, "We were the cheapest")
        found = self.env["crm.lead"].search([("bpm_stage_comment", "ilike", "cheapest")])
        self.assertEqual(found, lead)

    def test_a_submitted_bid_is_not_taken_back(self):
        """TN-06: from the submitted bid one does not go back; it may be lost."""
        lead = self._to_bid()
        status = {"status": "Customer delays"}
        self.assertWhyNot(lead, "Price and documents", "one does not go back", **status)
        with self.assertRaisesRegex(StageRefused, "Choose a short status"), self.cr.savepoint():
            lead.with_user(self.manager).action_set_lost()
        self._go(lead, "Lost", "Too dear for them", "We withdraw")
        self.assertEqual(lead.won_status, "lost")
        self.assertFalse(self._schedule(lead))
