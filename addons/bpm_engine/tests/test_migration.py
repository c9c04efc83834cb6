"""Running instances follow a new version: verdicts, dry run, move, mapping, undo (HU-19)."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from odoo.addons.bpm_engine.engine import MigrationError

from .run_common import catch, chain, end, start, task, timer
from .versions_common import VersionsCommon, three_steps, two_steps


class MigrationCommon(VersionsCommon):
    def setUp(self):
        super().setUp()
        self.process = self.make("visa", *two_steps())
        self.old = self.process.published_version_id

    def check(self):
        action = self.process.with_user(self.manager).action_check_older()
        change = self.env["bpm.migration"].with_user(self.manager).browse(action["res_id"])
        if change.state == "checking":
            self.run_cron()
        return change

    def run_cron(self, *seconds):
        """The background's job; how much time is left after each batch, plenty at the end."""
        left = iter(seconds)
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: next(left, 60)
        ):
            self.env["bpm.migration"]._cron_move()
        self.env.invalidate_all()

    def states(self, instances):
        instances.flush_recordset()
        instances.invalidate_recordset()
        return {instance.id: instance.sudo().engine_state for instance in instances}

    def move(self):
        change = self.check()
        change.action_move()
        return change

    def through(self, instance, *names):
        for name in names:
            self.do(instance, name)


