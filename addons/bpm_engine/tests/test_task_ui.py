from odoo.tests import HttpCase, tagged

from .run_common import RunCommon, chain, choice, end, flow, start, task
from .test_task_run import assigned

REFUSE = '<bpm:outcome key="refused" label="Refuse" style="negative" comment="true"/>'
APPROVE = '<bpm:outcome key="approved" label="Approve" style="positive"/>'


class TaskUiCommon(HttpCase, RunCommon):
    """A visa process for a worker with a password."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker.password = cls.worker.login
        cls.worker.group_ids += cls.env.ref("base.group_partner_manager")

    def _visa(self, settings=None):
        settings = settings or assigned(self.worker)
        return self.make(
            "visa_ui",
            start(),
            task("Check", settings=settings + APPROVE + REFUSE),
            choice("Choice", "no"),
            task("Sign", settings=assigned(self.worker)),
            task("Tell", settings=assigned(self.worker)),
            end("Signed"),
            end("Refused"),
            chain("Start", "Check", "Choice"),
            flow("yes", "Choice", "Sign", "outcome == 'approved'"),
            flow("no", "Choice", "Tell"),
            chain("Sign", "Signed"),
            chain("Tell", "Refused"),
            name="Visa",
        )


@tagged("post_install", "-at_install")
class TestTaskDesktop(TaskUiCommon):
    browser_size = "1366x768"

    def test_outcomes_in_the_chatter(self):
        """HU-10, AT-09: outcomes are chosen in the activity, wherever one works."""
        instance = self.launch(self._visa())
        self.start_tour(
            f"/odoo/res.partner/{self.partner.id}",
            "bpm_engine_activity_outcomes",
            login=self.worker.login,
        )
        self.assertEqual((instance.state, instance.result), ("done", "Refused"))
        first = instance.task_ids.filtered(lambda t: t.name == "Check")
        self.assertEqual(first.comment, "Too dear")

    def test_take_from_the_systray(self):
        """HU-23: a free task of one's group is found in the systray and taken."""
        group = self.env["res.groups"].create(
            {"name": "Lawyers", "user_ids": [(4, self.worker.id)]}
        )
        self.env["bpm.task"].search([("user_id", "=", False)])._withdraw()
        instance = self.launch(self._visa(f'<bpm:assignment kind="group" group="#{group.id}"/>'))
        self.start_tour("/odoo/process-absences", "bpm_engine_to_take", login=self.worker.login)
        self.assertEqual(instance.task_ids.user_id, self.worker)

    def test_systray_by_keys(self):
        """HU-10, AT-09: one's tasks are in the systray's menu, done there without a mouse."""
        instance = self.launch(self._visa())
        self.start_tour(
            f"/odoo/res.partner/{self.partner.id}",
            "bpm_engine_systray_keys",
            login=self.worker.login,
        )
        first = instance.task_ids.filtered(lambda t: t.name == "Check")
        self.assertEqual((first.outcome, first.comment), ("refused", "No"))

    def test_processes_on_the_record(self):
        """EP-05, HU-06: from the record's menu: start, see, do, result."""
        process = self._visa()
        self.start_tour(
            f"/odoo/res.partner/{self.partner.id}",
            "bpm_engine_record_processes",
            login=self.worker.login,
        )
        self.assertEqual(process.instance_ids.result, "Signed")


@tagged("post_install", "-at_install")
class TestTaskPhone(TaskUiCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_my_tasks(self):
        """HU-09: on a phone tasks are cards, done with form and comment in place."""
        instance = self.launch(self._visa())
        element = instance.task_ids.element_id
        element.sudo().settings = {
            **element.settings,
            "instruction": "Look closely",
            "fields": [{"name": "phone", "required": True}, {"name": "website"}],
        }
        self.start_tour(
            "/odoo/my-process-tasks", "bpm_engine_my_tasks_phone", login=self.worker.login
        )
        self.assertEqual(self.partner.phone, "+7 831")
        self.assertEqual(self.open_names(instance), ["Sign"])

    def test_systray(self):
        """HU-09, HU-10: the menu of activities ends tasks by thumb, one after the other."""
        self.env["bpm.task"].search([("user_id", "=", self.worker.id)])._withdraw()
        instance = self.launch(self._visa())
        self.start_tour(
            "/odoo/process-absences", "bpm_engine_systray_phone", login=self.worker.login
        )
        self.assertEqual((instance.state, instance.result), ("done", "Signed"))

    def test_processes_on_the_record(self):
        """EP-05: the same by thumb."""
        process = self._visa()
        self.start_tour(
            f"/odoo/res.partner/{self.partner.id}",
            "bpm_engine_record_processes",
            login=self.worker.login,
        )
        self.assertEqual(process.instance_ids.result, "Signed")
