"""Runs ready processes as the people who take part in them."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields

from odoo.addons.bpm_engine.tests.common import BpmCommon

#: A Monday morning; working time of the company is Monday to Friday, 8 to 17 UTC.
MONDAY = "2026-03-02 08:00:00"


class ReadyMixin:
    """A clock that is set by hand and people who do the tasks they hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._reached, cls._played = {}, set()
        clock = freeze_time(MONDAY)
        cls.frozen = clock.start()
        cls.addClassCleanup(clock.stop)
        cls.env.company.resource_calendar_id.tz = "UTC"

    def setUp(self):
        super().setUp()
        self.frozen.move_to(MONDAY)

    def tearDown(self):
        """Note at which ends the class's process has arrived in this test."""
        process = getattr(self, "process", None)
        if process:
            self.env.flush_all()
            lines = self.env["bpm.log"].search(
                [
                    ("process_id", "=", process.id),
                    ("element_type", "=", "endEvent"),
                    ("event", "=", "left"),
                ]
            )
            self._reached.setdefault(process.id, set()).update(lines.mapped("element"))
        self._played.add(self._testMethodName)
        super().tearDown()

    @classmethod
    def _check_every_end(cls):
        """A class that has run whole has come to every end drawn, in side branches, too."""
        names = {name for name in dir(cls) if name.startswith("test_")}
        process = getattr(cls, "process", None)
        if not process or names - cls._played:
            return
        elements = process.published_version_id.element_ids
        drawn = set(elements.filtered(lambda e: e.type == "endEvent").mapped("element_id"))
        missed = drawn - cls._reached.get(process.id, set())
        if missed:
            raise AssertionError(f"{cls.__name__} comes never to {sorted(missed)}")

    @classmethod
    def tearDownClass(cls):
        """Whatever is missed, the class is cleaned up behind it."""
        try:
            cls._check_every_end()
        finally:
            super().tearDownClass()

    def _start(self, process, record, user=None):
        """Start it by hand on the record, as the person would."""
        ids = process.with_user(user or self.worker).action_start(record.ids if record else None)
        return self.env["bpm.instance"].browse(ids)

    def _do(self, instance, element, outcome, user, comment="Because of it"):
        """The person does the open task of an element, by the rights of that person."""
        task = self._task(instance, element)
        if task.group_id and not task.user_id:
            task.with_user(user).action_claim()
        task.with_user(user).action_complete(outcome, comment)
        self.env.invalidate_all()

    def _task(self, instance, element):
        """The one open task of an element; the test fails with what is open instead."""
        self.env.invalidate_all()
        tasks = instance.task_ids.filtered(lambda task: task.state == "todo")
        found = tasks.filtered(lambda task: task.element_id.element_id == element)
        self.assertEqual(
            len(found), 1, f"{element} is not open: {self._open(instance)}, {instance.error}"
        )
        return found

    def _open(self, instance):
        """Ids of the elements with open tasks."""
        self.env.invalidate_all()
        tasks = instance.task_ids.filtered(lambda task: task.state == "todo")
        return sorted(set(tasks.mapped("element_id.element_id")))

    def _pass(self, **delta):
        """Let time go by; timers that are due fire, late tasks are escalated."""
        self.frozen.tick(timedelta(**delta))
        self.env.invalidate_all()
        # A test never commits; the sweeps' batches are tested on their own.
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *_args, **_values: 1):
            self.env["bpm.instance"]._cron_fire_timers()
            self.env["bpm.task"]._cron_deadlines()
        self.env.invalidate_all()

    def assertEnded(self, instance, result):
        """It has ended at that end event and left nothing open."""
        self.env.invalidate_all()
        self.assertEqual((instance.state, instance.result), ("done", result), instance.error)
        self.assertFalse(self._open(instance))
        self.assertEqual(instance.date_end, fields.Datetime.now())


class ReadyCommon(ReadyMixin, BpmCommon):
    """Ready processes on partners, with a head who is everybody's manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = cls._user("head", "base.group_user")
        # Who reports to whom is kept by addons that are not installed here.
        users = type(cls.env["res.users"])
        cls.startClassPatcher(patch.object(users, "_get_bpm_manager", lambda user: cls.head))
        # Actions have the rights of the process's owner, and write on partners here.
        cls.manager.group_ids += cls.env.ref("base.group_partner_manager")

    @classmethod
    def _publish(cls, template, model="res.partner", **values):
        """The template's process, in use, owned by a manager of processes."""
        model_id = cls.env["ir.model"]._get(model).id if model else False
        process = cls.env.ref(template)._create_process(
            **{"model_id": model_id, "owner_id": cls.manager.id, **values}
        )
        process.draft_version_id.action_publish()
        return process
