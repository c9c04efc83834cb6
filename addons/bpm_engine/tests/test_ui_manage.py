"""Managing processes in the browser: moves, incidents, starts on several records, the calendar."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .run_common import chain, end, service, start, task
from .task_common import TaskCommon
from .test_task_run import assigned
from .versions_common import VersionsCommon, three_steps, two_steps


class ManageStories:
    """What is managed alike on a large screen and on a phone."""

    #: How the tours of the screen are called.
    screen = ""

    def test_migration_shows_how_far_it_is(self):
        """HU-19: a long move shows its progress and its end by itself, and is taken back."""
        # Runs the background's job from the page.
        self.manager.group_ids += self.env.ref("base.group_system")
        process = self.make("visa", *two_steps())
        old = process.published_version_id
        instances = self.launch_many(process, 3)
        new = self.publish(process, *three_steps())
        models = "odoo.addons.bpm_engine.models"
        with patch(f"{models}.bpm_migration_check._AT_ONCE", 0):
            action = process.with_user(self.manager).action_check_older()
        change = self.env["bpm.migration"].browse(action["res_id"])
        with patch(f"{models}.bpm_migration._AT_ONCE", 0):
            self.start_tour(
                f"/odoo/process-moves/{change.id}",
                f"bpm_engine_migration{self.screen}",
                login=self.manager.login,
                timeout=120,
            )
        self.assertEqual(change.state, "undone")
        self.assertEqual(instances.version_id, old)
        moved = instances.log_ids.filtered(lambda line: line.event == "migrated")
        self.assertEqual(len(moved), 6, "there and back")
        self.assertEqual(process.published_version_id, new)

    def test_incidents(self):
        """HU-24: retried, skipped, cancelled from the list; the empty one says what is next."""
        self.env["bpm.job"].search([("state", "=", "incident")]).unlink()
        act = self.action("post", "message", is_async=True)
        process = self.make(
            "bg",
            start(),
            service("Post", "post", body="Done it"),
            task("After"),
            end(),
            chain("Start", "Post", "After", "End"),
        )
        more = self.env["res.partner"].create([{"name": "Zarya"}, {"name": "Orion"}])

        def fail(action, work):
            raise AccessError("no right")  # pylint: disable=translation-required

        with trap_jobs(), patch.object(type(act), "_run_message", fail):
            instances = [self.launch(process, partner) for partner in (self.partner, *more)]
            for instance in instances:
                instance.job_ids._perform()
        self.start_tour(
            "/odoo/process-incidents",
            f"bpm_engine_incidents{self.screen}",
            login=self.manager.login,
        )
        retried, skipped, cancelled = (instance.job_ids for instance in instances)
        self.assertEqual((retried.state, retried.tries), ("waiting", 0))
        self.assertEqual((skipped.state, skipped.reason), ("skipped", "By phone"))
        self.assertEqual(self.open_names(instances[1]), ["After"])
        self.assertEqual((cancelled.state, cancelled.reason), ("cancelled", "Gone"))
        self.assertEqual(
            (instances[2].state, instances[2].result), ("cancelled", "Cancelled: Gone")
        )

    def test_owner_repairs(self):
        """HU-24: the owner, told of it, repairs from the process itself; others only look."""
        owner = self._person("owner")
        starter = self._person("starter")
        act = self.action("post", "message", is_async=True)
        process = self.make(
            "bg", start(), service("Post", "post"), end(), chain("Start", "Post", "End")
        )
        process.write({"owner_id": owner.id, "run_as_user_id": self.manager.id})

        def fail(action, work):
            raise AccessError("no right")  # pylint: disable=translation-required

        with trap_jobs(), patch.object(type(act), "_run_message", fail):
            instance = self.launch(process)
            instance.job_ids._perform()
        instance._add_participants(starter)
        address = f"/odoo/bpm.instance/{instance.id}"
        self.start_tour(address, "bpm_engine_starter_looks", login=starter.login)
        self.start_tour(address, f"bpm_engine_owner_repairs{self.screen}", login=owner.login)
        self.assertEqual((instance.job_ids.state, instance.job_ids.tries), ("waiting", 0))

    def _person(self, name):
        login = f"bpm_{name}"
        return new_test_user(self.env, login, "base.group_user", name=name, password=login)

    def test_start_on_several(self):
        """EP-05: chosen in a list, started on all of them by one click."""
        process = self.make("visa", start(), task("Visa"), end(), chain("Start", "Visa", "End"))
        self.worker.group_ids += self.env.ref("base.group_partner_manager")
        zarya = self.env["res.partner"].create({"name": "Zarya"})
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Customers of the test",
                "res_model": "res.partner",
                "path": "customers-of-test",
                "view_mode": "list,kanban,form",
                "domain": [("id", "in", (self.partner | zarya).ids)],
            }
        )
        self.start_tour(
            f"/odoo/{action.path}",
            f"bpm_engine_start_on_several{self.screen}",
            login=self.worker.login,
        )
        self.assertEqual(sorted(process.instance_ids.mapped("res_id")), [self.partner.id, zarya.id])


@tagged("post_install", "-at_install")
class TestManage(ManageStories, HttpCase, VersionsCommon):
    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.manager | cls.worker).mapped(lambda user: user.write({"password": user.login}))

    def test_calendar(self):
        """HU-10, HU-23: a task without a deadline stands in the calendar; passed on from there."""
        self.env["bpm.task"].search([("user_id", "=", self.worker.id)])._withdraw()
        process = self.make(
            "visa",
            start(),
            task("Check", settings=assigned(self.worker)),
            end(),
            chain("Start", "Check", "End"),
        )
        row = self.launch(process).task_ids
        self.assertFalse(row.deadline)
        # Whatever the day of the month: it stands in the month that is shown.
        row.date_start = row.date_start.replace(day=10)
        self.start_tour(
            "/odoo/my-process-tasks?view_type=calendar",
            "bpm_engine_calendar",
            login=self.worker.login,
        )
        self.assertEqual(row.user_id, self.other_worker)


@tagged("post_install", "-at_install")
class TestManagePhone(ManageStories, HttpCase, VersionsCommon):
    browser_size = "390x844"
    touch_enabled = True
    screen = "_phone"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.manager | cls.worker).mapped(lambda user: user.write({"password": user.login}))
        cls.env["bpm.task"].search([("state", "=", "todo")])._withdraw()

    def test_calendar(self):
        """HU-09, HU-10: the month on a phone; a tap on the day, then on the task."""
        process = self.make(
            "visa",
            start(),
            task("Check", settings=assigned(self.worker)),
            end(),
            chain("Start", "Check", "End"),
        )
        row = self.launch(process).task_ids
        row.date_start = row.date_start.replace(day=10)
        self.start_tour(
            "/odoo/my-process-tasks?view_type=calendar",
            "bpm_engine_calendar_phone",
            login=self.worker.login,
        )
        self.assertEqual(row.user_id, self.other_worker)

    def test_absence(self):
        """HU-23: away on a phone: entered, open tasks handed over, back; one taken given back."""
        group = self.env["res.groups"].create(
            {"name": "Lawyers", "user_ids": [(4, self.worker.id)]}
        )
        process = self.make(
            "visa",
            start(),
            task("Check", settings=assigned(self.worker)),
            task("Sign", settings=f'<bpm:assignment kind="group" group="#{group.id}"/>'),
            end(),
            chain("Start", "Check", "Sign", "End"),
        )
        row = self.launch(process).task_ids
        self.start_tour(
            "/odoo/process-absences", "bpm_engine_absence_phone", login=self.worker.login
        )
        absence = self.env["bpm.substitution"].search([("user_id", "=", self.worker.id)])
        self.assertEqual(absence.substitute_id, self.other_worker)
        self.assertEqual(row.user_id, self.other_worker)
        self.assertTrue(row.user_id and absence.open_count)
        self.start_tour(
            f"/odoo/process-absences/{absence.id}",
            "bpm_engine_back_phone",
            login=self.worker.login,
        )
        self.assertEqual(row.user_id, self.worker)
        row.with_user(self.worker).action_complete()
        sign = row.instance_id.task_ids - row
        self.start_tour(
            "/odoo/process-tasks-to-take", "bpm_engine_give_back_phone", login=self.worker.login
        )
        self.assertFalse(sign.user_id)
        self.assertEqual(sign.state, "todo")
        events = sign.instance_id.log_ids.filtered(lambda line: line.token == sign.token)
        self.assertGreater(events.mapped("event").count("assigned"), 1, "taken, then given back")


@tagged("post_install", "-at_install")
class TestCalendarDates(TaskCommon):
    def test_where_tasks_stand(self):
        """HU-10: by the deadline; without one three working days after they came."""
        tasks = self.env["bpm.task"].search([])
        row = self.env["bpm.task"].create(
            {
                "instance_id": self.instance.id,
                "name": "Check",
                "token": "1",
                "user_id": self.worker.id,
                "date_start": "2026-03-05 08:00:00",  # a Thursday
            }
        )
        self.assertEqual(str(row.calendar_at), "2026-03-10 12:00:00")
        found = tasks.search(
            [
                ("calendar_at", ">=", "2026-03-08 00:00:00"),
                ("calendar_at", "<=", "2026-03-31 00:00:00"),
                ("id", "not in", tasks.ids),
            ]
        )
        self.assertEqual(found, row)
        row.deadline = "2026-05-01 10:00:00"
        self.assertEqual(row.calendar_at, row.deadline)
        self.assertFalse(
            tasks.search([("calendar_at", "<=", "2026-04-01 00:00:00"), ("id", "=", row.id)])
        )
