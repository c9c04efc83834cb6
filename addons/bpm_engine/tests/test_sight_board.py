from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.bpm_engine.tests.sight_common import NOW, SightCommon


@freeze_time(NOW)
class TestBoard(SightCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker.name = "Anna"
        cls.other_worker.name = "Boris"
        cls.group = cls.env.ref("bpm_engine.group_user")
        # Other tests' tasks must not count.
        cls.env["bpm.task"].search([("state", "=", "todo")]).write({"state": "cancelled"})

    def _board(self, user=None, process_id=False):
        board = self.env["bpm.board"].with_user(user or self.viewer).get_board(process_id)
        return board, {row["name"]: row for row in board["rows"]}

    def test_figures_per_person(self):
        """HU-06: open, overdue, oldest and per process, the most overdue person first."""
        self._waiting(self.worker, started=self._ago(days=3))
        self._waiting(self.other_worker, started=self._ago(hours=5), deadline=self._ago(hours=1))
        self._waiting(self.worker, started=self._ago(days=1))
        self._waiting(group_id=self.group.id)
        board, rows = self._board()
        self.assertEqual([row["name"] for row in board["rows"]][:2], ["Boris", "Anna"])
        anna = rows["Anna"]
        self.assertEqual((anna["open"], anna["overdue"], anna["oldest_text"]), (2, 0, "3 d"))
        self.assertEqual(
            anna["processes"],
            [{"id": self.process.id, "name": "Invoice payment", "open": 2, "overdue": 0}],
        )
        self.assertEqual((rows["Boris"]["open"], rows["Boris"]["overdue"]), (1, 1))
        self.assertEqual(rows["Work in processes"]["user_id"], 0)
        self.assertEqual((board["open"], board["overdue"]), (4, 1))

    def test_pace(self):
        """HU-06: done tasks of four weeks tell how long the open ones last."""
        instance = self._waiting(self.worker)
        for days in (1, 5, 20, 40):
            self._task(
                instance,
                self.worker,
                state="done",
                done_by_id=self.worker.id,
                date_done=self._ago(days=days),
            )
        __, rows = self._board()
        # One open, three in 28 days.
        self.assertEqual((rows["Anna"]["done"], rows["Anna"]["days_left"]), (3, 9))

    def test_others_see_their_own(self):
        """HU-06: without "See processes" one sees oneself and what one's groups may take."""
        person = new_test_user(self.env, "bpm_plain", "base.group_user", name="Plain")
        self._waiting(person)
        self._waiting(self.worker)
        self._waiting(group_id=self.env.ref("base.group_user").id)
        self._waiting(group_id=self.group.id)
        board, rows = self._board(person)
        self.assertFalse(board["is_head"])
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows["Plain"]["open"], 1)
        self.assertNotIn("Anna", rows)

    def test_tasks_of_a_holder(self):
        """HU-06: the list behind a person, the most urgent first."""
        self._waiting(self.worker, deadline=NOW + timedelta(days=1))
        self._waiting(self.worker, deadline=self._ago(hours=1))
        self._waiting(self.other_worker)
        board = self.env["bpm.board"].with_user(self.viewer)
        tasks = board.get_tasks(self.worker.id, False)["tasks"]
        self.assertEqual([task["overdue"] for task in tasks], [True, False])
        self.assertEqual(tasks[0]["age"], "2 d")

    def test_more_than_are_shown(self):
        """HU-06: of very many tasks the most urgent ones, and how many there are."""
        for number in range(3):
            self._waiting(self.worker, deadline=NOW + timedelta(days=number))
        board = self.env["bpm.board"].with_user(self.viewer)
        shown = board.get_tasks(self.worker.id, False, False, 2)
        self.assertEqual((len(shown["tasks"]), shown["total"]), (2, 3))
        self.assertEqual(shown["tasks"][0]["deadline"], "2026-11-19 12:00:00")
        self.assertEqual(len(board.get_tasks(self.worker.id, False, False, 4)["tasks"]), 3)

    def test_reassign(self):
        """HU-23: a manager gives chosen tasks to another person; the history tells."""
        first = self._waiting(self.worker)
        second = self._waiting(self.worker)
        tasks = first.task_ids + second.task_ids
        board = self.env["bpm.board"].with_user(self.manager)
        self.assertTrue(board.get_board()["can_reassign"])
        self.assertEqual(board.reassign(tasks.ids, self.other_worker.id, "ill"), 2)
        self.assertEqual(tasks.user_id, self.other_worker)
        self.assertEqual(tasks.original_user_id, self.worker)
        self.assertIn(self.other_worker, first.participant_ids)
        self.assertEqual(first.log_ids[-1].event, "assigned")

    def test_reassign_refused(self):
        """HU-23: no right, closed tasks and outsiders each get a sentence."""
        task = self._waiting(self.worker).task_ids
        board = self.env["bpm.board"]
        with self.assertRaisesRegex(AccessError, "manager of processes"):
            board.with_user(self.viewer).reassign(task.ids, self.other_worker.id)
        portal = new_test_user(self.env, "bpm_portal", "base.group_portal")
        with self.assertRaisesRegex(UserError, "active employees"):
            board.with_user(self.manager).reassign(task.ids, portal.id)
        task.state = "done"
        with self.assertRaisesRegex(UserError, "not open any more"):
            board.with_user(self.manager).reassign(task.ids, self.other_worker.id)

    def test_process_filter_and_empty(self):
        """HU-06: one process only; nobody has anything."""
        self._waiting(self.worker)
        other = self.env["bpm.process"].create({"name": "Other", "key": "other"})
        self.assertEqual(self._board(process_id=other.id)[0]["rows"], [])
        self.assertEqual(self._board(process_id=self.process.id)[0]["open"], 1)

    def test_queries_do_not_grow_with_people(self):
        """PK-01, HU-06: a thousand holders are read as two are."""
        processes = self.env["bpm.process"].create(
            [{"name": f"P{number}", "key": f"board_{number}"} for number in range(3)]
        )

        def hold(number):
            for index in range(number):
                user = new_test_user(self.env, f"bpm_holder_{number}_{index}", "base.group_user")
                self._waiting(user).process_id = processes[index % 3]

        def count():
            # New people empty what the server keeps of rights; it is read again first.
            self._board()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = len(self._board()[0]["rows"])
            return self.env.cr.sql_log_count - before, rows

        hold(3)
        few, rows = count()
        hold(20)
        many, more = count()
        self.assertEqual((rows, more), (3, 23))
        self.assertEqual(many, few)

    def test_other_company(self):
        """HU-06: tasks of companies that the reader has no part in do not count."""
        company = self.env["res.company"].create({"name": "Other Ltd"})
        instance = self._instance(self._ago(days=1), company_id=company.id)
        self._task(instance, self.worker)
        self.assertEqual(self._board()[0]["open"], 0)
