from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageSteps(StageCommon):
    """TN-08, TN-10, AL-22, LV-14: what is to be done at a stage, by whom, until when."""

    def _named(self, partner, name):
        steps = self._steps(partner)
        return steps.filtered(lambda s: s.name == name and s.is_current)

    def test_order(self):
        """LV-14: a step that comes after another one starts when that is done."""
        first = self._step(self.s_qualify, "Call")
        self._step(self.s_qualify, "Letter", after_id=first.id)
        self._publish()
        customer = self._customer()
        self.assertEqual(self._named(customer, "Letter").state, "waiting")
        self.assertEqual(customer.activity_ids.mapped("summary"), ["Call"])
        customer.activity_ids.action_done()
        self.assertEqual(self._named(customer, "Letter").state, "todo")
        self.assertEqual(customer.activity_ids.mapped("summary"), ["Letter"])

    def test_condition(self):
        """LV-13: a step is made only for records that match; what follows does not wait."""
        first = self._step(self.s_qualify, "Visit", domain="[('city', '=', 'Omsk')]")
        self._step(self.s_qualify, "Letter", after_id=first.id)
        self._publish()
        away = self._customer()
        near = self._customer(name="Near", city="Omsk")
        self.assertEqual(self._steps(away).mapped("name"), ["Letter"])
        self.assertEqual(self._named(near, "Letter").state, "waiting")

    def test_people(self):
        """TN-10: each kind of assignment, with its reason."""
        leader = self._user("leader")
        self.other_seller = self._user("other_seller", "base.group_partner_manager")
        company = self.env["res.partner"].create({"name": "Agency", "user_id": leader.id})
        group = self.env["res.groups"].create(
            {"name": "Lawyers", "user_ids": [Command.set(self.head.ids)]}
        )
        self._step(self.s_qualify, "a", assign_kind="responsible")
        self._step(self.s_qualify, "b", assign_kind="role", assign_path="parent_id.user_id")
        self._step(self.s_qualify, "c", assign_kind="user", assign_user_id=self.worker.id)
        self._step(self.s_qualify, "d", assign_kind="group", assign_group_id=group.id)
        self._step(self.s_qualify, "e", assign_kind="mover")
        self._step(self.s_qualify, "f", assign_kind="leader")
        self._publish()
        partners = self.env["res.partner"].with_user(self.other_seller)
        customer = partners.create({
            "name": "Vector", "is_company": True, "industry_id": self.qualify.id,
            "user_id": self.seller.id, "parent_id": company.id,
        })  # fmt: skip
        users = [self._named(customer, name).user_id for name in "abcdef"]
        expected = [self.seller, leader, self.worker, self.head, self.other_seller, self.manager]
        self.assertEqual(users, expected)
        self.assertTrue(all(self._steps(customer).mapped("why")))
        role = [customer._fields[n]._description_string(self.env) for n in ("parent_id", "user_id")]
        self.assertEqual(self._named(customer, "b").why, " › ".join(role))
        self.assertEqual(self._named(customer, "d").group_id, group)

    def test_never_nobody(self):
        """TN-10: who has left or is away is replaced; nothing is given to nobody."""
        self._step(self.s_qualify, "Call")
        self._publish()
        self.seller.active = False
        left = self._customer(name="Left")
        self.assertEqual(self._steps(left).user_id, self.manager)
        self.assertIn("has left", self._steps(left).why)
        today = datetime.today().date()
        self.env["bpm.substitution"].create({
            "user_id": self.head.id, "substitute_id": self.worker.id,
            "date_from": today, "date_to": today,
        })  # fmt: skip
        away = self._customer(name="Away", user_id=self.head.id)
        self.assertEqual(self._steps(away).user_id, self.worker)
        self.assertIn("stands in for", self._steps(away).why)
        nobody = self._customer(name="Nobody", user_id=False)
        self.assertEqual(self._steps(nobody).user_id, self.manager)

    def test_group_is_levelled(self):
        """TN-10: a group's steps go to those with the fewest open ones."""
        members = self.seller | self.head
        group = self.env["res.groups"].create(
            {"name": "Desk", "user_ids": [Command.set(members.ids)]}
        )
        self._step(self.s_qualify, "Call", assign_kind="group", assign_group_id=group.id)
        self._publish()
        values = {"is_company": True, "industry_id": self.qualify.id}
        partners = self.env["res.partner"].create(
            [{"name": str(number), **values} for number in range(6)]
        )
        counts = [
            self.env["bpm.stage.case.step"].search_count([("user_id", "=", user.id)])
            for user in members
        ]
        self.assertEqual((len(partners), counts), (6, [3, 3]))

    def test_deadline_in_working_time(self):
        """TN-10: two working days from Friday noon end on Tuesday noon, not on Sunday."""
        self.env.company.resource_calendar_id.tz = "UTC"
        step = self._step(self.s_qualify, "Call", deadline_number=2)
        friday = datetime(2026, 11, 20, 10, 0)
        due = step._get_deadline(self.env.company, friday, self.seller)
        self.assertEqual(due.date().isoformat(), "2026-11-24")
        step.write({"deadline_unit": "hours", "deadline_number": 1})
        due = step._get_deadline(self.env.company, datetime(2026, 11, 21, 10, 0), self.seller)
        self.assertEqual(due, datetime(2026, 11, 23, 9, 0))
        step.write({"deadline_unit": "calendar", "deadline_number": 2})
        due = step._get_deadline(self.env.company, friday, self.seller)
        self.assertEqual(due, datetime(2026, 11, 22, 10, 0))

    def test_approval(self):
        """AT-09: a visa on the head; refused with a reason it blocks, until it is given."""
        self._step(
            self.s_qualify, "Visa", "approval", assign_kind="user", assign_user_id=self.head.id
        )
        self._publish()
        customer = self._customer()
        visa = self._named(customer, "Visa")
        for user in (self.seller, self.viewer):
            with self.assertRaises(AccessError):
                visa.with_user(user).action_approve()
            with self.assertRaises(AccessError):
                customer.activity_ids.with_user(user).action_feedback("me")
        with self.assertRaises(UserError):
            visa.with_user(self.head).action_refuse(" ")
        visa.with_user(self.head).action_refuse("Too small")
        self.assertFalse(customer.activity_ids)
        with self.assertRaisesRegex(StageRefused, "Too small"), self.cr.savepoint():
            customer.industry_id = self.present
        visa.with_user(self.seller).action_again()
        again = self._named(customer, "Visa")
        self.assertEqual((visa.state, again.state), ("refused", "todo"))
        customer.activity_ids.with_user(self.head).action_feedback("All right then")
        self.assertEqual((again.state, again.done_by_id), ("done", self.head))
        customer.industry_id = self.present

    def test_required_activity_is_not_dropped(self):
        """TN-30: a required step's activity cannot be cancelled or archived, an optional may."""
        self._step(self.s_qualify, "Must")
        self._step(self.s_qualify, "May", required=False)
        self._publish()
        customer = self._customer()
        must = customer.activity_ids.filtered(lambda a: a.summary == "Must")
        for drop in (must.unlink, must.action_cancel, must.sudo().unlink, must.action_archive):
            with self.assertRaisesRegex(UserError, "required step"), self.cr.savepoint():
                drop()
        (customer.activity_ids - must).with_user(self.seller).action_cancel()
        self.assertEqual(customer.activity_ids, must)

    def test_passed_on(self):
        """TN-10: who gets the activity gets the step."""
        self._step(self.s_qualify, "Call")
        self._publish()
        customer = self._customer()
        customer.activity_ids.user_id = self.worker
        self.assertEqual(self._steps(customer).user_id, self.worker)

    def test_record_is_deleted(self):
        """TN-10: with the record go its case, steps and activities; its history stays."""
        self._step(self.s_qualify, "Must")
        self._publish()
        customer = self._customer()
        step, activity, changes = self._steps(customer), customer.activity_ids, customer.id
        customer.unlink()
        self.assertFalse(step.exists() | activity.exists().bpm_case_step_id)
        self.assertFalse(activity.exists())
        count = self.env["bpm.stage.change"].search_count([("res_id", "=", changes)])
        self.assertEqual(count, 1)

    def test_server_action(self):
        """TN-08: done by itself, with the rights of the regulation's owner."""
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        self._step(self.s_present, "Mark", "action", server_action_id=self._action().id)
        self._publish()
        customer = self._customer()
        customer.with_user(self.seller).industry_id = self.present
        self.assertEqual(customer.comment, f"<p>by {self.manager.login}</p>")
        self.assertEqual(self._named(customer, "Mark").state, "done")

    def _action(self, code="record.write({'comment': 'by ' + env.user.login})"):
        return self.env["ir.actions.server"].create({
            "name": "Mark", "model_id": self.env["ir.model"]._get("res.partner").id,
            "state": "code", "code": f"for record in records:\n    {code}",
        })  # fmt: skip

    @mute_logger("odoo.addons.bpm_engine.models.bpm_stage_case_step_auto", "odoo.sql_db",
                 "odoo.addons.base.models.ir_actions")  # fmt: skip
    def test_failing_action(self):
        """TN-08: what a program cannot do is left to a person, with the reason."""
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        action = self._action("raise UserError('No paper')")
        self._step(self.s_present, "Mark", "action", server_action_id=action.id)
        self._publish()
        customer = self._customer()
        customer.industry_id = self.present
        step = self._named(customer, "Mark")
        self.assertEqual(step.state, "todo")
        self.assertIn("No paper", step.comment)
        self.assertEqual(customer.activity_ids.bpm_case_step_id, step)

    def test_anew_on_each_entry(self):
        """AT-10: a step may be demanded anew when the record comes back."""
        self._step(self.s_qualify, "Once")
        self._step(self.s_qualify, "Always", repeat=True)
        self._publish()
        customer = self._customer()
        self._steps(customer)._mark_done()
        customer.industry_id = self.present
        customer.industry_id = self.qualify
        self.assertEqual(self._named(customer, "Once").state, "done")
        self.assertEqual(self._named(customer, "Always").state, "todo")
        self.assertEqual(len(self._steps(customer)), 3)

    def test_days_in_stage(self):
        """TN-12: working days a record stood in a stage, by the company's calendar."""
        self.env.company.resource_calendar_id.tz = "UTC"
        self._publish()
        customer = self._customer()
        case = self.env["bpm.stage.case"]._get_cases(customer)[customer.id]
        spans = [(datetime(2026, 11, 20, 12), datetime(2026, 11, 24, 12))]
        days = case._get_work_days(self.env.company, spans)
        self.assertEqual(days, [2.0])

    @freeze_time("2026-11-20 10:00:00")
    def test_done_by_buttons(self):
        """AL-22: one click on the bar does a step, also with a comment."""
        self._step(self.s_qualify, "Call")
        self._publish()
        customer = self._customer()
        step = self._steps(customer)
        with self.assertRaises(AccessError):
            step.with_user(self.viewer).action_done()
        step.with_user(self.seller).action_done("Spoke to Ivan")
        self.assertEqual((step.state, step.comment), ("done", "Spoke to Ivan"))
        self.assertFalse(customer.activity_ids)

    def test_steps_follow_the_responsible(self):
        """TN-10, IM-13: a new responsible gets the open steps, not what was passed on."""
        self._step(self.s_qualify, "Call")
        self._step(self.s_qualify, "Letter")
        self._publish()
        customer = self._customer()
        letter = customer.activity_ids.filtered(lambda a: a.summary == "Letter")
        letter.user_id = self.worker
        customer.user_id = self.head
        users = {step.name: step.user_id for step in self._steps(customer)}
        self.assertEqual(users, {"Call": self.head, "Letter": self.worker})
        self.assertEqual(customer.activity_ids.user_id, self.head | self.worker)
