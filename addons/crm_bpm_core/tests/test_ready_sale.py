"""Corporate sale with visa, from the start to every end, by the people in it."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_bpm_core.tests.ready_common import CrmReadyCommon


@tagged("post_install", "-at_install")
class TestReadySale(CrmReadyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls._get_process("corporate_sale")

    def setUp(self):
        super().setUp()
        self.sale = self._lead(
            type="opportunity", expected_revenue=900000, date_deadline="2026-04-30"
        )
        self.instance = self._start(self.process, self.sale)

    def _play(self, *steps):
        """Steps of the salesperson: (element, outcome)."""
        for element, outcome in steps:
            self._do(self.instance, element, outcome, self.manager)

    def _to_visa(self):
        self._play(("Analyse", "done"), ("People", "done"), ("Sum_up", "meets"))

    def _to_presentation(self):
        self._to_visa()
        self._do(self.instance, "Visa", "approved", self.head)

    def _to_answer(self):
        self._to_presentation()
        self._play(("Present", "held"), ("Catalogue", "prepared"))
        self._do(self.instance, "Agree_catalogue", "approved", self.head)
        self._play(("Offer", "sent"))

    def test_won(self):
        """AT-07…AT-12: the whole way, from the qualification to the goods that arrived."""
        self._to_answer()
        self._play(("Answer", "accepted"), ("Prepare", "prepared"), ("Ship", "arrived"))
        self.assertEqual(self._open(self.instance), ["Contract"])
        self._play(("Contract", "signed"))
        self.assertEnded(self.instance, "Won")
        self.assertEqual(self.sale.won_status, "won")

    def test_qualification_is_a_set_of_tasks(self):
        """AT-08: the company is analysed by several tasks; all must be done."""
        self.assertEqual(self._open(self.instance), ["Analyse", "People"])
        self._play(("People", "done"))
        self.assertEqual(self._open(self.instance), ["Analyse"])

    def test_not_suitable(self):
        """AT-09: a company that does not meet the requirements never reaches the head."""
        self._play(("Analyse", "done"), ("People", "done"), ("Sum_up", "fails"))
        self.assertEnded(self.instance, "Not suitable")
        self.assertEqual(self.sale.won_status, "lost")

    def test_no_presentation_without_a_visa(self):
        """AT-09: only the head gives the visa, and only then comes the presentation."""
        self._to_visa()
        stage = self.sale.stage_id
        with self.assertRaises(AccessError):
            self._do(self.instance, "Visa", "approved", self.manager)
        self.assertEqual((self._open(self.instance), self.sale.stage_id), (["Visa"], stage))
        self._do(self.instance, "Visa", "approved", self.head)
        self.assertEqual(self._open(self.instance), ["Present"])
        self.assertEqual(self.sale.stage_id, self.env.ref("crm.stage_lead2"))

    def test_steps_say_the_stage_they_lead_to(self):
        """AT-08: a step that moves the stage has the name of that stage."""
        fresh = self.env.ref("crm_bpm_core.template_corporate_sale")._create_process()
        elements = fresh.draft_version_id._diagram().elements.values()
        steps = [
            element
            for element in elements
            if element.settings.get("action", {}).get("name") == "crm_lead_stage"
        ]
        self.assertEqual(len(steps), 2)
        for step in steps:
            stage = self.env.ref(step.settings["action"]["parameters"]["stage"])
            self.assertEqual(step.name, f"Stage: {stage.name}")

    def test_visa_refused(self):
        """AT-09: without the visa the sale ends."""
        self._to_visa()
        self._do(self.instance, "Visa", "refused", self.head)
        self.assertEnded(self.instance, "Not suitable")

    def test_visa_after_more_information(self):
        """AT-09: the head may ask first; the question stands in the history."""
        self._to_visa()
        self._do(self.instance, "Visa", "more", self.head, "Who pays?")
        self._play(("Sum_up", "meets"))
        self._do(self.instance, "Visa", "approved", self.head)
        self.assertEqual(self._open(self.instance), ["Present"])
        self.assertIn("Who pays?", self.instance.task_ids.mapped("comment"))

    def test_catalogue_must_be_approved(self):
        """AT-10: prepared after the meeting, reworked until approved; then the proposal."""
        self._to_presentation()
        self._play(("Present", "held"), ("Catalogue", "prepared"))
        self._do(self.instance, "Agree_catalogue", "rework", self.head, "Prices are missing")
        self._play(("Catalogue", "prepared"))
        self._do(self.instance, "Agree_catalogue", "approved", self.head)
        self.assertEqual(self._open(self.instance), ["Offer"])
        self.assertEqual(self.sale.stage_id, self.env.ref("crm.stage_lead3"))

    def test_customer_wants_changes(self):
        """AT-11: the proposal is sent anew."""
        self._to_answer()
        self._play(("Answer", "changes"), ("Offer", "sent"), ("Answer", "accepted"))
        self.assertEqual(self._open(self.instance), ["Contract", "Prepare"])

    def test_customer_declines(self):
        """AT-11: no shipment is prepared for a proposal that was declined."""
        self._to_answer()
        self._play(("Answer", "declined"))
        self.assertEnded(self.instance, "Customer declined")
        self.assertEqual(self.sale.won_status, "lost")

    def test_reminder_of_the_proposal(self):
        """AT-11, HU-24: after 5 working days without an answer a call is due, once."""
        self._to_answer()
        self._pass(days=4)
        self.assertEqual(self._open(self.instance), ["Answer"])
        self._pass(days=2)
        self.assertEqual(self._open(self.instance), ["Answer", "Remind"])
        self._play(("Remind", "reminded"), ("Answer", "declined"))
        self.assertEqual(self.instance.state, "done")

    def test_shipment_is_controlled(self):
        """AT-12: goods that did not arrive complete are shipped again before it is won."""
        self._to_answer()
        self._play(("Answer", "accepted"), ("Contract", "signed"), ("Prepare", "prepared"))
        self._play(("Ship", "trouble"))
        self.assertEqual(self._open(self.instance), ["Prepare"])
        self._play(("Prepare", "prepared"), ("Ship", "arrived"))
        self.assertEnded(self.instance, "Won")

    def test_template_is_changed_and_running_sales_go_on(self):
        """AT-07: the process in use gets a new version; what runs stays on its own."""
        draft = self.process.published_version_id.action_new_draft_version()
        draft.bpmn_xml = draft.bpmn_xml.replace("Hold the presentation", "Invite and present")
        draft.action_publish()
        self.assertEqual(self.process.published_version_id, draft)
        self._to_presentation()
        self.assertEqual(self._task(self.instance, "Present").name, "Hold the presentation")
