from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .task_common import TaskCommon


@tagged("post_install", "-at_install")
class TestSubstitution(TaskCommon):
    """Tasks of people who are away."""

    def test_task_goes_to_the_substitute(self):
        """HU-23: during an absence tasks go to the substitute, and it is said why."""
        absence = self._absent(self.worker, self.other_worker)
        with freeze_time("2026-03-05 10:00:00"):
            task = self._task_of(self.worker)
        self.assertEqual(task.user_id, self.other_worker)
        self.assertEqual(task.original_user_id, self.worker)
        self.assertEqual(task.substitution_id, absence)
        self.assertIn("Worker is away", task.why)

    def test_before_and_after(self):
        """HU-23: only from the first to the last day."""
        self._absent(self.worker, self.other_worker)
        for moment in ("2026-02-28 10:00:00", "2026-03-11 10:00:00"):
            with freeze_time(moment):
                self.assertEqual(self._task_of(self.worker).user_id, self.worker)

    def test_chain(self):
        """HU-23: the substitute is away too: his substitute."""
        self._absent(self.worker, self.other_worker)
        self._absent(self.other_worker, self.designer)
        with freeze_time("2026-03-05 10:00:00"):
            self.assertEqual(self._task_of(self.worker).user_id, self.designer)

    def test_substitute_of_another_company(self):
        """HU-23: nobody stands in who could not see the tasks; nor makes himself do so."""
        company = self.env["res.company"].create({"name": "Other Ltd"})
        stranger = self._user(
            "stranger",
            "bpm_engine.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        with self.assertRaisesRegex(ValidationError, "works in no company"), self.cr.savepoint():
            self._absent(self.worker, stranger)
        values = {"date_from": "2026-03-01", "date_to": "2026-03-10"}
        values |= {"user_id": self.worker.id, "substitute_id": stranger.id}
        with self.assertRaises(UserError), self.cr.savepoint():
            self.env["bpm.substitution"].with_user(stranger).create(values)
        absence = self._absent(self.worker, self.other_worker)
        self.assertFalse(self.env["bpm.substitution"].with_user(stranger).search([]))
        self.other_worker.write({"company_id": company.id, "company_ids": [(6, 0, company.ids)]})
        with freeze_time("2026-03-05 10:00:00"):
            task = self._task_of(self.worker)
            self.assertEqual(task.user_id, self.worker)
            absence.with_user(self.worker).action_hand_over()
            self.assertEqual(task.user_id, self.worker)

    def test_circle(self):
        """HU-23: two who stand in for each other are both away: the owner."""
        self._absent(self.worker, self.other_worker)
        self._absent(self.other_worker, self.worker)
        with freeze_time("2026-03-05 10:00:00"):
            self.assertEqual(self._task_of(self.worker).user_id, self.manager)

    def test_for_some_processes(self):
        """HU-23: a substitute for another process only gets nothing of this one."""
        other = self.env["bpm.process"].create({"name": "Other", "key": "other_test"})
        self._absent(self.worker, self.other_worker, process_ids=[(6, 0, other.ids)])
        with freeze_time("2026-03-05 10:00:00"):
            self.assertEqual(self._task_of(self.worker).user_id, self.worker)

    def test_leave_in_the_calendar(self):
        """HU-23: a leave of days, wherever it was entered, counts; an hour does not."""
        resource = self.env["resource.resource"].create(
            {"name": "Worker", "user_id": self.worker.id}
        )
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Dentist",
                "resource_id": resource.id,
                "calendar_id": resource.calendar_id.id,
                "date_from": "2026-03-05 09:00:00",
                "date_to": "2026-03-05 11:00:00",
            }
        )
        with freeze_time("2026-03-05 10:00:00"):
            self.assertEqual(self._task_of(self.worker).user_id, self.worker)
            leave.date_to = "2026-03-12 11:00:00"
            task = self._task_of(self.worker)
        self.assertEqual(task.user_id, self.manager)
        self.assertIn("on leave", task.why)

    def test_substitute_may_do_what_was_open(self):
        """HU-23: the substitute sees and may do what the absent person still has."""
        task = self._task_of(self.worker)
        with freeze_time("2026-03-05 10:00:00"):
            with self.assertRaises(AccessError):
                task.with_user(self.employee).read(["name"])
            self._absent(self.worker, self.employee)
            self.env.invalidate_all()
            self.assertTrue(task.with_user(self.employee).can_complete)
            task.with_user(self.employee).action_complete()
        self.assertEqual(task.done_by_id, self.employee)

    def test_back(self):
        """HU-23: what is still open on return comes back; what is done stays done."""
        self._absent(self.worker, self.other_worker)
        with freeze_time("2026-03-05 10:00:00"):
            task, done = self._task_of(self.worker), self._task_of(self.worker)
            done.with_user(self.other_worker).action_complete()
        with freeze_time("2026-03-11 06:00:00"):
            self.env["bpm.substitution"]._cron_give_back()
        self.assertEqual(task.user_id, self.worker)
        self.assertFalse(task.substitution_id)
        self.assertEqual(self._activities(task).user_id, self.worker)
        self.assertEqual(done.user_id, self.other_worker)

    def test_passed_on_stays(self):
        """HU-23: what the substitute passed on to a third person is not taken from him."""
        self._absent(self.worker, self.other_worker)
        with freeze_time("2026-03-05 10:00:00"):
            task = self._task_of(self.worker)
            task.with_user(self.other_worker).action_delegate(self.designer.id)
        with freeze_time("2026-03-11 06:00:00"):
            self.env["bpm.substitution"]._cron_give_back()
        self.assertEqual(task.user_id, self.designer)

    def test_hand_over_and_back_early(self):
        """HU-23: open tasks can be handed over too, and come back when one is back early."""
        task = self._task_of(self.worker)
        with freeze_time("2026-03-05 10:00:00"):
            absence = self._absent(self.worker, self.other_worker).with_user(self.worker)
            self.assertEqual(absence.own_count, 1)
            absence.action_hand_over()
            self.assertEqual(task.user_id, self.other_worker)
            absence.action_end()
        self.assertEqual(task.user_id, self.worker)

    def test_only_ones_own_absence(self):
        """HU-23: nobody makes himself the substitute of his chief."""
        with self.assertRaisesRegex(AccessError, "own absence"):
            self.env["bpm.substitution"].with_user(self.worker).create(
                {
                    "user_id": self.manager.id,
                    "substitute_id": self.worker.id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-10",
                }
            )
        absence = self._absent(self.manager, self.worker)
        with self.assertRaises(AccessError):
            absence.with_user(self.worker).date_to = "2026-12-31"
        own = self.env["bpm.substitution"].with_user(self.employee)
        self.assertTrue(own.create({"substitute_id": self.worker.id, "date_to": "2099-01-01"}))