class TestMigration(MigrationCommon):
    def test_dry_run_writes_nothing(self):
        """HU-19: the check reads instances and changes none, byte by byte."""
        instances = self.launch_many(self.process, 3)
        before = self.states(instances)
        new = self.publish(self.process, *three_steps())
        change = self.check()
        self.assertEqual((change.count_moves, change.count_blocked), (3, 0))
        self.assertEqual(self.states(instances), before)
        self.assertEqual(instances.version_id, self.old)
        self.assertEqual(change.version_id, new)

    def test_moves_and_goes_on_in_the_new_drawing(self):
        """HU-19: open tasks stay with their people, the added step comes, the end is reached."""
        instance = self.launch(self.process)
        row = instance.task_ids
        row.sudo().deadline = "2030-01-01 10:00:00"
        new = self.publish(self.process, *three_steps())
        change = self.move()
        self.assertEqual((change.state, change.count_moved), ("done", 1))
        self.assertEqual(instance.version_id, new)
        self.assertEqual(row.element_id.version_id, new)
        self.assertEqual(str(row.deadline), "2030-01-01 10:00:00")
        self.assertEqual(row.user_id, self.worker)
        log = instance.log_ids.filtered(lambda line: line.event == "migrated")
        self.assertEqual(log.user_id, self.manager)
        self.assertIn(str(new.number), log.comment)
        self.through(instance, "Check", "Sign", "Pay")
        self.assertEqual(instance.state, "done")

    def test_waits_follow_with_their_due_time(self):
        """HU-19: a timer keeps its moment; its row stands on the new version."""

        def waiting(*more):
            return (
                start(),
                catch("Pause", timer("P3D")),
                *[task(name) for name in more],
                end(),
                chain("Start", "Pause", *more, "End"),
            )

        self.publish(self.process, *waiting("Pay"))
        instance = self.launch(self.process)
        due = instance.next_due
        new = self.publish(self.process, *waiting("Pay", "Thank"))
        self.move()
        self.assertEqual(instance.next_due, due)
        self.assertEqual(instance.wait_ids.element_id.version_id, new)
        self.assertEqual(instance.wait_ids.due, due)

    def test_removed_step_needs_a_decision(self):
        """HU-19: where the open step is gone, the manager says where the work goes on."""
        instances = self.launch_many(self.process, 2)
        self.through(instances[0], "Check")
        self.publish(self.process, *two_steps(first="Look", second="Pay"))
        change = self.check()
        self.assertEqual((change.count_moves, change.count_mapping), (1, 1))
        row = change.mapping_ids
        self.assertEqual((row.old_element, row.count), ("Check", 1))
        row.new_element_id = change.version_id.element_ids.filtered(
            lambda element: element.element_id == "Look"
        )
        self.assertEqual(change.mapping, {"Check": "Look"})
        change.action_move()
        self.assertEqual(change.count_moved, 2)
        self.assertEqual(self.open_names(instances[1]), ["Look"])
        self.assertEqual(instances[1].task_ids.activity_ids.summary, "Look")
        self.through(instances[1], "Look", "Pay")
        self.assertEqual(instances[1].state, "done")

    def test_a_step_of_the_same_name_is_proposed(self):
        """HU-19: drawn anew under its old name, a step is proposed and its verdict known."""
        instance = self.launch(self.process)
        renamed = [
            part.replace('"Look"', '"Look" ') for part in two_steps(first="Look", second="Pay")
        ]
        renamed = [part.replace('name="Look" ', 'name="Check"') for part in renamed]
        self.publish(self.process, *renamed)
        change = self.check()
        row = change.mapping_ids
        self.assertEqual((row.old_element, row.new_element_id.element_id), ("Check", "Look"))
        self.assertEqual((change.count_moves, change.count_mapping), (1, 0))
        self.assertIn("“Check” goes on with “Check”", change.line_ids.reason)
        change.action_move()
        todo = instance.task_ids.filtered(lambda t: t.state == "todo")
        self.assertEqual(todo.element_id.element_id, "Look")

    def test_without_decision_it_stays(self):
        """HU-19: nothing can move: refused with the cure; the instance goes on as it was."""
        instance = self.launch(self.process)
        self.publish(self.process, *two_steps(first="Look", second="Pay"))
        change = self.check()
        with self.assertRaisesRegex(UserError, "Decide where removed steps go on"):
            change.action_move()
        self.through(instance, "Check", "Pay")
        self.assertEqual(instance.state, "done")

    def test_blocked_says_why(self):
        """HU-19: what cannot move stays, with the reason in words."""
        instance = self.launch(self.process)
        body = three_steps()
        changed = [
            part.replace("<userTask", "<serviceTask").replace("</userTask", "</serviceTask")
            if 'id="Check"' in part
            else part
            for part in body
        ]
        self.action("note", "message")
        changed = [
            part.replace(
                'name="Check">',
                'name="Check"><extensionElements><bpm:action name="note"/></extensionElements>',
            )
            for part in changed
        ]
        self.publish(self.process, *changed)
        change = self.check()
        self.assertEqual(change.count_blocked, 1)
        self.assertIn("Check", change.line_ids.reason)
        self.assertEqual(instance.version_id, self.old)

    def test_undo_is_byte_equal(self):
        """HU-19: taken back while nothing went on, the state is the same byte by byte."""
        instances = self.launch_many(self.process, 3)
        self.through(instances[0], "Check")
        before = self.states(instances)
        elements = {row.id: row.element_id for row in instances.task_ids}
        self.publish(self.process, *three_steps())
        change = self.move()
        self.assertNotEqual(self.states(instances), before)
        change.action_undo()
        self.assertEqual(change.state, "undone")
        self.assertEqual(self.states(instances), before)
        self.assertEqual(instances.version_id, self.old)
        self.assertEqual({row.id: row.element_id for row in instances.task_ids}, elements)
        self.through(instances[1], "Check", "Pay")
        self.assertEqual(instances[1].state, "done")

    def test_undo_leaves_what_went_on(self):
        """HU-19: where work went on since, nothing is taken back, and this is said."""
        instances = self.launch_many(self.process, 2)
        new = self.publish(self.process, *three_steps())
        change = self.move()
        self.through(instances[0], "Check")
        change.action_undo()
        self.assertEqual(instances[0].version_id, new)
        self.assertEqual(instances[1].version_id, self.old)
        line = change.line_ids.filtered(lambda item: item.instance_id == instances[0])
        self.assertIn("Work went on", line.reason)
        self.through(instances[1], "Check")
        with self.assertRaisesRegex(UserError, "None of them.*\nWork went on"):
            change.action_undo()

    def test_undo_wakes_nothing_that_ended(self):
        """HU-19: cancelled since the move: no wait, no timer, no version comes back."""
        pause = (start(), catch("Pause", timer("PT2H")), end(), chain("Start", "Pause", "End"))
        process = self.make("pause", *pause)
        old = process.published_version_id
        cancelled, waits = self.launch_many(process, 2)
        new = self.publish(
            process,
            start(),
            catch("Pause", timer("PT2H")),
            task("Call"),
            end(),
            chain("Start", "Pause", "Call", "End"),
        )
        action = process.with_user(self.manager).action_check_older()
        change = self.env["bpm.migration"].with_user(self.manager).browse(action["res_id"])
        change.action_move()
        self.assertEqual((cancelled | waits).version_id, new)
        cancelled.with_user(self.manager).action_cancel("No longer wanted")
        change.action_undo()
        self.assertEqual((waits.version_id, waits.state), (old, "running"))
        self.assertTrue(waits.wait_ids)
        self.assertEqual((cancelled.version_id, cancelled.state), (new, "cancelled"))
        self.assertFalse(cancelled.wait_ids)
        self.assertFalse(cancelled.next_due)
        line = change.line_ids.filtered(lambda item: item.instance_id == cancelled)
        self.assertEqual(line.state, "moved")
        self.assertIn("It has ended since", line.reason)

    def test_undo_in_order(self):
        """HU-19: moved twice: the first move is not taken back under the second."""
        instance = self.launch(self.process)
        self.publish(self.process, *three_steps())
        first = self.move()
        self.publish(self.process, *two_steps())
        second = self.move()
        with self.assertRaisesRegex(UserError, "moved to another version since"):
            first.action_undo()
        last = self.process.published_version_id
        self.assertEqual(instance.version_id, last)
        second.action_undo()
        first.action_undo()
        self.assertEqual(instance.version_id, self.old)
        self.through(instance, "Check", "Pay")

    def test_undo_of_a_mapping(self):
        """HU-19: a mapped task is again what it was, name and element."""
        instance = self.launch(self.process)
        before = self.states(instance)
        self.publish(self.process, *two_steps(first="Look", second="Pay"))
        change = self.check()
        change.mapping_ids.new_element_id = change.version_id.element_ids.filtered(
            lambda element: element.element_id == "Look"
        )
        change.action_move()
        change.action_undo()
        self.assertEqual(self.states(instance), before)
        self.assertEqual(self.open_names(instance), ["Check"])
        self.through(instance, "Check", "Pay")

    def test_ended_meanwhile(self):
        """HU-24: an instance that ended between check and move is left alone."""
        instances = self.launch_many(self.process, 2)
        self.publish(self.process, *three_steps())
        change = self.check()
        self.through(instances[0], "Check", "Pay")
        change.action_move()
        self.assertEqual(instances[0].version_id, self.old)
        self.assertEqual((change.count_moved, change.count_blocked), (1, 1))

    def test_one_that_fails_holds_up_nobody(self):
        """HU-24: an instance whose move fails is named with the reason; the rest moves."""
        instances = self.launch_many(self.process, 3)
        new = self.publish(self.process, *three_steps())
        change = self.check()
        bad, real = instances[1], type(change.line_ids)._follow

        def follow(line, instance, mapping):
            if instance == bad:
                raise MigrationError(["the shelf is full"])
            return real(line, instance, mapping)

        before = self.states(bad)
        with patch.object(type(change.line_ids), "_follow", follow):
            change.action_move()
        self.assertEqual((change.count_moved, change.count_failed), (2, 1))
        self.assertEqual(bad.version_id, self.old)
        self.assertEqual(self.states(bad), before)
        self.assertEqual((instances - bad).version_id, new)
        failed = change.line_ids.filtered(lambda line: line.state == "failed")
        self.assertEqual(failed.reason, "the shelf is full")
        change.action_check()
        self.assertEqual(change.count_moves, 1, "tried again after the cure")

    def test_differences(self):
        """HU-19: what is new, gone and changed, by name, and on both pictures."""
        self.launch(self.process)
        self.publish(self.process, *three_steps())
        change = self.check()
        self.assertEqual(change.from_version_id, self.old)
        self.assertIn("Sign", change.differences["added"])
        self.assertIn("Check_Pay", change.differences["removed"])
        # Arrows to and from a new step say nothing that it does not say itself.
        self.assertIn("<dd>Sign</dd>", change.differences_html)
        self.assertIn("Sign", change.differences_html)
        self.assertIn({"element": "Sign", "state": "added"}, change.new_marks["marks"])
        wizard = self.env["bpm.compare"].browse(change.version_id.action_compare()["res_id"])
        self.assertEqual(wizard.differences, change.differences)

    def test_called_process_moves_with_its_caller(self):
        """HU-19: a task inside a called process stands on the new version of that process."""
        call = (
            start(),
            '<callActivity id="Call" name="Call" calledElement="visa"/>',
            end(),
            chain("Start", "Call", "End"),
        )
        outer = self.make("outer", *call)
        instance = self.launch(outer)
        self.assertEqual(instance.task_ids.element_id.version_id, self.old)
        inner = self.publish(self.process, *three_steps())
        self.publish(outer, *call)
        action = outer.with_user(self.manager).action_check_older()
        change = self.env["bpm.migration"].browse(action["res_id"])
        change.with_user(self.manager).action_move()
        self.assertEqual(change.count_moved, 1)
        self.assertEqual(instance.task_ids.element_id.version_id, inner)
        self.through(instance, "Check", "Sign", "Pay")
        self.assertEqual(instance.state, "done")

    def test_who(self):
        """HU-23: only managers move running instances."""
        self.launch(self.process)
        self.publish(self.process, *three_steps())
        for user in (self.worker, self.designer):
            with self.assertRaises(AccessError):
                self.process.with_user(user).action_check_older()


