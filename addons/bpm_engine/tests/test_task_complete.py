from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from .task_common import OUTCOMES, TaskCommon


@tagged("post_install", "-at_install")
class TestTaskComplete(TaskCommon):
    """Doing, taking and passing on tasks, and what is refused."""

    def _group_task(self, **settings):
        return self._task(assignment={"kind": "group", "group": f"#{self.group.id}"}, **settings)

    def test_single_outcome(self):
        """HU-05: a task with one way to end is done without choosing."""
        task = self._task_of(self.worker)
        task.with_user(self.worker).action_complete(comment="All fine")
        self.assertEqual(task.state, "done")
        self.assertEqual(task.done_by_id, self.worker)
        self.assertEqual(task.comment, "All fine")
        self.assertEqual(self.moves, [(task.token, "done", "All fine")])

    def test_chosen_outcome(self):
        """AT-09: the outcome's key goes to the engine, its label stays on the task."""
        task = self._task_of(self.worker, outcomes=OUTCOMES)
        task.with_user(self.worker).action_complete("approved")
        self.assertEqual(task.outcome_label, "Approve")
        self.assertEqual(self.moves, [(task.token, "approved", None)])

    def test_outcome_must_be_chosen(self):
        """AT-09: of several outcomes one has to be chosen; the way to do so is offered."""
        task = self._task_of(self.worker, outcomes=OUTCOMES)
        with self.assertRaises(RedirectWarning) as caught:
            task.with_user(self.worker).action_complete()
        message, action = caught.exception.args[:2]
        self.assertIn("Approve", message)
        self.assertEqual(action["res_id"], task.id)
        self.assertEqual(task.state, "todo")

    def test_unknown_outcome(self):
        """HU-05: an unknown outcome is named together with those there are."""
        task = self._task_of(self.worker, outcomes=OUTCOMES)
        with self.assertRaisesRegex(UserError, "maybe.*approved.*refused"):
            task.with_user(self.worker).action_complete("maybe")

    def test_comment_demanded(self):
        """AT-09: refusing needs a reason; blanks are none."""
        task = self._task_of(self.worker, outcomes=OUTCOMES).with_user(self.worker)
        for comment in (None, "  "):
            with self.assertRaisesRegex(UserError, "needs a comment"):
                task.action_complete("refused", comment)
        task.action_complete("refused", "Too dear")
        self.assertEqual(task.comment, "Too dear")

    def test_required_fields(self):
        """HU-24: required fields of the form that are empty are named, each."""
        form = [
            {"name": "phone", "required": True},
            {"name": "website", "required": True},
            {"name": "email", "required": False},
            {"name": "color", "required": True},
        ]
        task = self._task_of(self.worker, fields=form).with_user(self.worker)
        with self.assertRaises(UserError) as caught:
            task.action_complete()
        self.assertIn("Phone", str(caught.exception))
        self.assertIn("Website", str(caught.exception))
        self.assertNotIn("Email", str(caught.exception))
        self.partner.write({"phone": "1", "website": "https://example.com"})
        task.action_complete()
        self.assertEqual(task.state, "done")

    def test_already_done(self):
        """HU-24: a second completion says who was first and when, and moves nothing."""
        task = self._task_of(self.worker)
        task.with_user(self.worker).action_complete()
        with self.assertRaisesRegex(UserError, "already done by Worker at .*2"):
            task.with_user(self.manager).action_complete()
        self.assertEqual(len(self.moves), 1)

    def test_withdrawn(self):
        """HU-24: a withdrawn task says why it is gone."""
        task = self._task_of(self.worker)
        task._withdraw("Cancelled by the customer")
        with self.assertRaisesRegex(UserError, "Cancelled by the customer"):
            task.with_user(self.worker).action_complete()

    def test_not_yours(self):
        """HU-23: somebody else's task is refused with his name."""
        task = self._task_of(self.worker)
        with self.assertRaisesRegex(AccessError, "Worker has it"):
            task.with_user(self.viewer).action_complete()
        self.assertEqual(task.state, "todo")

    def test_manager_and_owner_may(self):
        """HU-23: a manager of processes, and the process owner, may do any task."""
        self._task_of(self.worker).with_user(self.manager).action_complete()
        self.process.owner_id = self.viewer
        self._task_of(self.worker).with_user(self.viewer).action_complete()
        self.assertEqual(len(self.moves), 2)

    def test_member_does_a_free_task(self):
        """HU-23: a member need not take a group's task first; it is his afterwards."""
        task = self._group_task()
        task.with_user(self.worker).action_complete()
        self.assertEqual(task.user_id, self.worker)

    def test_stranger_and_the_group(self):
        """HU-23: who is not in the group is told so."""
        task = self._group_task()
        with self.assertRaisesRegex(AccessError, "Lawyers"):
            task.with_user(self.viewer).action_complete()

    def test_take_and_give_back(self):
        """HU-23: taking gives the activity, giving back frees the task again."""
        task = self._group_task()
        task.with_user(self.worker).action_claim()
        self.assertEqual(task.user_id, self.worker)
        self.assertEqual(self._activities(task).user_id, self.worker)
        with self.assertRaisesRegex(AccessError, "Worker has it"):
            task.with_user(self.other_worker).action_claim()
        task.with_user(self.worker).action_release()
        self.assertFalse(task.user_id)
        self.assertFalse(self._activities(task))
        task.with_user(self.other_worker).action_claim()
        self.assertEqual(task.user_id, self.other_worker)

    def test_taken_already(self):
        """HU-23: a manager who would take what is taken hears who has it."""
        task = self._group_task()
        task.with_user(self.worker).action_claim()
        with self.assertRaisesRegex(UserError, "Worker has it"):
            task.with_user(self.manager).action_claim()

    def test_give_back_of_a_personal_task(self):
        """HU-23: what came to a person alone cannot be given back to a group."""
        task = self._task_of(self.worker)
        with self.assertRaisesRegex(UserError, "not taken from a group"):
            task.with_user(self.worker).action_release()

    def test_pass_on(self):
        """HU-20, HU-23: passing on moves the activity and stays in the history."""
        task = self._task_of(self.worker)
        wizard = (
            self.env["bpm.task.delegate"]
            .with_user(self.worker)
            .create(
                {
                    "task_ids": task.ids,
                    "user_id": self.other_worker.id,
                    "comment": "You know him",
                }
            )
        )
        wizard.action_delegate()
        self.assertEqual(task.user_id, self.other_worker)
        self.assertEqual(task.original_user_id, self.worker)
        self.assertEqual(self._activities(task).user_id, self.other_worker)
        line = self.env["bpm.log"].search([("token", "=", task.token)])
        self.assertEqual((line.event, line.user_id), ("assigned", self.worker))
        self.assertIn("You know him", line.comment)
        self.assertTrue(task.with_user(self.worker).name, "The former holder may still see it.")

    def test_pass_on_to_nobody(self):
        """HU-23: tasks go to active employees of the company only, and elsewhere."""
        portal = self._portal_user()
        task = self._task_of(self.worker).with_user(self.worker)
        gone = self._user("gone")
        gone.active = False
        for person, message in (
            (portal, "active employees"),
            (gone, "active employees"),
            (self.worker, "already"),
            (self._user_of_other_company(), "does not work for"),
        ):
            with self.assertRaisesRegex(UserError, message):
                task.action_delegate(person.id)

    def _portal_user(self):
        user = self.env["res.users"].with_context(no_reset_password=True)
        return user.create(
            {
                "name": "Portal",
                "login": "bpm_portal",
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )

    def _user_of_other_company(self):
        company = self.env["res.company"].create({"name": "Other Ltd"})
        return self._user("abroad", company_id=company.id, company_ids=[(6, 0, company.ids)])

    def test_several_at_once(self):
        """HU-09: several tasks are done in one go, or none of them."""
        tasks = self._task_of(self.worker) | self._task_of(self.worker)
        tasks.with_user(self.worker).action_complete()
        self.assertEqual(set(tasks.mapped("state")), {"done"})

    def test_hot_outcomes(self):
        """HU-20: outcomes changed on the element are the ones of open tasks at once."""
        task = self._task_of(self.worker)
        self._set_settings(task.element_id, outcomes=OUTCOMES, instruction="Look closely")
        self.assertEqual([o["key"] for o in task.outcomes], ["approved", "refused"])
        self.assertEqual(task.instruction, "Look closely")

    def test_form_for_the_client(self):
        """HU-09: one call gives text, outcomes, fields of the record and history."""
        self._task_of(self.worker).with_user(self.worker).action_complete(comment="Fine")
        task = self._task_of(
            self.worker, instruction="Look", fields=[{"name": "phone", "required": True}]
        )
        form = task.with_user(self.worker).get_form()
        self.assertEqual(form["instruction"], "Look")
        self.assertEqual(form["record"]["id"], self.partner.id)
        self.assertEqual(form["fields"], [{"name": "phone", "required": True, "readonly": False}])
        self.assertEqual(form["history"][0]["comment"], "Fine")
        self.assertTrue(form["can_complete"])
        self.assertFalse(task.with_user(self.viewer).get_form()["can_complete"])
