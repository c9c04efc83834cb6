import gc

from .run_common import RunCommon, chain, end, service, start, task

#: In what two tasks of one kind differ.
OWN = ("id", "token", "instance_id", "date_start", "create_date", "write_date")


class Undone(Exception):
    pass


class TestRunSpeed(RunCommon):
    """What a step keeps in memory and writes past the ORM: quick, and never out of date."""

    def make_two(self, key="two", *body, **values):
        return self.make(
            key,
            start(),
            task("First"),
            task("Second"),
            end(),
            *body,
            chain("Start", "First", "Second", "End"),
            **values,
        )

    def count(self, act, *args):
        """Statements of an act in a new request."""
        self.env.flush_all()
        self.env.transaction.clear()
        before = self.env.cr.sql_log_count
        result = act(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def test_statements(self):
        """HU-06: few questions to the database per step, whatever the drawing."""
        process = self.make_two(one_per_record=False).with_user(self.worker)
        process = process.with_context(bpm_quiet=True)
        begin = lambda: process.start("two", "res.partner", self.partner.id)  # noqa: E731
        worker = self.Instance.with_user(self.worker).with_context(bpm_quiet=True)
        # What a server asks once and keeps (rights, regulations) is asked here.
        worker.browse(begin()).task_ids.action_complete()
        count, instance_id = self.count(begin)
        self.assertLessEqual(count, 10)
        count, _done = self.count(worker.browse(instance_id).task_ids.action_complete)
        self.assertLessEqual(count, 11)
        self.assertEqual(self.open_names(self.Instance.browse(instance_id)), ["Second"])

    def test_message_statements(self):
        """HU-06: a message finds its process and moves it by few questions to the database."""
        process = self.make(
            "waiting",
            start(),
            '<intermediateCatchEvent id="Word" name="Word"><messageEventDefinition'
            ' messageRef="Go"/></intermediateCatchEvent>',
            task("After"),
            end(),
            chain("Start", "Word", "After", "End"),
            roots='<message id="Go" name="go"/>',
            one_per_record=False,
        )
        instance = self.launch(process)
        send = self.env["bpm.process"].with_user(self.worker).with_context(bpm_quiet=True)
        # Kept by the server for all requests, unlike what is counted here.
        self.env["res.lang"].get_installed()
        count, _sent = self.count(send.send_message, "go", "res.partner", self.partner.id)
        self.assertEqual(self.open_names(instance), ["After"])
        self.assertLessEqual(count, 12)

    def test_nobody_left_behind(self):
        """HU-24: thousands of steps of one program leave nothing of each other in memory."""
        process = self.make_two(one_per_record=False)
        self.launch(process)
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)
        before = len(self.env.transaction.envs)
        for _number in range(5):
            self.launch(process)
        self.assertLessEqual(len(self.env.transaction.envs), before + 2)

    def test_values_of_rows(self):
        """HU-06: rows past the ORM hold what the ORM would have written for what they lack."""
        log = self.env["bpm.log"].sudo()
        instance = self.launch(self.make_two())
        line = instance._prepare_log_values("assigned")
        log._append([line, {**line, "duration": 2.0, "overdue": True, "comment": False}])
        self.env.cr.execute(
            "SELECT duration, overdue, comment, element FROM bpm_log WHERE event = 'assigned'"
            " AND instance_id = %s ORDER BY id",
            [instance.id],
        )
        self.assertEqual(
            self.env.cr.fetchall(), [(0.0, False, None, None), (2.0, True, None, None)]
        )

    def test_deleted_record_is_gone(self):
        """HU-06: what was read of a record does not make it exist after it was deleted."""
        process = self.env["bpm.process"]
        partner = self.env["res.partner"].create({"name": "Short"})
        self.assertTrue(process._fetch_existing(partner))
        self.assertEqual(process._find_existing(partner), partner)
        partner.unlink()
        self.assertFalse(process._find_existing(partner))
        self.assertFalse(process._fetch_existing(partner))

    def test_done_task_is_the_same_to_the_orm(self):
        """HU-06: a task done past the ORM is seen as done at once, and by the database too."""
        instance = self.launch(self.make_two())
        row = instance.task_ids
        before = row.write_date
        self.assertTrue(row.with_user(self.worker).can_complete)
        row.with_user(self.worker).action_complete()
        self.assertEqual((row.state, row.outcome, row.done_by_id), ("done", "done", self.worker))
        self.assertFalse(row.with_user(self.worker).can_complete)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((row.state, row.outcome, row.done_by_id), ("done", "done", self.worker))
        self.assertGreaterEqual(row.write_date, before)
        self.assertTrue(self.env["bpm.task"].action_complete())

    def test_lists_are_new(self):
        """HU-06: who has read tasks, waits and history sees them anew after a step."""
        instance = self.launch(self.make_two())
        self.assertEqual(len(instance.log_ids.filtered(lambda line: line.event == "left")), 1)
        self.assertIn("First", instance.current_step)
        self.do(instance, "First")
        self.assertEqual(len(instance.log_ids.filtered(lambda line: line.event == "left")), 2)
        self.assertIn("Second", instance.current_step)

    def test_quiet_tasks_are_whole(self):
        """HU-06: tasks without activities have all that other tasks have."""
        process = self.make_two(one_per_record=False)
        loud = self.launch(process).task_ids
        quiet = self.launch(process.with_context(bpm_quiet=True)).task_ids
        self.env.flush_all()
        self.env.invalidate_all()
        same = [
            name
            for name, field in quiet._fields.items()
            if field.store and field.column_type and name not in OWN
        ]
        self.assertEqual(
            quiet.read(same, load="")[0] | {"id": 0}, loud.read(same, load="")[0] | {"id": 0}
        )
        self.assertFalse(quiet.activity_ids)
        self.assertTrue(loud.activity_ids)

    def test_instance_has_defaults(self):
        """HU-06: a new instance has what the ORM would have given it."""
        instance = self.launch(self.make_two())
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(instance.state, "running")
        self.assertEqual(instance.start_kind, "hand")
        self.assertTrue(instance.date_start)
        self.assertEqual(instance.duration_hours, 0)
        self.assertEqual(instance.create_uid, self.worker)

    def test_hot_change_at_once(self):
        """HU-20: the next step goes by the element as it is now, not as it was kept."""
        process = self.make_two(one_per_record=False)
        self.launch(process)
        element = process.published_version_id.element_ids.filtered(
            lambda item: item.element_id == "First"
        )
        element.with_user(self.manager).write({"name": "Look twice"})
        self.assertEqual(self.open_names(self.launch(process)), ["Look twice"])

    def test_undone_hot_change(self):
        """HU-20: a change that was rolled back leaves nothing behind."""
        process = self.make_two(one_per_record=False)
        self.launch(process)
        element = process.published_version_id.element_ids.filtered(
            lambda item: item.element_id == "First"
        )
        with self.assertRaises(Undone), self.env.cr.savepoint():
            element.with_user(self.manager).write({"name": "Look twice"})
            self.assertEqual(self.open_names(self.launch(process)), ["Look twice"])
            raise Undone
        self.assertEqual(self.open_names(self.launch(process)), ["First"])
        element.with_user(self.manager).write({"name": "Look thrice"})
        self.assertEqual(self.open_names(self.launch(process)), ["Look thrice"])

    def test_hot_change_of_called(self):
        """HU-20: so it is with elements of a process that is called."""
        inner = self.make_two("inner")
        outer = self.make(
            "outer",
            start(),
            '<callActivity id="Call" name="Call" calledElement="inner"/>',
            end(),
            chain("Start", "Call", "End"),
            one_per_record=False,
        )
        self.assertEqual(self.open_names(self.launch(outer)), ["First"])
        element = inner.published_version_id.element_ids.filtered(
            lambda item: item.element_id == "First"
        )
        element.with_user(self.manager).write({"name": "Inside"})
        self.assertEqual(self.open_names(self.launch(outer)), ["Inside"])

    def test_changed_action(self):
        """HU-05: an action acts as the person whom it names now."""
        note = self.action("note", "set", run_as_user_id=self.manager.id)
        field = self.env["ir.model.fields"]._get("res.partner", "comment")
        value = self.env["bpm.action.value"].create(
            {"action_id": note.id, "field_id": field.id, "value": "one"}
        )
        process = self.make(
            "noted",
            start(),
            service("Note", "note"),
            end(),
            chain("Start", "Note", "End"),
            one_per_record=False,
        )
        self.launch(process)
        self.assertEqual(self.partner.write_uid, self.manager)
        self.assertIn("one", self.partner.comment)
        other = self._user("second_manager", "bpm_engine.group_manager")
        other.group_ids += self.env.ref("base.group_partner_manager")
        note.run_as_user_id = other
        value.value = "two"
        self.launch(process)
        self.env.flush_all()
        self.assertEqual(self.partner.write_uid, other)
        self.assertIn("two", self.partner.comment)

    def test_archived_actor(self):
        """HU-05: nobody acts any more for whom has left."""
        process = self.make(
            "leaving",
            start(),
            service("Note", "bpm_test_note"),
            end(),
            chain("Start", "Note", "End"),
            one_per_record=False,
        )
        self.action("bpm_test_note", "message")
        self.launch(process)
        self.manager.active = False
        with self.assertRaisesRegex(Exception, "nobody to act as"):
            self.launch(process)

    def test_watched_tasks(self):
        """HU-05: a process that begins with each new task sees those of quiet programs, too."""
        watching = self.make(
            "watching",
            start(),
            task("Look"),
            end(),
            chain("Start", "Look", "End"),
            model="bpm.task",
        )
        self.env["bpm.process.trigger"].create({"process_id": watching.id, "kind": "create"})
        process = self.make_two()
        quiet = self.launch(process.with_context(bpm_quiet=True)).task_ids
        self.env["bpm.process.trigger"]._start_pending()
        started = self.Instance.search([("process_id", "=", watching.id)])
        self.assertIn(quiet.id, started.mapped("res_id"))
