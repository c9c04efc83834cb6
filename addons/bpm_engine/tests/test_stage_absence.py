from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bpm_engine.tests.stage_common import StageCommon


@tagged("post_install", "-at_install")
class TestStageAbsence(StageCommon):
    """TN-10, HU-23: visas of who is away do not wait for the return, and come back then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        head = {"assign_kind": "user", "assign_user_id": cls.head.id}
        cls._step(cls.s_qualify, "Visa", "approval", **head)
        cls._step(cls.s_qualify, "Call", **head)
        cls._publish()

    def _absent(self, user, substitute, **values):
        today = fields.Date.context_today(self.env["bpm.substitution"])
        return self.env["bpm.substitution"].create({
            "user_id": user.id, "substitute_id": substitute.id, "date_from": today,
            "date_to": today, **values,
        })  # fmt: skip

    def _named(self, customer):
        return {step.name: step for step in self._steps(customer)}

    def assertHas(self, user, *steps):
        for step in steps:
            self.assertEqual((step.user_id, step.activity_ids.user_id), (user, user), step.name)

    def test_what_comes_meanwhile(self):
        """TN-10: the substitute gets it and may give the visa; what is open then comes back."""
        absence = self._absent(self.head, self.worker)
        first, second = (self._named(self._customer(name=name)) for name in ("A", "B"))
        self.assertHas(self.worker, *first.values(), *second.values())
        self.assertIn("stands in for", first["Visa"].why)
        self.assertEqual((absence.open_count, absence.own_count), (4, 0))
        first["Visa"].with_user(self.worker).action_approve()
        second["Call"].activity_ids.user_id = self.seller
        absence.with_user(self.head).action_end()
        self.assertHas(self.head, first["Call"], second["Visa"])
        self.assertIn("is back", second["Visa"].why)
        self.assertEqual(first["Visa"].done_by_id, self.worker)
        self.assertHas(self.seller, second["Call"])

    def test_what_was_open_before(self):
        """TN-10: handed over by a click, with one message, and back by itself the day after."""
        self.worker.email = "worker@example.com"
        steps = self._named(self._customer()) | {"Other": self._steps(self._customer())[:1]}
        absence = self._absent(self.head, self.worker)
        self.assertHas(self.head, *steps.values())
        self.assertEqual((absence.open_count, absence.own_count), (0, 4))
        absence.with_user(self.head).action_hand_over()
        self.assertHas(self.worker, *steps.values())
        absence.invalidate_recordset()
        self.assertEqual((absence.open_count, absence.own_count), (4, 0))
        told = [("partner_ids", "in", self.worker.partner_id.ids), ("subject", "like", "Yours")]
        self.assertEqual(self.env["mail.message"].search_count(told), 1)
        yesterday = absence.date_to - timedelta(days=1)
        self.env.flush_all()
        self.cr.execute(
            "UPDATE bpm_substitution SET date_from = %(day)s, date_to = %(day)s WHERE id = %(id)s",
            {"day": yesterday, "id": absence.id},
        )
        self.env.invalidate_all()
        self.env["bpm.substitution"]._cron_give_back()
        self.assertHas(self.head, *steps.values())

    def test_substitute_of_the_substitute(self):
        """TN-10: who stands in may be away as well; two who stand in for each other stop it."""
        self._absent(self.head, self.worker)
        self._absent(self.worker, self.seller)
        self._absent(self.seller, self.head)
        self.assertHas(self.seller, *self._steps(self._customer(user_id=False)))

    def test_substitute_of_another_company(self):
        """HU-23: nobody stands in where he does not work, neither at once nor handed over."""
        theirs = self.env["res.company"].create({"name": "Other"})
        self.head.company_ids = [Command.link(theirs.id)]
        before = self._steps(self._customer(company_id=theirs.id))
        absence = self._absent(self.head, self.worker)
        after = self._steps(self._customer(name="After", company_id=theirs.id))
        absence.with_user(self.head).action_hand_over()
        self.assertHas(self.head, *before, *after)

    def test_absence_for_some_processes(self):
        """TN-10: whoever is away for one process only does his visas himself."""
        process = self.env["bpm.process"].create({"name": "Check", "key": "test_away"})
        absence = self._absent(self.head, self.worker, process_ids=process.ids)
        steps = self._steps(self._customer())
        absence.with_user(self.head).action_hand_over()
        self.assertHas(self.head, *steps)
        self.assertEqual(absence.own_count, 0)


@tagged("post_install", "-at_install")
class TestStageLeaving(StageCommon):
    """TN-10: who leaves the company leaves no step behind that nobody does."""

    def assertHas(self, user, step):
        self.assertEqual((step.user_id, step.activity_ids.user_id), (user, user), step.name)

    def _steps_of_all_kinds(self):
        group = self.env["res.groups"].create(
            {"name": "Desk", "user_ids": [Command.set([self.head.id])]}
        )
        head = {"assign_kind": "user", "assign_user_id": self.head.id}
        desk = {"assign_kind": "group", "assign_group_id": group.id}
        self._step(self.s_qualify, "Visa", "approval", **head)
        self._step(self.s_qualify, "Call", **head, required=False)
        self._step(self.s_qualify, "Desk", **desk)
        self._step(self.s_qualify, "Mine")
        self._publish()
        customer = self._customer().with_user(self.head)
        customer.activity_ids.filtered(lambda a: a.summary == "Mine").user_id = self.head
        group.user_ids = [Command.link(self.worker.id)]
        return {step.name: step for step in self._steps(customer)}

    def _check_successors(self, steps):
        for name in ("Visa", "Call"):
            self.assertHas(self.manager, steps[name])
            self.assertIn("has left", steps[name].why)
        self.assertHas(self.worker, steps["Desk"])
        self.assertHas(self.seller, steps["Mine"])
        self.assertFalse(steps["Mine"].is_passed_on)
        steps["Visa"].with_user(self.manager).action_approve()

    def test_archived_by_the_button(self):
        """TN-10, AT-09: required steps do not keep a person from being archived; all of them go
        to whoever the regulation means then, also what had been passed on."""
        steps = self._steps_of_all_kinds()
        deadline = steps["Visa"].deadline
        self.head.action_archive()
        approval = self.env.ref("bpm_engine.mail_activity_type_approval")
        self.assertEqual(steps["Visa"].activity_ids.activity_type_id, approval)
        self.assertEqual(steps["Visa"].deadline, deadline)
        self._check_successors(steps)

    def test_archived_by_a_write(self):
        """TN-10: the same from a list, an import or by another system."""
        steps = self._steps_of_all_kinds()
        self.head.active = False
        self._check_successors(steps)

    def test_deleted(self):
        """TN-10: the same of a user who is deleted, which takes his activities along."""
        self._step(self.s_qualify, "Call")
        self._publish()
        leaver = self._user("leaver", "bpm_engine.group_user,base.group_partner_manager")
        step = self._steps(self._customer(user_id=leaver.id))
        self.assertHas(leaver, step)
        leaver.unlink()
        self.assertHas(self.manager, step)

    def test_who_brought_it_there(self):
        """TN-10: what is for who brought the record there goes to its responsible."""
        self._step(self.s_present, "Bring", assign_kind="mover")
        self._publish()
        customer = self._customer()
        customer.with_user(self.head).industry_id = self.present
        step = self._steps(customer)
        self.assertHas(self.head, step)
        self.head.action_archive()
        self.assertHas(self.seller, step)
