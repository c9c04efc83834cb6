"""A business school: three kinds of leads and the long sale, played to their ends."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.crm_bpm_core.tests.common import CORE
from odoo.addons.crm_bpm_core.tests.ready_stage_common import ReadyStageCommon


class ProgrammesCommon(ReadyStageCommon):
    """All four regulations are in force side by side."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        keys = ("programme_short", "programme_long", "programme_newsletter", "programme_sale")
        cls.short, cls.long, cls.newsletter, cls.sale = (cls._load(key) for key in keys)
        template = cls.env["sale.order.template"].create({
            "name": "Negotiations", "sale_order_template_line_ids": [
                Command.create({"product_id": cls.product.id, "product_uom_qty": 1})],
        })  # fmt: skip
        cls._need("short").quotation_template_id = template

    def _request(self, need, **values):
        known = {
            "type": "lead", "contact_name": "Olga Ivanova", "phone": "+7 812 1",
            "email_from": "olga@example.com",
        }  # fmt: skip
        return self._lead(need, **(known | values))

    def _education(self, name):
        return self.env.ref(f"{CORE}.education_{name}")


@tagged("post_install", "-at_install")
class TestReadyProgrammeLeads(ProgrammesCommon):
    def test_three_cases(self):
        """LV-09, LV-12: the need chosen in the lead fixes which of the three ways it goes."""
        for need, regulation in (
            ("short", self.short),
            ("long", self.long),
            ("newsletter", self.newsletter),
        ):
            lead = self._request(need)
            self.assertEqual(self._case(lead).regulation_id, regulation)
        names = [r.published_version_id.stage_ids.mapped("name") for r in (self.short, self.long)]
        self.assertEqual(
            names[0], ["New request", "Consultation", "Registration", "Payment", "Won", "Lost"]
        )
        self.assertEqual(names[1], ["New request", "Consultation", "Transfer to sale", "Lost"])
        lead = self._request("short", need_id=False)
        self.assertFalse(self._case(lead))

    def test_short_is_worked_in_the_lead(self):
        """LV-10, LV-11: the sale is made at "Registration" by itself; the lead stays a lead."""
        lead = self._request("short")
        self._do(lead, "Answer the request")
        self._go(lead, "Consultation")
        self.assertFalse(lead.order_ids)
        self._do(lead, "Consult on programmes and dates", "Send the programme and the timetable")
        self._go(lead, "Registration")
        order = lead.order_ids
        self.assertEqual((order.partner_id.name, lead.partner_id.name), ("Olga Ivanova",) * 2)
        self.assertEqual((order.state, order.order_line.product_id), ("draft", self.product))
        self.assertEqual((order.user_id, lead.type), (self.manager, "lead"))
        row = self._row(lead, "The sale of the programme is made")
        self.assertEqual((row.created_model, row.created_id), ("sale.order", order.id))
        self.assertWhyNot(
            lead, "Payment", "Registration form attached", "Step “Get the registration form”"
        )
        self._do(lead, "Get the registration form")
        self._attach(lead, "form.pdf")
        self._go(lead, "Payment")
        self._do(lead, "Send the invoice", "Remind of the payment and the first day")
        self.assertWhyNot(lead, "Won", "Sale confirmed: confirm the sale of the programme")
        order.with_user(self.manager).action_confirm()
        self._go(lead, "Won")
        self.assertEqual((lead.won_status, lead.type, len(lead.order_ids)), ("won", "lead", 1))

    def test_order_of_actions(self):
        """LV-14: activities added at each stage show what to do now and what after it."""
        lead = self._request("short")
        self.assertEqual(list(self._schedule(lead)), ["Answer the request"])
        self._do(lead, "Answer the request")
        self._go(lead, "Consultation")
        rows = [(row.name, row.state) for row in self._rows(lead)]
        self.assertEqual(
            rows,
            [
                ("Consult on programmes and dates", "todo"),
                ("Send the programme and the timetable", "waiting"),
            ],
        )
        self.assertDue(lead, "Consult on programmes and dates", hours=9)

    def test_newsletter(self):
        """LV-09, LV-11: subscribed by itself: contact and mark; no sale is made."""
        lead = self._request("newsletter")
        self._go(lead, "Subscription")
        tag = self.env.ref(f"{CORE}.partner_category_newsletter")
        self.assertIn(tag, lead.partner_id.category_id)
        self.assertEqual(lead.partner_id.email, "olga@example.com")
        self.assertEqual(list(self._schedule(lead)), ["Send the welcome letter"])
        self._do(lead, "Send the welcome letter")
        self._go(lead, "Won")
        self.assertEqual((lead.won_status, lead.order_ids.ids, lead.type), ("won", [], "lead"))
        nobody = self._request("newsletter", email_from=False)
        self.assertWhyNot(nobody, "Subscription", "E-mail known: fill in “Email”")

    def test_lost_at_once(self):
        """LV-09: each of the three may be lost from its first stage; its steps are withdrawn."""
        for need in ("short", "long", "newsletter"):
            lead = self._request(need)
            self._go(lead, "Lost")
            self.assertAt(lead, "Lost")
            self.assertEqual((lead.won_status, lead.active), ("lost", False))
            self.assertFalse(self._schedule(lead))
            self.assertNotIn("todo", self._case(lead).step_ids.mapped("state"))

    def test_another_need_is_another_way(self):
        """LV-12: the need changes: done steps stay, obsolete ones go, the chatter tells it."""
        lead = self._request("short")
        self._do(lead, "Answer the request")
        self._go(lead, "Consultation")
        self._do(lead, "Consult on programmes and dates")
        self.assertEqual(list(self._schedule(lead)), ["Send the programme and the timetable"])
        lead.with_user(self.manager).need_id = self._need("long")
        self.assertEqual(self._case(lead).regulation_id, self.long)
        self.assertAt(lead, "Consultation")
        self.assertEqual(self._row(lead, "Consult on programmes and dates").state, "done")
        self.assertEqual(list(self._schedule(lead)), ["Invite to the open day"])
        told = " ".join(lead.message_ids.mapped("body"))
        self.assertIn("“Long-term programme: the lead” applies now instead of", told)
        self.assertIn("Withdrawn: Send the programme and the timetable", told)

    def test_long_becomes_a_sale(self):
        """LV-10, LV-11: at "Transfer to sale" the lead becomes the sale, with its own way."""
        lead = self._request("long")
        self._do(lead, "Answer the request")
        self._go(lead, "Consultation")
        self._do(lead, "Consult on programmes and dates", "Invite to the open day")
        self.assertWhyNot(
            lead, "Transfer to sale", "Education known: ask which education the student has",
            status="Employer pays",
        )  # fmt: skip
        lead.with_user(self.manager).education_id = self._education("bachelor")
        self._go(lead, "Transfer to sale", status="Employer pays")
        self.assertEqual((lead.type, lead.partner_id.name), ("opportunity", "Olga Ivanova"))
        self.assertEqual(lead.partner_id.education_id, self._education("bachelor"))
        self.assertEqual(self._case(lead).regulation_id, self.sale)
        self.assertAt(lead, "New sale")
        self.assertEqual(list(self._schedule(lead)), ["Plan the way to admission with the student"])
        made = self._case(lead).step_ids.filtered(lambda s: s.kind == "action")
        self.assertEqual(set(made.mapped("state")), {"done"})

    def test_conversion_by_hand_is_no_way_round(self):
        """LV-10, EP-06: Odoo's own conversion misses the same as the way through the stages."""
        lead = self._request("long")
        with self.assertRaises(StageRefused) as refused, self.cr.savepoint():
            lead.with_user(self.manager).convert_opportunity(self.customer)
        self.assertIn("the way leads to: Consultation", str(refused.exception))
        self.env.invalidate_all()
        self.assertEqual(lead.type, "lead")
        self._do(lead, "Answer the request")
        self._go(lead, "Consultation")
        with self.assertRaises(StageRefused) as refused, self.cr.savepoint():
            lead.with_user(self.manager).convert_opportunity(self.customer)
        for text in ("Education known", "Invite to the open day", "Choose a short status"):
            self.assertIn(text, str(refused.exception))

    def test_leads_and_sales_have_their_columns(self):
        """LV-10: stages of leads do not stand in the pipeline of sales, nor the other way."""
        transfer = self.env["crm.stage"].search([("name", "=", "Transfer to sale")])
        admission = self.env["crm.stage"].search([("name", "=", "Admission")])
        self.assertEqual((transfer.lead_type, admission.lead_type), ("lead", "opportunity"))
        leads = self.env["crm.lead"]
        for kind, present, absent in (
            ("lead", transfer, admission), ("opportunity", admission, transfer)
        ):  # fmt: skip
            none = self.env["crm.stage"]
            columns = leads.with_context(default_type=kind)._read_group_stage_ids(none, [])
            self.assertLessEqual(present, columns)
            self.assertFalse(absent & columns)


