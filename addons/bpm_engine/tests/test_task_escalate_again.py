"""Overdue and still not done: told again, one manager higher each time (HU-24)."""

from datetime import datetime
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from odoo.addons.bpm_engine.engine import lint, read_diagram
from odoo.addons.bpm_engine.lib.settings_words import words

from .run_common import HEAD, chain, end, start
from .run_common import task as drawn
from .task_common import TaskCommon

DEADLINE = {"amount": 2, "unit": "hour", "basis": "calendar"}


@tagged("post_install", "-at_install")
class TestTaskEscalateAgain(TaskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The manager leads the designer, the other worker leads the manager.
        above = {cls.designer.id: cls.manager, cls.manager.id: cls.other_worker}

        def get_manager(user):
            return above.get(user.id, user.browse()).sudo()

        users = type(cls.env["res.users"])
        cls.startClassPatcher(patch.object(users, "_get_bpm_manager", get_manager))

    def overdue(self, action="notify", **escalation):
        who = {"kind": "user", "user": self.designer.login, "action": action}
        with freeze_time("2026-03-02 08:00:00"):
            task = self._task_of(
                self.worker, deadline=DEADLINE, escalation={**who, "again": 4, **escalation}
            )
        self.sweep("2026-03-02 10:01:00")
        return task

    def sweep(self, moment):
        # A commit would end the test's transaction.
        commit = patch.object(type(self.env["ir.cron"]), "_commit_progress")
        self.last = self.env["mail.message"].search([], order="id desc", limit=1).id
        with freeze_time(moment), commit:
            self.env["bpm.task"]._cron_deadlines()
        self.env.invalidate_all()

    def told(self):
        """Who was told in the last sweep."""
        messages = self.env["mail.message"].search([("id", ">", self.last)])
        people = self.worker | self.designer | self.manager | self.other_worker
        return people.filtered(lambda u: u.partner_id in messages.notified_partner_ids)

    def test_one_higher_each_time(self):
        """HU-24: the person named, the leader, the leader's leader; at the top again."""
        task = self.overdue()
        self.assertEqual(self.told(), self.designer)
        self.assertEqual(task.escalate_again_at, datetime(2026, 3, 2, 14, 1))
        self.sweep("2026-03-02 14:00:00")
        self.assertFalse(self.told())
        for moment, leader in (
            ("2026-03-02 14:02:00", self.manager),
            ("2026-03-02 18:03:00", self.other_worker),
            ("2026-03-02 22:04:00", self.other_worker),
        ):
            self.sweep(moment)
            self.assertEqual(self.told(), self.worker | leader, moment)
            self.sweep(moment)
            self.assertFalse(self.told(), "once")
        self.assertEqual(task.user_id, self.worker)
        lines = self.env["bpm.log"].search([("token", "=", task.token)])
        self.assertEqual(lines.mapped("event"), ["escalated"] * 4)

    def test_taken_over(self):
        """HU-24: who took it over is reminded, and the next leader told."""
        task = self.overdue("reassign")
        self.assertEqual(task.user_id, self.designer)
        self.sweep("2026-03-02 14:02:00")
        self.assertEqual(self.told(), self.designer | self.manager)

    def test_after_a_group(self):
        """HU-24: a group has no manager: the holder's hears of it, else the process owner."""
        group = {"kind": "group", "group": f"#{self.group.id}"}
        task = self.overdue(**group)
        self.assertEqual(self.told(), self.worker | self.other_worker)
        self.assertFalse(task.escalated_to_id)
        self.assertEqual(self.process.owner_id, self.manager)
        self.sweep("2026-03-02 14:02:00")
        self.assertEqual(self.told(), self.worker | self.manager)
        self.assertEqual(task.escalated_to_id, self.manager)
        free = self.overdue(**group)
        free.sudo().write({"user_id": False, "group_id": self.group.id})
        self.sweep("2026-03-02 14:02:00")
        self.assertEqual(self.told(), self.worker | self.other_worker | self.manager)

    def test_until_it_is_done(self):
        """HU-24: nobody hears of what is done, suspended or has a new deadline."""
        done, moved, still = self.overdue(), self.overdue(), self.overdue()
        done.with_user(self.worker).action_complete()
        with freeze_time("2026-03-02 10:05:00"):
            moved._reschedule(datetime(2026, 3, 5, 10))
        self.instance.sudo().state = "suspended"
        self.sweep("2026-03-02 14:02:00")
        self.assertFalse(self.told())
        self.instance.sudo().state = "running"
        self.sweep("2026-03-02 14:02:00")
        self.assertEqual(self.told(), self.worker | self.manager)
        self.assertFalse(moved.escalated_at)
        self.assertGreater(still.escalate_again_at, datetime(2026, 3, 2, 18))

    def test_once_unless_said(self):
        """HU-24: without the setting it is told once, as before."""
        task = self.overdue(again=None)
        self.assertFalse(task.escalate_again_at)

    def test_working_time(self):
        """HU-24: the hours are counted as the deadline is, nobody is told at night."""
        calendar = self.env.company.resource_calendar_id
        calendar.tz = "UTC"
        with freeze_time("2026-03-06 13:00:00"):
            escalation = {"kind": "user", "user": self.designer.login, "again": 2}
            task = self._task_of(
                self.worker, deadline={"amount": 3, "unit": "hour"}, escalation=escalation
            )
        self.sweep("2026-03-06 16:00:00")
        # One hour of Friday (13 to 17), one of Monday from eight.
        self.assertEqual(task.escalate_again_at, datetime(2026, 3, 9, 9))

    def _read_drawn(self, again):
        """(codes of what is wrong, escalation as it was read) of a drawing."""
        inner = f'<bpm:escalation kind="starter_manager" again="{again}"/>'
        body = (start(), drawn("Visa", settings=inner), end(), chain("Start", "Visa", "End"))
        xml = f'{HEAD}<process id="p">{"".join(body)}</process></definitions>'
        escalation = read_diagram(xml).elements["Visa"].settings["escalation"]
        return {problem.code for problem in lint(xml)}, escalation

    def test_said_while_drawing(self):
        """PK-26: hours that are no number above zero are named; a change is told in words."""
        codes, escalation = self._read_drawn("4")
        self.assertNotIn("again", codes)
        self.assertIn("again every 4 h", words("escalation", escalation))
        for wrong in ("0", "-1", "soon"):
            codes, _escalation = self._read_drawn(wrong)
            self.assertIn("again", codes, wrong)
