from psycopg2.errors import CheckViolation

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStagePeople(StageCommon):
    """TN-10: whose a step is stays true when the record gets other people."""

    def test_steps_follow_role_and_leader(self):
        """TN-10, AT-09: another parent's person gets the step and the visa, with the reason."""
        agencies = self.env["res.partner"].create([
            {"name": "North", "user_id": self.head.id},
            {"name": "South", "user_id": self.worker.id},
        ])  # fmt: skip
        role = {"assign_kind": "role", "assign_path": "parent_id.user_id"}
        self._step(self.s_qualify, "Visa", "approval", **role)
        self._step(self.s_qualify, "Call", **role)
        self._publish()
        customer = self._customer(parent_id=agencies[0].id)
        visa, call = self._steps(customer).sorted("name", reverse=True)
        call.activity_ids.user_id = self.seller
        customer.with_user(self.override).parent_id = agencies[1]
        self.assertEqual(visa.user_id, self.worker)
        self.assertEqual(visa.activity_ids.user_id, self.worker)
        self.assertEqual(call.user_id, self.seller, "it was passed on")
        visa.with_user(self.worker).action_approve()

    def _agencies(self):
        """North under a holding; people's steps are found by both."""
        holding = self.env["res.partner"].create({"name": "Holding", "user_id": self.head.id})
        values = {"name": "North", "user_id": self.head.id, "parent_id": holding.id}
        return self.env["res.partner"].create({**values, "is_company": True}), holding

    def _told(self, user, text):
        return self.env["mail.message"].search([
            ("partner_ids", "in", user.partner_id.ids), ("subject", "like", text),
        ])  # fmt: skip

    def test_steps_follow_who_leads_above(self):
        """TN-10, AT-09: a new person on another record, near or far, takes its open steps over."""
        north, holding = self._agencies()
        near = {"assign_kind": "role", "assign_path": "parent_id.user_id"}
        far = {"assign_kind": "role", "assign_path": "parent_id.parent_id.user_id"}
        self._step(self.s_qualify, "Visa", "approval", **near)
        self._step(self.s_qualify, "Call", **near)
        self._step(self.s_qualify, "Board", "approval", **far)
        self._publish()
        customer = self._customer(parent_id=north.id)
        steps = {step.name: step for step in self._steps(customer)}
        steps["Call"].activity_ids.user_id = self.seller
        north.with_user(self.override).user_id = self.worker
        self.assertEqual(
            {name: step.user_id for name, step in steps.items()},
            {"Visa": self.worker, "Call": self.seller, "Board": self.head},
        )
        self.assertEqual(steps["Visa"].activity_ids.user_id, self.worker)
        steps["Visa"].with_user(self.worker).action_approve()
        holding.with_user(self.override).user_id = self.worker
        self.assertEqual(steps["Board"].user_id, self.worker)
        holding.user_id = self.head
        self.assertEqual(steps["Visa"].user_id, self.worker, "it is done")

    def test_who_takes_over_many_is_told_once(self):
        """TN-10, TN-30: all open steps go over by a few statements, with one message."""
        role = {"assign_kind": "role", "assign_path": "parent_id.user_id"}
        self._step(self.s_qualify, "Visa", "approval", **role)
        self._publish()
        self.worker.email = "worker@example.com"

        def count(number):
            north, _holding = self._agencies()
            steps = self.env["bpm.stage.case.step"]
            for index in range(number):
                steps |= self._steps(self._customer(name=f"{index}", parent_id=north.id))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            north.user_id = self.worker
            self.env.flush_all()
            asked = self.cr.sql_log_count - before
            self.assertEqual(steps.user_id, self.worker)
            self.assertEqual(steps.activity_ids.user_id, self.worker)
            return asked

        count(2)
        told = len(self._told(self.worker, "Yours from now on"))
        few, many = count(4), count(12)
        self.assertEqual(len(self._told(self.worker, "Yours from now on")), told + 2)
        self.assertLessEqual(many, few + 4, f"{few} queries for 4, {many} for 12")

    def test_asked_again_it_follows(self):
        """TN-10: a new round is nobody's by having been passed on."""
        self._step(self.s_qualify, "Visa", "approval")
        self._publish()
        customer = self._customer()
        visa = self._steps(customer)
        customer.activity_ids.with_user(self.seller).user_id = self.head
        visa.with_user(self.head).action_refuse("Too small")
        visa.with_user(self.seller).action_again()
        again = self._steps(customer) - visa
        self.assertEqual((again.user_id, again.is_passed_on), (self.seller, False))
        customer.user_id = self.worker
        self.assertEqual(again.user_id, self.worker)

    def _group(self, number):
        users = self.env["res.users"].create(
            [{"name": f"{i} of {number}", "login": f"{i}_of_{number}"} for i in range(number)]
        )
        return self.env["res.groups"].create(
            {"name": f"Desk of {number}", "user_ids": [Command.set(users.ids)]}
        )

    def test_group_is_asked_once(self):
        """TN-30: a large group costs no more questions than a small one."""
        self._publish()
        customer = self._customer()
        step = self.s_qualify.step_ids.new({"assign_kind": "group"})

        def count(number):
            step.assign_group_id = self._group(number)
            step.assign_group_id.all_user_ids.mapped("share")
            self.env.flush_all()
            before = self.cr.sql_log_count
            step._get_people_group(customer)
            return self.cr.sql_log_count - before

        count(2)
        few, many = count(3), count(30)
        self.assertLessEqual(many, few, f"{few} queries for 3, {many} for 30")

    def test_late_steps_are_told_at_once(self):
        """TN-30: leaders of many late steps are found as for few."""
        self._step(self.s_qualify, "Call", tell_late=True, deadline_number=0)
        self._publish()

        def count(number):
            steps = self.env["bpm.stage.case.step"]
            for index in range(number):
                steps |= self._steps(self._customer(name=f"{index}"))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(set(steps._get_leaders().values()), {self.manager})
            return self.cr.sql_log_count - before

        count(2)
        few, many = count(3), count(9)
        self.assertLessEqual(many, few + 1, f"{few} queries for 3, {many} for 9")

    def test_nobody_is_told_of_deleted_records(self):
        """TN-30: steps of records that went past the program make no empty message."""
        self._step(self.s_qualify, "Call")
        self._publish()
        customer = self._customer()
        step = self._steps(customer)
        self.env.flush_all()
        step.case_id.sudo().res_id = 2**30
        messages = self.env["mail.message"].search_count([])
        step._tell(self.seller, lambda env, names: f"Overdue: {names}")
        self.assertEqual(self.env["mail.message"].search_count([]), messages)

    def test_time_is_not_negative(self):
        """TN-10: nothing is due before it began."""
        step = self._step(self.s_qualify, "Call")
        for part, name in ((step, "deadline_number"), (step, "remind_hours"),
                           (self.s_qualify, "norm_days")):  # fmt: skip
            with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
                with self.cr.savepoint():
                    part[name] = -1
                    part.flush_recordset()
            part.invalidate_recordset()

    def test_names_of_cases(self):
        """HU-23: a case tells its record's name to whoever may read that, to others not."""
        self._step(self.s_qualify, "Call")
        self._publish()
        case = self._steps(self._customer()).case_id.with_user(self.seller)
        self.assertEqual(case.display_name, "Vector")
        self.env["ir.rule"].create({
            "name": "Not this one", "model_id": self.env["ir.model"]._get("res.partner").id,
            "domain_force": "[('name', '!=', 'Vector')]",
            "groups": [Command.link(self.env.ref("base.group_user").id)],
        })  # fmt: skip
        self.env.invalidate_all()
        self.assertNotIn("Vector", case.display_name)
        self.assertEqual(case.sudo().display_name, "Vector")
