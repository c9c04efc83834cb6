from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.bpm_engine.tests.stage_common import StageCommon

#: What a client may put into the context by XML-RPC or JSON; none of it may lift a check.
FORGED = {
    "bpm_step_checked": True,
    "bpm_task_sync": True,
    "bpm_regulation_edit": True,
    "bpm_stage_bypass": "let me",
    "bpm_stage_creating": True,
    "default_is_current": False,
    "default_required": False,
    "default_state": "done",
    "default_active": False,
    "active_test": False,
}


@tagged("post_install", "-at_install")
class TestStageForged(StageCommon):
    """AT-09, TN-30, EP-06: nobody takes a visa or drops a step by Odoo's own activities,
    nor by what a client says in its context."""

    def _named(self, partner, name):
        return self._steps(partner).filtered(lambda s: s.name == name and s.is_current)

    def _visa(self):
        self._step(
            self.s_qualify, "Visa", "approval", assign_kind="user", assign_user_id=self.head.id
        )
        self._publish()
        customer = self._customer()
        return customer, self._named(customer, "Visa"), customer.activity_ids

    def _rpc(self, records, user, method, *args, **context):
        """As the web client and other systems call it."""
        call = {"context": context} if context else {}
        return call_kw(self.env[records._name].with_user(user), method, [records.ids, *args], call)

    # ------------------------------------------------------------ a visa that is not one's own

    def test_visa_is_not_taken(self):
        """AT-09: who waits for a visa cannot make it his own, nor a friend's."""
        customer, visa, activity = self._visa()
        for person in (self.seller, self.override):
            for context in ({}, FORGED):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    self._rpc(activity, self.seller, "write", {"user_id": person.id}, **context)
        self.assertEqual((visa.user_id, visa.is_passed_on), (self.head, False))
        self.assertEqual(activity.user_id, self.head)
        with self.assertRaises(AccessError):
            visa.with_user(self.seller).action_approve()
        with self.assertRaises(StageRefused), self.cr.savepoint():
            customer.with_user(self.seller).industry_id = self.present

    def test_visa_is_passed_on_by_its_holder(self):
        """AT-09, TN-10: the head may pass the visa on; who has it then gives it."""
        _customer, visa, activity = self._visa()
        self._rpc(activity, self.head, "write", {"user_id": self.manager.id})
        self.assertEqual((visa.user_id, visa.is_passed_on), (self.manager, True))
        with self.assertRaises(AccessError), self.cr.savepoint():
            visa.with_user(self.seller).action_approve()
        visa.with_user(self.manager).action_approve()
        self.assertEqual((visa.state, visa.done_by_id), ("done", self.manager))

    def test_visa_of_nobody(self):
        """TN-30: a required step's activity stays somebody's, so that it is in a schedule."""
        self._step(self.s_qualify, "Call")
        customer, visa, _activity = self._visa()
        activities = customer.activity_ids
        call = activities.filtered(lambda a: a.summary == "Call")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._rpc(activities - call, self.seller, "write", {"user_id": False})
        with self.assertRaisesRegex(UserError, "needs somebody"), self.cr.savepoint():
            self._rpc(call, self.seller, "write", {"user_id": False})
        self.assertEqual((visa.user_id, call.user_id), (self.head, self.seller))

    # ------------------------------------------------------------ what a client says

    def test_forged_context_gives_no_visa(self):
        """AT-09: no key of the context makes a salesperson an approver."""
        customer, visa, activity = self._visa()
        for method in ("action_feedback", "action_done"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._rpc(activity, self.seller, method, **FORGED)
        self.assertEqual(visa.state, "todo")
        self.assertEqual(customer.activity_ids, activity)

    def test_forged_context_drops_no_step(self):
        """TN-30: no key of the context takes a required step out of the schedule."""
        self._step(self.s_qualify, "Must")
        self._publish()
        customer = self._customer()
        must = customer.activity_ids
        for method, args in (
            ("unlink", ()),
            ("action_cancel", ()),
            ("action_archive", ()),
            ("write", ({"active": False},)),
            ("write", ({"bpm_case_step_id": False},)),
        ):
            for context in ({}, FORGED):
                with self.assertRaises(UserError), self.cr.savepoint():
                    self._rpc(must, self.seller, method, *args, **context)
        self.assertTrue(must.exists().active)
        self.assertEqual(must.bpm_case_step_id, self._steps(customer))

    def test_own_activity_is_no_step(self):
        """AT-09, TN-30: nobody ties an activity of his own to a step, to do it by that."""
        customer, visa, _activity = self._visa()
        values = {
            "res_model_id": self.env["ir.model"]._get_id("res.partner"), "res_id": customer.id,
            "user_id": self.seller.id, "summary": "Mine",
        }  # fmt: skip
        activities = self.env["mail.activity"].with_user(self.seller)
        with self.assertRaises(UserError), self.cr.savepoint():
            call_kw(activities, "create", [{**values, "bpm_case_step_id": visa.id}], {})
        context = {**FORGED, "default_bpm_case_step_id": visa.id}
        with self.assertRaises(UserError), self.cr.savepoint():
            call_kw(activities, "create", [values], {"context": context})
        with self.assertRaises(UserError), self.cr.savepoint():
            self._rpc(customer, self.seller, "activity_schedule",
                      default_bpm_case_step_id=visa.id)  # fmt: skip
        own = activities.create(values)
        with self.assertRaises(UserError), self.cr.savepoint():
            own.bpm_case_step_id = visa.id
        self.assertEqual((visa.state, visa.user_id), ("todo", self.head))

    def test_forged_defaults_hide_no_step(self):
        """EP-06, TN-30: steps begin as the regulation says, whatever defaults a client gives."""
        self._step(self.s_present, "Meeting")
        self._publish()
        customer = self._customer()
        self._rpc(customer, self.seller, "write", {"industry_id": self.present.id}, **FORGED)
        step = self._steps(customer)
        self.assertEqual((step.state, step.is_current, step.required), ("todo", True, True))
        self.assertTrue(step.activity_ids.active)
        with self.assertRaisesRegex(StageRefused, "Meeting"), self.cr.savepoint():
            customer.industry_id = self.propose

    def test_forged_defaults_of_the_next_step(self):
        """TN-30: what starts after a step starts as the regulation says as well."""
        first = self._step(self.s_qualify, "Call")
        self._step(self.s_qualify, "Letter", after_id=first.id)
        self._publish()
        customer = self._customer()
        self._rpc(self._named(customer, "Call"), self.seller, "action_done", **FORGED)
        letter = self._named(customer, "Letter")
        self.assertEqual((letter.state, letter.activity_ids.active), ("todo", True))

    def test_archived_lines_prove_nothing(self):
        """EP-06: whether a client sees archived records changes no fact."""
        self._fact(self.s_qualify, "Contact", "related", field="category_id")
        self._publish()
        gone = self.env["res.partner.category"].create({"name": "Gone", "active": False})
        customer = self._customer(category_id=[Command.link(gone.id)])
        for context in ({}, {"active_test": False}):
            self.env.invalidate_all()
            with self.assertRaisesRegex(StageRefused, "Contact"), self.cr.savepoint():
                self._rpc(
                    customer, self.seller, "write", {"industry_id": self.present.id}, **context
                )

    # ------------------------------------------------------------ in somebody else's name

    def test_override_in_the_owners_name(self):
        """EP-06: what a step does by itself is overridden by nobody's context but its owner's
        own, and takes none of the words said of the move that began it."""
        self.manager.group_ids += self.env.ref("bpm_engine.group_override")
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        action = self.env["ir.actions.server"].create({
            "name": "On", "model_id": self.env["ir.model"]._get("res.partner").id,
            "state": "code", "code": f"record.write({{'industry_id': {self.propose.id}}})",
        })  # fmt: skip
        self._step(self.s_present, "On", "action", server_action_id=action.id, required=False)
        self._fact(self.s_present, "Site known", field="website")
        self._publish()
        customer = self._customer()
        said = {"bpm_stage_override": "I say so", "bpm_stage_comment": "Mine", "import_file": True}
        with mute_logger("odoo.addons.bpm_engine.models.bpm_stage_case_step_auto",
                         "odoo.addons.base.models.ir_actions"):  # fmt: skip
            self._rpc(customer, self.seller, "write", {"industry_id": self.present.id}, **said)
        self.assertEqual(customer.industry_id, self.present)
        step = self._named(customer, "On")
        self.assertEqual((step.state, step.user_id), ("todo", self.seller))
        self.assertIn("Site known", step.comment)
        self.assertNotIn("override", self._changes(customer).mapped("kind"))
        other = self._customer(name="Other", website="a.example")
        self._rpc(other, self.seller, "write", {"industry_id": self.present.id}, **said)
        told = [(change.to_name, change.comment) for change in self._changes(other)]
        self.assertEqual(told[:2], [("Proposal", False), ("Presentation", "Mine")])

    def test_override_in_the_name_of_a_process(self):
        """EP-06: what a process does for its owner is not overridden by who does its task."""
        self._fact(self.s_qualify, "Phone known", field="phone")
        self._publish()
        customer = self._customer()
        self.override.group_ids += self.env.ref("base.group_partner_manager")
        model = self.env["ir.model"]._get("res.partner")
        action = self.env["bpm.action"].create({
            "name": "On", "key": "test_forged_on", "kind": "set", "model_id": model.id,
            "value_ids": [Command.create({
                "field_id": self._field("industry_id").id, "value": str(self.present.id),
            })],
        })  # fmt: skip
        forged = action.with_user(self.seller).with_context(bpm_stage_override="I say so")
        with self.assertRaisesRegex(StageRefused, "Phone known"), self.cr.savepoint():
            forged.sudo()._run_on(customer, self.override)
        customer.phone = "1"
        forged.sudo()._run_on(customer, self.override)
        self.assertEqual(customer.industry_id, self.present)

    def test_creator_follows_his_record(self):
        """EP-06: a context that says a step is creating takes nobody's subscription away."""
        self._step(self.s_qualify, "Call")
        self._publish()
        partners = self.env["res.partner"].with_user(self.seller)
        values = {"name": "Own", "is_company": True, "industry_id": self.qualify.id}
        made = partners.with_context(bpm_stage_creating=True).create(values)
        made.with_context(bpm_stage_creating=True).message_subscribe(self.seller.partner_id.ids)
        self.assertIn(self.seller.partner_id, made.message_partner_ids)
