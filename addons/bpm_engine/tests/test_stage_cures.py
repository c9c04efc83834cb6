from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageCures(StageCommon):
    """EP-06: what the screen needs to cure each missing thing and to do each step."""

    def _missing(self, customer, target):
        bar = self.env["bpm.stage.case"].with_user(self.seller).get_bar("res.partner", customer.id)
        return bar["missing"][str(target.id)]

    def test_waiting_step(self):
        """EP-06: of a step that waits, the one it waits for is named and can be done."""
        first = self._step(self.s_qualify, "Call", required=False)
        self._step(self.s_qualify, "Letter", after_id=first.id)
        self._publish()
        customer = self._customer()
        [item] = self._missing(customer, self.present)
        self.assertEqual(item["text"], f"Step “Letter” waits for “Call” ({self.seller.name}).")
        call = self._steps(customer).filtered(lambda step: step.name == "Call")
        before = item["cure"]["before"]
        self.assertEqual((before["step_id"], before["state"]), (call.id, "todo"))

    def test_way(self):
        """EP-06: where the way does not lead, those that are allowed are offered."""
        self.s_qualify.next_ids = self.s_present
        self._publish()
        customer = self._customer()
        [item] = [i for i in self._missing(customer, self.propose) if i["kind"] == "way"]
        self.assertEqual(item["cure"]["values"], [[str(self.present.id), "Presentation"]])

    def test_no_way_back(self):
        """EP-06: where one may not go back, the way on is offered."""
        self.s_present.may_go_back = False
        self._publish()
        customer = self._customer(stage=self.present)
        [item] = self._missing(customer, self.qualify)
        self.assertEqual(item["cure"]["values"], [[str(self.propose.id), "Proposal"]])

    def test_condition(self):
        """EP-06: a condition names the fields to fill in and leads to the records it asks."""
        self._fact(
            self.s_qualify, "Head office in town", "domain",
            domain="[('city', '=', 'Omsk'), ('parent_id.city', '=', 'Omsk')]",
        )  # fmt: skip
        self._publish()
        [item] = self._missing(self._customer(), self.present)
        self.assertEqual(item["cure"]["fields"], ["city"])
        self.assertEqual(item["cure"]["links"], [["parent_id", "Related Company"]])

    def test_what_a_step_does(self):
        """TN-10: the kind of activity decides what one click on its step does."""
        fields = self._field("phone") | self._field("email")
        self._step(self.s_qualify, "Data", field_ids=[Command.set(fields.ids)])
        for name, key in (
            ("Ring", "mail.mail_activity_data_call"),
            ("Meet", "mail.mail_activity_data_meeting"),
            ("Mail", "mail.mail_activity_data_email"),
            ("File", "mail.mail_activity_data_upload_document"),
        ):
            self._step(self.s_qualify, name, activity_type_id=self.env.ref(key).id)
        self._publish()
        customer = self._customer(phone="+7 495 111")
        bar = self.env["bpm.stage.case"].with_user(self.seller).get_bar("res.partner", customer.id)
        steps = {step["name"]: step for step in bar["steps"]}
        self.assertEqual(
            {name: step["category"] for name, step in steps.items()},
            {"Data": "default", "Ring": "phonecall", "Meet": "meeting", "Mail": "email",
             "File": "upload_file"},
        )  # fmt: skip
        self.assertEqual((steps["Ring"]["phone"], steps["Mail"]["phone"]), ("+7 495 111", ""))
        self.assertEqual(sorted(steps["Data"]["fields"]), ["email", "phone"])
        draft = self.regulation.action_new_draft()
        kept = draft.stage_ids.step_ids.filtered(lambda step: step.name == "Data")
        self.assertEqual(kept.field_ids, fields)