@tagged("post_install", "-at_install")
class TestReadyProgrammeSale(ProgrammesCommon):
    def _sale(self, education):
        lead = self._lead(
            "long", partner_id=self.customer.id, education_id=self._education(education).id
        )
        self._do(lead, "Plan the way to admission with the student")
        return self._go(lead, "Admission")

    def test_with_higher_education(self):
        """LV-13: diploma and interview for who has higher education."""
        lead = self._sale("master")
        names = self._rows(lead).mapped("name")
        self.assertIn("Get a copy of the diploma", names)
        self.assertNotIn("Offer the preparatory course", names)
        self._do(lead, "Get a copy of the diploma", "Interview with the head of the programme")
        self._approve(lead, "Admit the student")
        self._go(lead, "Study agreement")

    def test_without_higher_education(self):
        """LV-13: preparatory course and examination for who has not."""
        lead = self._sale("vocational")
        names = self._rows(lead).mapped("name")
        self.assertIn("Offer the preparatory course", names)
        self.assertNotIn("Get a copy of the diploma", names)
        self.assertWhyNot(
            lead, "Study agreement", "Step “Offer the preparatory course” is not done",
            "Step “Hold the entrance examination” waits", "“Admit the student” waits",
        )  # fmt: skip
        self._do(lead, "Offer the preparatory course", "Hold the entrance examination")
        self._approve(lead, "Admit the student")
        self._go(lead, "Study agreement")

    def test_education_turns_out_otherwise(self):
        """LV-13: the education is corrected: the steps of the other way come at once."""
        lead = self._sale("vocational")
        lead.with_user(self.manager).education_id = self._education("doctor")
        self.assertEqual(list(self._schedule(lead)), ["Get a copy of the diploma"])
        self.assertEqual(lead.partner_id.education_id, self._education("doctor"))

    def test_not_admitted(self):
        """LV-13: the head of the programme does not admit: refused with the reason, then lost."""
        lead = self._sale("master")
        row = self._row(lead, "Admit the student")
        row.with_user(self.team_leader).action_refuse("No experience")
        self._do(lead, "Get a copy of the diploma", "Interview with the head of the programme")
        self.assertWhyNot(
            lead, "Study agreement", "“Admit the student” was refused by Leader: No experience"
        )
        lead.with_user(self.manager).action_set_lost()
        self.assertAt(lead, "Lost")

    def test_to_the_signed_agreement(self):
        """LV-10, LV-11: the order of the programme is made by itself; signed and sold it is won."""
        lead = self._sale("master")
        self._do(lead, "Get a copy of the diploma", "Interview with the head of the programme")
        self._approve(lead, "Admit the student")
        self._go(lead, "Study agreement")
        self.assertEqual(lead.order_ids.partner_id, self.customer)
        self._do(lead, "Agree the instalments", "Have the agreement signed")
        self.assertWhyNot(lead, "Won", "Sale confirmed", "Signed agreement attached")
        self._attach(lead, "agreement 7.pdf")
        self._quote(lead)
        self._go(lead, "Won")
        self.assertEqual(lead.won_status, "won")
