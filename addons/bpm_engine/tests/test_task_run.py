from odoo.exceptions import AccessError, RedirectWarning
from odoo.tests import new_test_user, tagged

from .run_common import RunCommon, chain, choice, end, flow, start, task

OUTCOMES = ("approved", "refused")


def assigned(user):
    return f'<bpm:assignment kind="user" user="{user.login}"/>'


@tagged("post_install", "-at_install")
class TestTaskRun(RunCommon):
    """Tasks and the running engine together."""

    def _visa(self, settings=""):
        return self.make(
            "visa_run",
            start(),
            task("Check", *OUTCOMES, settings=settings or assigned(self.worker)),
            choice("Choice", "no"),
            task("Sign", settings=assigned(self.other_worker)),
            end("Signed"),
            end("Refused"),
            chain("Start", "Check", "Choice"),
            flow("yes", "Choice", "Sign", "outcome == 'approved'"),
            flow("no", "Choice", "Refused"),
            chain("Sign", "Signed"),
        )

    def test_buttons_move_the_token(self):
        """HU-05, HU-10: the outcome chosen decides the way; the next activity appears."""
        instance = self.launch(self._visa())
        first = instance.task_ids
        first.with_user(self.worker).action_complete("approved")
        second = instance.task_ids - first
        self.assertEqual((second.name, second.user_id), ("Sign", self.other_worker))
        activity = self.partner.activity_ids.filtered("bpm_task_id")
        self.assertEqual(activity.user_id, self.other_worker)
        activity.with_user(self.other_worker).action_feedback("Signed in blue")
        self.assertEqual((instance.state, instance.result), ("done", "Signed"))
        self.assertEqual(second.comment, "Signed in blue")

    def test_failure_keeps_the_task(self):
        """HU-24: what cannot be done changes nothing."""
        instance = self.launch(self._visa())
        activity = self.partner.activity_ids.filtered("bpm_task_id")
        with self.assertRaises(RedirectWarning), self.cr.savepoint():
            activity.with_user(self.worker).action_done()
        self.assertEqual(self.open_names(instance), ["Check"])

    def test_approval_of_two(self):
        """AT-09: two approve, one token; the votes are in the history."""
        approvers = "".join(
            f'<bpm:approver kind="user" user="{user.login}"/>'
            for user in (self.worker, self.designer)
        )
        instance = self.launch(
            self._visa(f'<bpm:approval mode="all" order="sequential">{approvers}</bpm:approval>')
        )
        votes = instance.task_ids
        self.assertEqual(len(votes), 2)
        votes[0].with_user(self.worker).action_complete("approved")
        self.assertEqual(self.open_names(instance), ["Check"])
        votes[1].with_user(self.designer).action_complete("approved")
        self.assertEqual(self.open_names(instance), ["Sign"])
        decided = instance.log_ids.filtered(lambda line: line.event == "decided")
        self.assertEqual(decided.user_id, self.worker | self.designer)

    def test_cancel_withdraws(self):
        """HU-24: with the process its task and activity go, and say why."""
        instance = self.launch(self._visa())
        instance.with_user(self.manager).action_cancel("Not wanted")
        self.assertEqual(instance.task_ids.state, "cancelled")
        self.assertFalse(self.partner.activity_ids.filtered("bpm_task_id"))

    def test_deleted_record(self):
        """HU-24: a deleted record ends its process, without leftovers."""
        partner = self.env["res.partner"].create({"name": "Short-lived"})
        instance = self.launch(self._visa(), partner)
        partner.unlink()
        self.assertEqual(instance.state, "cancelled")
        self.assertEqual(instance.task_ids.state, "cancelled")

    def test_card_of_the_record(self):
        """EP-05: the record's card knows who may do the task, and the menu its models."""
        process = self._visa()
        self.launch(process)
        instances = self.env["bpm.instance"]
        mine = instances.with_user(self.worker).get_record_processes("res.partner", self.partner.id)
        (card,) = mine["instances"][0]["tasks"]
        self.assertTrue(card["can_complete"])
        self.assertEqual([o["key"] for o in card["outcomes"]], list(OUTCOMES))
        others = instances.with_user(self.viewer).get_record_processes(
            "res.partner", self.partner.id
        )
        self.assertFalse(others["instances"][0]["tasks"][0]["can_complete"])
        models = self.env["bpm.process"].with_user(self.worker).get_models()
        self.assertIn(process.id, [p["id"] for p in models["res.partner"]["startable"]])

    def test_portal_users_learn_no_models(self):
        """HU-23: which kinds of records have processes is told to colleagues only."""
        self._visa()
        self.make("secret", start(), end(), chain("Start", "End"), model="ir.cron")
        portal = new_test_user(self.env, "bpm_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["bpm.process"].with_user(portal).get_models()
        models = self.env["bpm.process"].with_user(self.worker).get_models()
        self.assertIn("res.partner", models)
        self.assertNotIn("ir.cron", models, "a kind of record that the person may not read")

    def test_diagram_of_a_task(self):
        """HU-06: the diagram of a task shows where the process stands."""
        instance = self.launch(self._visa())
        diagram = instance.task_ids.with_user(self.worker).get_diagram()
        self.assertIn("userTask", diagram["xml"])
        self.assertEqual(diagram["marks"][0]["state"], "active")
