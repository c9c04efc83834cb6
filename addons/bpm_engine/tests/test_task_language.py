from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .task_common import TaskCommon


@tagged("post_install", "-at_install")
class TestTaskLanguage(TaskCommon):
    """What crons and jobs say to people is said in their language and time zone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.russian = cls._user("russian")
        cls.russian.write({"lang": "ru_RU", "tz": "Europe/Moscow"})

    def _sweep(self, moment):
        # A commit would end the test's transaction.
        commit = patch.object(type(self.env["ir.cron"]), "_commit_progress")
        with freeze_time(moment), commit:
            self.env["bpm.task"]._cron_deadlines()
        self.env.invalidate_all()

    def _notice(self, user):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", user.partner_id.ids)], limit=1
        )

    def test_reminder(self):
        """HU-24, PF-03: a reminder is in the holder's language, with his hour."""
        with freeze_time("2026-03-06 15:00:00"):
            rule = {"kind": "user", "user": self.russian.login}
            deadline = {"amount": 4, "unit": "hour", "basis": "calendar", "remind": 2}
            self._task(assignment=rule, deadline=deadline)
        self._sweep("2026-03-06 17:30:00")
        notice = self._notice(self.russian)
        self.assertTrue(notice.subject.startswith("Скоро срок: Check"), notice.subject)
        self.assertIn("22:00", notice.body)
        self.assertNotIn("19:00", notice.body)

    def test_escalation(self):
        """HU-24, PF-03: each who is told of an overdue task reads his own language and hour."""
        with freeze_time("2026-03-06 15:00:00"):
            for user in (self.russian, self.designer):
                self._task_of(
                    self.worker,
                    deadline={"amount": 1, "unit": "hour", "basis": "calendar"},
                    escalation={"kind": "user", "user": user.login, "action": "notify"},
                )
        self._sweep("2026-03-06 16:30:00")
        notice = self._notice(self.russian)
        self.assertTrue(notice.subject.startswith("Просрочено: Check"), notice.subject)
        self.assertIn("Сейчас у Worker, с 6 мар. 2026 18:00", notice.body)
        english = self._notice(self.designer)
        self.assertTrue(english.subject.startswith("Overdue: Check"), english.subject)
        self.assertIn("Worker has had it since 6 Mar 2026 15:00", english.body)

    def test_kept_without_a_person(self):
        """PF-03: what is kept for good reads as the process owner does where nobody acts."""
        self.process.owner_id = self.russian
        task = self._task_of(self.worker)
        self.assertEqual(task.why, "В процессе указан Worker")
        task._withdraw()
        self.assertEqual(task.comment, "Процесс пошёл другим путём.")
        self.instance._cancel("X-1")
        self.assertEqual(self.instance.result, "Отменено: X-1")

    def test_kept_with_a_person(self):
        """PF-03: where somebody acts it is that person's language, as before."""
        self.process.owner_id = self.russian
        element = self._element(assignment={"kind": "user", "user": self.worker.login})
        tasks = self.env["bpm.task"].with_context(lang="en_US")
        task = tasks._create_for(self.instance, [self._token(element)])
        self.assertEqual(task.why, "The process names Worker")

    def test_incident(self):
        """HU-06, PF-03: the owner reads in his language that a process has stopped."""
        self.process.owner_id = self.russian
        self.instance.with_context(lang="en_US")._tell_owner("E-1")
        message = self.instance.message_ids[:1]
        self.assertIn("остановлен", message.body)
        self.assertIn(self.russian.partner_id, message.notified_partner_ids)

    def test_back(self):
        """HU-23, PF-03: why a task has come back reads in the language of who has it."""
        self._absent(self.russian, self.worker)
        with freeze_time("2026-03-05 10:00:00"):
            task = self._task_of(self.russian)
            self.assertEqual(task.user_id, self.worker)
        with freeze_time("2026-03-11 06:00:00"):
            self.env["bpm.substitution"]._cron_give_back()
        self.assertEqual(task.user_id, self.russian)
        self.assertNotIn("is back", task.why)
