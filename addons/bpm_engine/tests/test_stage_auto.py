"""Steps that a program does, and conditions that follow the record."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.bpm_engine.tests.stage_common import StageCommon

AUTO = "odoo.addons.bpm_engine.models.bpm_stage_case_step_auto"
ONE_TASK = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t" id="d">
  <process id="check" isExecutable="true">
    <startEvent id="S"/>
    <userTask id="Look" name="Look at it"/>
    <endEvent id="E" name="Looked"/>
    <sequenceFlow id="f1" sourceRef="S" targetRef="Look"/>
    <sequenceFlow id="f2" sourceRef="Look" targetRef="E"/>
  </process>
</definitions>"""


@tagged("post_install", "-at_install")
class TestStageAuto(StageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids += cls.env.ref("base.group_partner_manager")

    def _named(self, partner, name):
        steps = self._steps(partner)
        return steps.filtered(lambda s: s.name == name and s.is_current)

    def _maker(self, **values):
        """An action of the whitelist that makes a contact of the customer."""
        action = self.env["bpm.action"].create({
            "name": "Make a contact", "key": "test_make_contact", "kind": "record",
            "target_model_id": self.env["ir.model"]._get("res.partner").id,
            "model_id": self.env["ir.model"]._get("res.partner").id, **values,
        })  # fmt: skip
        for name, value in (("name", "Accountant"), ("parent_id", "=record.id"),
                            ("city", "=record.city")):  # fmt: skip
            action.value_ids = [Command.create({"field_id": self._field(name).id, "value": value})]
        return action

    # ------------------------------------------------------------ records

    def test_record_by_the_whitelist(self):
        """LV-11: entering the stage makes the record, with the owner's rights; the bar shows it."""
        self._step(self.s_present, "Contact", "record", target_action_id=self._maker().id)
        self._publish()
        customer = self._customer(city="Omsk")
        customer.with_user(self.seller).industry_id = self.present
        self.assertEqual(customer.child_ids.mapped("name"), ["Accountant"])
        self.assertEqual(customer.child_ids.city, "Omsk")
        self.assertEqual(customer.child_ids.create_uid, self.manager)
        step = self._named(customer, "Contact")
        self.assertEqual(step.state, "done")
        bar = self.env["bpm.stage.case"].with_user(self.seller).get_bar("res.partner", customer.id)
        child = customer.child_ids
        self.assertEqual(bar["steps"][0]["created"], ["res.partner", child.id, child.display_name])
        customer.industry_id = self.qualify
        customer.industry_id = self.present
        self.assertEqual(len(customer.child_ids), 1)

    def test_record_by_a_server_action(self):
        """LV-11: what the server action opens afterwards is what it made; many at once."""
        server = self.env["ir.actions.server"].create({
            "name": "Make", "model_id": self.env["ir.model"]._get("res.partner").id,
            "state": "code", "code": "made = env['res.partner'].create({'name': 'Child', "
            "'parent_id': record.id})\naction = {'type': 'ir.actions.act_window', "
            "'res_model': 'res.partner', 'res_id': made.id}",
        })  # fmt: skip
        self._step(self.s_present, "Child", "record", server_action_id=server.id)
        self._publish()
        customers = self._customer() | self._customer(name="Second")
        customers.industry_id = self.present
        for customer in customers:
            step = self._named(customer, "Child")
            self.assertEqual((step.state, step.created_id), ("done", customer.child_ids.id))

    @mute_logger(AUTO, "odoo.sql_db")
    def test_record_that_cannot_be_made(self):
        """LV-11: the action is of another kind of record: a person gets it, with the reason."""
        users = self.env["ir.model"]._get("res.users").id
        self._step(
            self.s_present, "Contact", "record", target_action_id=self._maker(model_id=users).id
        )
        self._publish()
        customer = self._customer()
        customer.with_user(self.seller).industry_id = self.present
        step = self._named(customer, "Contact")
        self.assertEqual((step.state, step.user_id), ("todo", self.seller))
        self.assertIn("Make a contact", step.comment)
        with self.assertRaisesRegex(StageRefused, "Contact"), self.cr.savepoint():
            customer.industry_id = self.propose
        step.with_user(self.seller).action_done("By hand")
        customer.industry_id = self.propose

    # ------------------------------------------------------------ processes

    def _process(self):
        process = self.env["bpm.process"].create({
            "name": "Check", "key": "test_check", "owner_id": self.manager.id,
            "model_id": self.env["ir.model"]._get("res.partner").id,
            "version_ids": [Command.create({"bpmn_xml": ONE_TASK})],
        })  # fmt: skip
        process.draft_version_id._publish()
        return process

    def test_process(self):
        """TN-08, EP-06: a process is started on entry; the stage is left when it has ended."""
        self._step(self.s_present, "Check", "process", process_id=self._process().id)
        self._publish()
        customer = self._customer()
        customer.with_user(self.seller).industry_id = self.present
        step = self._named(customer, "Check")
        instance = step.instance_id
        self.assertEqual((step.state, instance.state), ("todo", "running"))
        self.assertEqual((instance.res_id, instance.starter_id), (customer.id, self.seller))
        with self.assertRaisesRegex(StageRefused, "Check"), self.cr.savepoint():
            customer.with_user(self.seller).industry_id = self.propose
        with self.assertRaises(UserError), self.cr.savepoint():
            step.with_user(self.seller).action_done()
        instance.task_ids.with_user(instance.task_ids.user_id).action_complete(None)
        self.assertEqual((instance.state, step.state), ("done", "done"))
        customer.with_user(self.seller).industry_id = self.propose

    def test_process_cancelled(self):
        """TN-08: cancelled, the step is refused and can be started again."""
        self._step(self.s_present, "Check", "process", process_id=self._process().id)
        self._publish()
        customer = self._customer()
        customer.with_user(self.seller).industry_id = self.present
        step = self._named(customer, "Check")
        step.instance_id.with_user(self.manager).action_cancel("No need")
        self.assertEqual(step.state, "refused")
        step.with_user(self.seller).action_again()
        again = self._named(customer, "Check")
        self.assertEqual((again.state, again.instance_id.state), ("todo", "running"))
        self.assertNotEqual(again.instance_id, step.instance_id)

    @mute_logger(AUTO)
    def test_process_that_could_not_start(self):
        """TN-08: the bar says why and starts it again; nobody does it by an activity."""
        process = self._process()
        self._step(self.s_present, "Check", "process", process_id=process.id)
        self._publish()
        customer = self._customer()
        process.active = False
        customer.with_user(self.seller).industry_id = self.present
        step = self._named(customer, "Check")
        self.assertEqual((step.state, step.instance_id.id), ("refused", False))
        self.assertIn("Did not work", step.comment)
        self.assertFalse(customer.activity_ids)
        told = self.env["mail.message"].search(
            [("model", "=", "res.partner"), ("res_id", "=", customer.id),
             ("subject", "ilike", "Could not be started: Check")]
        )  # fmt: skip
        self.assertEqual(told.notified_partner_ids, self.seller.partner_id)
        with self.assertRaisesRegex(StageRefused, "Did not work"), self.cr.savepoint():
            customer.with_user(self.seller).industry_id = self.propose
        step.with_user(self.seller).action_again()
        self.assertEqual(self._named(customer, "Check").state, "refused")
        process.active = True
        self._named(customer, "Check").with_user(self.seller).action_again()
        again = self._named(customer, "Check")
        self.assertEqual((again.state, again.instance_id.state), ("todo", "running"))

    # ------------------------------------------------------------ conditions

    def test_condition_of_a_later_step(self):
        """AT-09: whether a step after another is meant shows when that one is done."""
        analyse = self._step(self.s_qualify, "Analyse")
        visa = self._step(
            self.s_qualify, "Visa", after_id=analyse.id, domain="[('city', '=', 'Omsk')]"
        )
        self._step(self.s_qualify, "Plan", after_id=visa.id)
        self._publish()
        near, away = self._customer(), self._customer(name="Away")
        self.assertEqual(self._named(near, "Visa").state, "waiting")
        near.city = "Omsk"
        for customer in (near, away):
            self._named(customer, "Analyse").with_user(self.seller).action_done()
        self.assertEqual(self._named(near, "Visa").state, "todo")
        self.assertEqual(self._named(near, "Plan").state, "waiting")
        self.assertEqual(self._named(away, "Visa").state, "withdrawn")
        self.assertEqual(self._named(away, "Plan").state, "todo")

    def test_steps_follow_the_deciding_field(self):
        """LV-13: a change of the deciding field withdraws steps and brings others at once."""
        self._step(self.s_qualify, "Visit", domain="[('city', '=', 'Omsk')]")
        self._step(self.s_qualify, "Letter", domain="[('city', '!=', 'Omsk')]")
        self._step(self.s_qualify, "Call")
        self._publish()
        customer = self._customer()
        self.assertEqual(customer.activity_ids.mapped("summary"), ["Letter", "Call"])
        self._named(customer, "Call").with_user(self.seller).action_done()
        customer.with_user(self.seller).city = "Omsk"
        self.assertEqual(customer.activity_ids.mapped("summary"), ["Visit"])
        self.assertEqual(self._named(customer, "Letter").state, "withdrawn")
        self.assertEqual(self._named(customer, "Call").state, "done")
        customer.with_user(self.seller).city = "Tomsk"
        self.assertEqual(customer.activity_ids.mapped("summary"), ["Letter"])
        customer.with_user(self.seller).city = "Tomsk"
        self.assertEqual(len(self._steps(customer)), 4)

    def test_done_steps_stay_done(self):
        """LV-13: what was done under a condition is not asked again when it holds anew."""
        self._step(self.s_qualify, "Visit", domain="[('city', '=', 'Omsk')]", repeat=True)
        self._publish()
        customer = self._customer(city="Omsk")
        self._named(customer, "Visit").with_user(self.seller).action_done()
        customer.city = "Tomsk"
        customer.city = "Omsk"
        self.assertEqual(self._steps(customer).mapped("state"), ["done"])

    # ------------------------------------------------------------ going over to another way

    def test_no_escape_to_another_regulation(self):
        """LV-10: who goes on to the following regulation has come to the end of the former."""
        partners = type(self.env["res.partner"])
        self.startPatcher(
            patch.object(partners, "_get_stage_way_fields", lambda _self: frozenset({"ref"}))
        )
        stages = self.env["res.partner.industry"].create([{"name": "Start"}, {"name": "End"}])
        other = self._regulation("After sale", domain="[('ref', '=', 'outside')]")
        version = other.action_new_draft()
        self._stage(stages[0], version)
        self._stage(stages[1], version)
        self._publish(version)
        self._fact(self.s_qualify, "Phone known", field="phone")
        self._step(self.s_present, "Show")
        self._publish()
        customer = self._customer()
        over = {"ref": "outside", "industry_id": stages[0].id}
        for values in (over, {"ref": "outside"}):
            with self.assertRaises(StageRefused) as refused, self.cr.savepoint():
                customer.with_user(self.seller).write(values)
            self.assertIn("Phone known", str(refused.exception))
            self.assertIn("“Show” belongs to the stage", str(refused.exception))
        customer.with_user(self.seller).is_company = False
        self.assertFalse(self._steps(customer), "another choice is free")
        customer.write({"is_company": True, "phone": "+7 495 1"})
        customer.with_user(self.seller).industry_id = self.present
        self._named(customer, "Show").with_user(self.seller).action_done()
        customer.with_user(self.seller).write(over)
        case = self.env["bpm.stage.case"]._get_cases(customer)[customer.id]
        self.assertEqual((case.regulation_id, case.value), (other, str(stages[0].id)))
        early = self._customer(name="Early").with_user(self.override)
        early.with_context(bpm_stage_override="An old friend").write(over)
        change = self._changes(early).filtered(lambda c: c.kind == "override")
        self.assertEqual((change.reason, change.to_name), ("An old friend", "Won"))
        self.assertIn("Phone known", change.missing_names)
