from odoo.exceptions import UserError
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

    def test_chain_of_steps(self):
        """EP-06: of a chain the step that can be done is named for each that waits."""
        first = self._step(self.s_qualify, "Call", required=False)
        second = self._step(self.s_qualify, "Letter", after_id=first.id)
        third = self._step(self.s_qualify, "Visit", after_id=second.id)
        self._step(self.s_qualify, "Offer", after_id=third.id)
        self._publish()
        customer = self._customer()
        items = self._missing(customer, self.present)
        self.assertEqual([item["name"] for item in items], ["Letter", "Visit", "Offer"])
        self.assertEqual({item["cure"]["before"]["name"] for item in items}, {"Call"})
        self.assertEqual({item["cure"]["before"]["state"] for item in items}, {"todo"})
        self._steps(customer).filtered(lambda step: step.name == "Call")._mark_done()
        letter, *waiting = self._missing(customer, self.present)
        self.assertNotIn("before", letter["cure"])
        self.assertEqual({item["cure"]["before"]["name"] for item in waiting}, {"Letter"})

    def _places(self, kind, **values):
        """Fields and links of the one missing fact of that kind."""
        name = values.pop("field", None)
        self._fact(self.s_qualify, "Fact", kind, field=name, **values)
        self._publish()
        [item] = self._missing(self._customer(), self.present)
        self.assertIn("Fact: ", item["text"])
        return item["cure"]["fields"], [name for name, _label in item["cure"]["links"]]

    def test_computed_condition(self):
        """EP-06: what is computed leads to what it is computed from."""
        found = self._places("domain", domain="[('commercial_company_name', '=', 'Vector Ltd')]")
        self.assertEqual(found, (["company_name"], ["parent_id", "commercial_partner_id"]))

    def test_condition_on_lines(self):
        """EP-06: a condition about the lines of a record leads to their list."""
        domain = "[('child_ids.email', '!=', False)]"
        self.assertEqual(self._places("domain", domain=domain), ([], ["child_ids"]))

    def test_related_lines(self):
        """EP-06: lines are not tags to be filled in, their list opens."""
        domain = "[('email', '!=', False)]"
        found = self._places("related", field="child_ids", domain=domain)
        self.assertEqual(found, ([], ["child_ids"]))

    def test_related_record(self):
        """EP-06: a related record is chosen, or opened to be made to match."""
        domain = "[('email', '!=', False)]"
        found = self._places("related", field="parent_id", domain=domain)
        self.assertEqual(found, (["parent_id"], ["parent_id"]))

    def test_related_tags(self):
        """EP-06: tags are chosen; nobody would change the tags themselves."""
        found = self._places("related", field="category_id", domain="[('name', '=', 'Good')]")
        self.assertEqual(found, (["category_id"], []))

    def test_own_stage_is_no_cure(self):
        """EP-06: the stage itself is never among the fields to be filled in."""
        domain = f"[('industry_id', '=', {self.won.id}), ('city', '=', 'Omsk')]"
        self.assertEqual(self._places("domain", domain=domain), (["city"], []))

    def test_condition_nobody_can_ask(self):
        """EP-06: a condition that cannot be searched is refused before it is in force.

        Once published it would break the form of every record at the stage.
        """
        domain = "[('contact_address', 'ilike', 'Omsk')]"
        self._fact(self.s_qualify, "Lives in town", "domain", domain=domain)
        with self.assertRaisesRegex(UserError, "Lives in town: the condition cannot be used"):
            self._publish()