class TestManyInstances(MigrationCommon):
    def test_hundreds_without_loss(self):
        """HU-19: 400 instances at both places move in the background, none is lost, all go on.

        Cut after the first batch, the move goes on where it was.
        """
        first, second = self.launch_many(self.process, 2)
        self.do(first, "Check")
        instances = self.clones(first, 200) | self.clones(second, 200)
        tokens = self.open_tokens(instances)
        self.assertEqual(len(tokens), 400)
        new = self.publish(self.process, *three_steps())
        change = self.check()
        self.assertEqual(change.count_moves, 402)
        change.action_move()
        self.assertEqual((change.state, change.count_moved), ("running", 0))
        self.assertEqual(change._move_batch(50), 50)
        self.assertEqual(round(change.progress), 12)
        self.run_cron()
        self.assertEqual((change.state, change.count_moved), ("done", 402))
        self.assertEqual(set(instances.mapped("version_id")), {new})
        self.assertEqual(self.open_tokens(instances), tokens)
        for instance in instances[::80]:
            self.through(instance, *self.open_path(instance))
        self.assertEqual(set(instances[::80].mapped("state")), {"done"})

    def clones(self, instance, count):
        """Instances that stand exactly where this one stands."""
        values = {
            name: instance.sudo()[name].id if name.endswith("_id") else instance.sudo()[name]
            for name in (
                "name", "process_id", "version_id", "company_id", "starter_id", "engine_state",
            )
        }  # fmt: skip
        made = self.env["bpm.instance"].create([dict(values) for _number in range(count)])
        row = instance.task_ids.filtered(lambda task: task.state == "todo")
        self.env["bpm.task"].create(
            [
                {
                    "name": row.name,
                    "instance_id": clone.id,
                    "element_id": row.element_id.id,
                    "token": row.token,
                    "user_id": row.user_id.id,
                }
                for clone in made
            ]
        )
        return made

    def open_tokens(self, instances):
        rows = instances.task_ids.filtered(lambda task: task.state == "todo")
        return {row.instance_id.id: row.token for row in rows}

    def open_path(self, instance):
        return ["Pay"] if self.open_names(instance) == ["Pay"] else ["Check", "Sign", "Pay"]

    def test_check_reads_in_batches(self):
        """HU-19: the number of queries of a check does not grow with each instance."""
        self.launch_many(self.process, 20)
        self.publish(self.process, *three_steps())
        self.check()
        self.env.flush_all()
        few = self.count_queries()
        self.launch_more(40)
        self.assertLess(self.count_queries(), few + 40)

    def launch_more(self, count):
        instances = self.launch_many(self.process, count)
        instances.sudo().version_id = self.old
        self.env.flush_all()

    def count_queries(self):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.check()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
