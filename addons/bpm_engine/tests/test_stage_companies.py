from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.bpm_engine.tests.stage_common import StageCommon

AUTO = "odoo.addons.bpm_engine.models.bpm_stage_case_step_auto"
MAKE_CHILD = """
made = env['res.partner'].create({
    'name': env.company.name, 'parent_id': record.id, 'company_id': record.company_id.id})
action = {'type': 'ir.actions.act_window', 'res_model': 'res.partner', 'res_id': made.id}
"""
ONE_ACTION = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpm="urn:crm-bpm:bpmn:1" targetNamespace="t" id="d">
  <process id="note" isExecutable="true">
    <startEvent id="S"/>
    <serviceTask id="Note" name="Note it">
      <extensionElements><bpm:action name="post_message">
        <bpm:parameter name="body" value="=record.company_id.name"/>
      </bpm:action></extensionElements>
    </serviceTask>
    <endEvent id="E" name="Noted"/>
    <sequenceFlow id="f1" sourceRef="S" targetRef="Note"/>
    <sequenceFlow id="f2" sourceRef="Note" targetRef="E"/>
  </process>
</definitions>"""


@tagged("post_install", "-at_install")
class TestStageCompanies(StageCommon):
    """HU-23, EP-06: people of two companies, and regulations whose owner works in one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = cls.env.company
        cls.theirs = cls.env["res.company"].create({"name": "Other"})
        cls.manager.group_ids += cls.env.ref("base.group_partner_manager")
        (cls.seller | cls.override).company_ids = [Command.link(cls.theirs.id)]
        cls.both = [cls.theirs.id, cls.ours.id]

    def _making_step(self):
        server = self.env["ir.actions.server"].create({
            "name": "Make", "model_id": self.env["ir.model"]._get("res.partner").id,
            "state": "code", "code": MAKE_CHILD,
        })  # fmt: skip
        values = {"server_action_id": server.id, "required": False}
        return self._step(self.s_present, "Child", "record", **values)

    def _go(self, customer, companies, user=None):
        """As somebody does it who has chosen these companies on the screen."""
        panel = self.env["bpm.stage.case"].with_user(user or self.seller)
        panel = panel.with_context(allowed_company_ids=companies)
        bar = panel.move("res.partner", customer.id, str(self.present.id), "Agreed")
        self.env.invalidate_all()
        return bar

    def test_owner_of_one_of_the_companies(self):
        """LV-11: what a step does for its owner does not hang on who chose which companies."""
        self._making_step()
        self._publish()
        customer = self._customer(company_id=self.ours.id)
        self._go(customer, self.both)
        [child] = customer.child_ids
        self.assertEqual((child.create_uid, child.name), (self.manager, self.ours.name))
        self.assertEqual(self._steps(customer).mapped("state"), ["done"])

    def test_process_of_one_of_the_companies(self):
        """LV-11: nor what a process does that the stage starts."""
        process = self.env["bpm.process"].create({
            "name": "Note", "key": "test_note", "owner_id": self.manager.id,
            "model_id": self.env["ir.model"]._get("res.partner").id,
            "version_ids": [Command.create({"bpmn_xml": ONE_ACTION})],
        })  # fmt: skip
        process.draft_version_id._publish()
        self._step(self.s_present, "Note", "process", process_id=process.id)
        self._publish()
        customer = self._customer(company_id=self.ours.id)
        self._go(customer, self.both)
        step = self._steps(customer)
        self.assertEqual((step.state, step.instance_id.state), ("done", "done"), step.comment)
        self.assertIn(self.ours.name, str(customer.message_ids.mapped("body")))

    @mute_logger(AUTO)
    def test_owner_of_another_company(self):
        """LV-11, EP-06: an owner who may do nothing there is named, with what cures it; the move
        itself is not hindered, the step is done by hand."""
        self._making_step()
        self._publish()
        customer = self._customer(company_id=self.theirs.id)
        self._go(customer, self.both)
        self.assertEqual(customer.industry_id, self.present)
        self.assertFalse(customer.child_ids)
        step = self._steps(customer)
        self.assertEqual((step.state, step.user_id), ("todo", self.seller))
        for text in (self.manager.name, "Other", "another owner"):
            self.assertIn(text, step.comment)
        self.manager.company_ids = [Command.link(self.theirs.id)]
        other = self._customer(name="Second", company_id=self.theirs.id)
        self._go(other, self.both)
        self.assertEqual(other.child_ids.name, "Other", "he acts in the record's company")

    def test_record_of_the_company_that_is_not_chosen(self):
        """HU-23: whoever works in both companies is told to choose the other one; with it the
        record is refused, cured and moved like any other, and everything is that company's."""
        self._step(self.s_qualify, "Call")
        self._publish()
        customer = self._customer(company_id=self.theirs.id)
        step = self._steps(customer)
        own = step.with_user(self.seller)
        for call in (
            lambda: self._go(customer, [self.ours.id]),
            lambda: own.with_context(allowed_company_ids=[self.ours.id]).action_done(),
        ):
            with self.assertRaises(AccessError) as refused, self.cr.savepoint():
                call()
            self.assertIn("by switching to the company: Other", str(refused.exception))
            self.env.invalidate_all()
        self.assertEqual((customer.industry_id, step.state), (self.qualify, "todo"))
        own.with_context(allowed_company_ids=self.both).action_done()
        bar = self._go(customer, self.both)
        self.assertEqual(bar["value"], str(self.present.id))
        case = self.env["bpm.stage.case"]._get_cases(customer)[customer.id]
        self.assertEqual((case.company_id, self._changes(customer).company_id), (self.theirs,) * 2)

    def test_nobody_gets_what_he_cannot_see(self):
        """TN-10, HU-23: of a group whoever works in the record's company; else its owner."""
        self.manager.company_ids = [Command.link(self.theirs.id)]
        members = [Command.set((self.head | self.worker | self.seller).ids)]
        group = self.env["res.groups"].create({"name": "Lawyers", "user_ids": members})
        desk = {"assign_kind": "group", "assign_group_id": group.id}
        self._step(self.s_qualify, "Check", **desk)
        head = {"assign_kind": "user", "assign_user_id": self.head.id}
        self._step(self.s_qualify, "Visa", "approval", **head)
        self._publish()
        for name in ("First", "Second"):
            steps = self._steps(self._customer(name=name, company_id=self.theirs.id))
            people = {step.name: step.user_id for step in steps}
            self.assertEqual(people, {"Check": self.seller, "Visa": self.manager})
            self.assertIn("does not work in Other", steps[-1].why)
        ours = self._steps(self._customer(name="Ours", company_id=self.ours.id))
        self.assertEqual(ours.mapped("user_id"), self.worker | self.head)

    def test_records_of_both_companies_at_once(self):
        """EP-06, TN-30: in one list they go together, each logged for its own company."""
        self._publish()
        customers = self._customer(company_id=self.ours.id)
        customers |= self._customer(name="Theirs", company_id=self.theirs.id)
        chosen = customers.with_user(self.seller).with_context(allowed_company_ids=self.both)
        chosen.industry_id = self.present
        for customer in customers:
            self.assertEqual(self._changes(customer)[0].company_id, customer.company_id)
