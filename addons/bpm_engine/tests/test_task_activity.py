from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import freeze_time, tagged

from .task_common import OUTCOMES, TaskCommon


@tagged("post_install", "-at_install")
class TestTaskActivity(TaskCommon):
    """A task's activity and the task are one, from whichever side it is touched."""

    def _activity(self, task, user=None):
        return self._activities(task).with_user(user or task.user_id)

    def test_activity_on_the_record(self):
        """HU-10: the task stands on the business record and in its holder's calendar."""
        task = self._task_of(self.worker, instruction="Look closely")
        activity = self._activities(task)
        self.assertEqual((activity.res_model, activity.res_id), ("res.partner", self.partner.id))
        self.assertEqual((activity.user_id, activity.summary), (self.worker, "Check"))
        self.assertIn("Look closely", activity.note)

    def test_activity_on_the_process(self):
        """HU-10: a process without record, or on a record without activities, carries it."""
        for record in (None, self.env.ref("base.main_company").currency_id):
            instance = self._instance(record)
            activity = self._activities(self._task(instance))
            self.assertEqual((activity.res_model, activity.res_id), ("bpm.instance", instance.id))

    def test_done_does_the_task(self):
        """HU-10: marking the activity done completes the task; feedback is its comment."""
        task = self._task_of(self.worker)
        self._activity(task).action_feedback("Called him")
        self.assertEqual((task.state, task.comment), ("done", "Called him"))
        self.assertEqual(len(self.moves), 1)
        self.assertFalse(self._activities(task).active)

    def test_done_by_the_task(self):
        """HU-10: doing the task closes the activity with a message on the record."""
        task = self._task_of(self.worker, outcomes=OUTCOMES)
        task.with_user(self.worker).action_complete("refused", "Too dear")
        self.assertFalse(self._activities(task).active)
        message = self.partner.message_ids[:1]
        self.assertIn("Refuse: Too dear", message.body)
        self.assertEqual(message.author_id, self.worker.partner_id)

    def test_done_with_several_outcomes_asks(self):
        """AT-09: "done" alone does not decide between several outcomes."""
        task = self._task_of(self.worker, outcomes=OUTCOMES)
        with self.assertRaises(RedirectWarning):
            self._activity(task).action_done()
        self.assertTrue(self._activities(task).active)
        self.assertFalse(self.moves)

    def test_done_by_a_stranger(self):
        """HU-23: who may write the customer may not do another's task for him."""
        self.viewer.group_ids = [(4, self.env.ref("base.group_partner_manager").id)]
        task = self._task_of(self.worker)
        with self.assertRaisesRegex(AccessError, "Worker has it"):
            self._activity(task, self.viewer).action_feedback("Done")

    def test_ordinary_activities_are_untouched(self):
        """HU-10: other activities are done as ever, also together with tasks."""
        task = self._task_of(self.worker)
        other = self.partner.activity_schedule("mail.mail_activity_data_todo")
        (self._activities(task) | other).action_done()
        self.assertFalse(other.active)
        self.assertEqual(task.state, "done")

    def test_cancel_is_refused(self):
        """HU-24: the activity of a task cannot be swept away; the reason is given."""
        task = self._task_of(self.worker)
        with self.assertRaisesRegex(UserError, "running process “Visa”"):
            self._activity(task).unlink()
        with self.assertRaisesRegex(UserError, "running process “Visa”"):
            self._activity(task).action_archive()

    def test_record_can_be_deleted(self):
        """HU-24: deleting the record takes the activity along."""
        partner = self.env["res.partner"].create({"name": "Short-lived"})
        task = self._task(self._instance(partner))
        partner.unlink()
        self.assertFalse(self._activities(task))
        self.assertEqual(task.record_name, "Visa: Short-lived")

    def test_reassigned_activity(self):
        """HU-20: giving the activity to another passes the task on."""
        task = self._task_of(self.worker)
        self._activity(task).user_id = self.other_worker
        self.assertEqual(task.user_id, self.other_worker)
        self.assertEqual(task.original_user_id, self.worker)
        log = self.env["bpm.log"].search([("token", "=", task.token)])
        self.assertEqual(log.event, "assigned")

    def test_rescheduled_activity(self):
        """HU-24: another day keeps the hour of the deadline; who moved it is kept."""
        with freeze_time("2026-03-05 10:00:00"):
            task = self._task_of(
                self.worker, deadline={"amount": 1, "unit": "day", "basis": "calendar"}
            )
            self._activity(task).date_deadline = "2026-03-12"
        self.assertEqual(task.deadline, fields.Datetime.to_datetime("2026-03-12 10:00:00"))
        log = self.env["bpm.log"].search([("token", "=", task.token)])
        self.assertEqual(log.user_id, self.worker)

    def test_reassigned_by_a_stranger(self):
        """HU-23: a stranger passes nothing on through the activity."""
        self.viewer.group_ids = [(4, self.env.ref("base.group_partner_manager").id)]
        task = self._task_of(self.worker)
        with self.assertRaises(AccessError):
            self._activity(task, self.viewer).user_id = self.viewer
        self.assertEqual(self._activities(task).user_id, self.worker)

    def test_systray_tasks(self):
        """HU-09, HU-10: the menu has one's open tasks, the most urgent first, in few queries."""
        tasks = self.env["bpm.task"].with_user(self.worker)
        tasks.sudo().search([("user_id", "=", self.worker.id)])._withdraw()
        none = self._task_of(self.worker)
        late = self._task_of(self.worker, outcomes=OUTCOMES)
        late.sudo().deadline = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        soon = self._task_of(self.worker)
        soon.sudo().deadline = fields.Datetime.add(fields.Datetime.now(), days=1)
        self._task_of(self.other_worker)
        found = tasks._get_systray()
        self.assertEqual(
            [row["id"] for row in found["tasks"]], [late.id, soon.id, none.id], "by deadline"
        )
        first = found["tasks"][0]
        self.assertTrue(first["is_overdue"] and first["can_complete"])
        self.assertEqual([o["key"] for o in first["outcomes"]], [o["key"] for o in late.outcomes])
        self.assertEqual(first["record"], self.partner.display_name)
        self.assertEqual((found["total"], tasks._get_systray(limit=2)["total"]), (3, 3))
        self.assertEqual(len(tasks._get_systray(limit=2)["tasks"]), 2)

    def test_systray_tasks_cost(self):
        """HU-10: every page asks for the menu's tasks: no query per task."""
        tasks = self.env["bpm.task"].with_user(self.worker)
        for _number in range(6):
            self._task_of(self.worker, outcomes=OUTCOMES)
        tasks._get_systray()
        costs = []
        for limit in (2, 6):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            tasks._get_systray(limit=limit)
            costs.append(self.cr.sql_log_count - before)
        self.assertEqual(costs[0], costs[1])

    def test_systray(self):
        """HU-06: own tasks count by their record, free ones of a group as "to take"."""
        self._task_of(self.worker)
        self._task(assignment={"kind": "group", "group": f"#{self.group.id}"})
        groups = self.env["res.users"].with_user(self.worker)._get_activity_groups()
        by_model = {group["model"]: group for group in groups}
        # Without a deadline it stands some working days ahead: planned, not due.
        self.assertEqual(by_model["res.partner"]["planned_count"], 1)
        self.assertEqual(by_model["bpm.task"]["total_count"], 1)
        others = self.env["res.users"].with_user(self.viewer)._get_activity_groups()
        self.assertNotIn("bpm.task", {group["model"] for group in others})

    def test_buttons_of_the_activity(self):
        """AT-09: the client gets the outcomes with the activity."""
        task = self._task_of(self.worker, outcomes=OUTCOMES)
        other = self.partner.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.worker.id
        )
        stored = self.partner.with_user(self.worker).activity_ids.activity_format()
        by_id = {data["id"]: data["bpm_task"] for data in stored["mail.activity"]}
        self.assertEqual(
            [o["key"] for o in by_id[self._activities(task).id]["outcomes"]],
            ["approved", "refused"],
        )
        self.assertTrue(by_id[self._activities(task).id]["can_complete"])
        self.assertFalse(by_id[other.id])
