from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .task_common import TaskCommon


@tagged("post_install", "-at_install")
class TestTaskAccess(TaskCommon):
    """Who sees and changes which tasks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tasks = cls.env["bpm.task"]
        cls.own = cls._task_of(cls.employee)
        cls.foreign = cls._task(
            cls._instance(cls.partner, starter=cls.other_worker),
            assignment={"kind": "user", "user": cls.other_worker.login},
        )
        cls.free = cls._task(
            cls._instance(cls.partner, starter=cls.other_worker),
            assignment={"kind": "group", "group": f"#{cls.group.id}"},
        )

    def _seen(self, user):
        everything = self.own | self.foreign | self.free
        return self.tasks.with_user(user).search([("id", "in", everything.ids)]).sudo()

    def test_employee_without_group(self):
        """HU-06: whoever has a task sees it, whatever the groups; nothing else."""
        self.assertEqual(self._seen(self.employee), self.own)
        self.own.with_user(self.employee).action_complete()
        self.assertEqual(self.own.state, "done")

    def test_member_of_a_group(self):
        """HU-06: members see free tasks of their group."""
        member = self._user("member")
        self.group.user_ids = [(4, member.id)]
        self.assertEqual(self._seen(member), self.free)

    def test_to_take_lists_what_one_may_take(self):
        """HU-06: who has a part in a process is not offered the tasks of other groups in it."""
        member = self._user("member")
        self.group.user_ids = [(4, member.id)]
        self.free.instance_id.participant_ids |= self.employee | member
        for user, offered in ((member, self.free), (self.employee, self.tasks)):
            everything = self.free | self.own | self.foreign
            domain = [("id", "in", everything.ids), ("can_claim", "=", True)]
            found = self.tasks.with_user(user).search(domain)
            self.assertEqual(found.sudo(), offered, user.name)
            visible = self.tasks.with_user(user).search([("id", "in", everything.ids)])
            self.assertEqual(visible.filtered("can_claim").sudo(), offered, user.name)

    def test_groups_see_all(self):
        """HU-06: people with process groups see all tasks of their company."""
        everything = self.own | self.foreign | self.free
        for user in (self.viewer, self.worker, self.designer, self.manager):
            self.assertEqual(self._seen(user), everything, user.name)

    def test_queries_do_not_grow_with_tasks(self):
        """HU-24, PK-01: a list of others' tasks asks as often for forty rows as for two."""
        shown = {
            name: {} for name in ("name", "can_complete", "can_claim", "outcomes", "is_overdue")
        }
        holders = [self._user(f"holder_{number}") for number in range(5)]
        tasks = self.tasks
        for number in range(40):
            tasks |= self._task_of(holders[number % 5])

        def count(chosen):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = chosen.with_user(self.viewer).web_read(shown)
            self.assertFalse(any(row["can_complete"] for row in rows))
            return self.env.cr.sql_log_count - before

        count(tasks)
        self.assertEqual(count(tasks), count(tasks[:2]))

    def test_nobody_edits(self):
        """HU-24: rows are written by the process only, not even by managers."""
        for user in (self.employee, self.viewer, self.worker, self.designer, self.manager):
            task = self.own.with_user(user)
            for change in (
                lambda t: t.write({"outcome": "approved"}),
                lambda t: t.unlink(),
                lambda t: t.copy(),
            ):
                with self.assertRaises(AccessError):
                    change(task)

    def test_system_deletes_none(self):
        """HU-24: decisions and comments stay, whatever code of the system asks for."""
        for change in (
            lambda: self.own.sudo().unlink(),
            lambda: self.own.with_context(bpm_purge=True).with_user(self.manager).unlink(),
        ):
            with self.assertRaises(UserError):
                change()
        self.assertTrue(self.own.exists())
        instance = self.own.instance_id.sudo()
        instance.with_context(bpm_purge=True).unlink()
        self.assertFalse(self.own.exists())

    def test_other_company(self):
        """HU-23: another company's people see nothing of it, managers neither."""
        company = self.env["res.company"].create({"name": "Other Ltd"})
        stranger = self._user(
            "stranger",
            "bpm_engine.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self._seen(stranger))
        with self.assertRaises(AccessError):
            self.own.with_user(stranger).action_complete()

    def test_portal(self):
        """HU-23: customers see no tasks and complete none."""
        portal = new_test_user(self.env, login="bpm_portal_user", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.tasks.with_user(portal).search([])
        with self.assertRaises(AccessError):
            self.own.with_user(portal).action_complete()
        with self.assertRaises(AccessError):
            self.own.with_user(portal).get_form()

    def test_private_methods(self):
        """HU-23: what moves tasks without asking cannot be called from outside."""
        for name in ("_complete", "_assign", "_withdraw", "_create_for", "_reschedule"):
            self.assertTrue(hasattr(self.tasks, name), name)
            self.assertTrue(name.startswith("_"))

    def test_fields_the_person_may_not_read(self):
        """HU-23: a form shows nothing of a record that its reader may not see."""
        user_task = self._task(
            self._instance(self.env.ref("base.user_root")),
            assignment={"kind": "user", "user": self.employee.login},
            fields=[{"name": "login", "required": False}],
        )
        rule = self.env["ir.rule"].create(
            {
                "name": "none",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "domain_force": [("id", "=", self.employee.id)],
            }
        )
        self.assertTrue(rule)
        form = user_task.with_user(self.employee).get_form()
        self.assertEqual(form["fields"], [])
        self.assertFalse(form["record"]["can_read"])
