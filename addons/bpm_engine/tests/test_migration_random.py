"""A thousand running instances of random drawings follow random changes (HU-19)."""

import os
import random
from datetime import UTC, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError

from .engine.drawing import CALLEE, OUTCOMES, Drawing, play
from .run_common import RunCommon

#: Drawings, places in each at which instances stand, and instances at each place. The suite plays
#: the same stories each time; CRM_BPM_FUZZ=7 plays seven times as many new ones.
STORIES, PLACES, CLONES = 10, 10, 10
FUZZ = int(os.environ.get("CRM_BPM_FUZZ") or 0)
#: Instances of each story that are played to their end by people and the clock, not in memory.
BY_PEOPLE = 3
_COPIED = ("name", "process_id", "version_id", "company_id", "starter_id", "engine_state",
           "next_due", "res_model", "res_id")  # fmt: skip


class TestRandomMigrations(RunCommon):
    def setUp(self):
        super().setUp()
        callee = self.env["bpm.process"].create(
            {"name": "Callee", "key": "callee", "owner_id": self.manager.id}
        )
        self.put_to_use(callee, CALLEE)

    def put_to_use(self, process, xml):
        version = process.draft_version_id
        if not version and process.published_version_id:
            version = process.published_version_id.action_new_draft_version()
        version = version or self.env["bpm.process.version"].create({"process_id": process.id})
        version.bpmn_xml = xml
        version.with_user(self.manager).action_publish()
        return version

    def test_a_thousand_lose_nothing(self):
        """HU-19: dry run, batches, undo: no token, task, wait or line of history is lost."""
        first = random.randrange(10**9) if FUZZ else 0
        told = {"running": 0, "moved": 0, "stayed": 0, "undone": 0}
        for seed in range(first, first + STORIES * (FUZZ or 1)):
            with self.subTest(seed=seed):
                _Story(self, seed).play(told)
        self.assertEqual(told["running"], told["moved"] + told["stayed"])
        self.assertGreaterEqual(told["running"], 1000)
        self.assertGreater(told["moved"], told["running"] / 3, told)
        self.assertGreater(told["undone"], 0, told)


class _Story:
    """One drawing, its instances, and what becomes of them."""

    def __init__(self, case, seed):
        self.case, self.env, self.seed = case, case.env, seed
        self.rng = random.Random(seed)
        # Every third also waits for messages and has an event sub-process.
        self.drawing = Drawing(self.rng, depth=2, events=seed % 3 == 2)
        self.clock = fields.Datetime.now()
        self.process = self.env["bpm.process"].create(
            {
                "name": f"Story {seed}",
                "key": f"story{seed}",
                "owner_id": case.manager.id,
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "one_per_record": False,
            }
        )

    def play(self, told):
        case = self.case
        old = self.publish()
        instances = self.stand_somewhere()
        for _edit in range(self.rng.randint(1, 3)):
            self.drawing.edit()
        new = self.publish()
        before = self.look(instances)
        change = self.check(new)
        case.assertEqual(self.look(instances), before, "the check has written something")
        moved = self.move(change)
        self.compare(instances, moved, change, before)
        told["running"] += len(instances)
        told["moved"] += len(moved)
        told["stayed"] += len(instances - moved)
        self.end_in_memory(instances, moved, bool(change.mapping))
        gone_on = self.go_on(moved)
        told["undone"] += self.undo(change, moved - gone_on, gone_on, before, (old, new))
        self.end_by_people(instances)

    # ------------------------------------------------------------------ before

    def publish(self):
        return self.case.put_to_use(self.process, self.drawing.xml(self.process.key))

    def stand_somewhere(self):
        """Instances at random places: each played there by people, then copied with its rows."""
        instances = self.env["bpm.instance"]
        while len(instances) < PLACES * CLONES:
            pattern = self.process.sudo()._start(self.case.partner, starter=self.case.worker)
            for _step in range(self.rng.randint(0, 8)):
                self.step(pattern, OUTCOMES)
            if pattern.state == "running":
                instances |= pattern | self.copies(pattern, CLONES - 1)
        self.env.flush_all()
        return instances

    def copies(self, pattern, count):
        made = self.env["bpm.instance"].create(
            [self.values(pattern, _COPIED) for _number in range(count)]
        )
        tasks = pattern.task_ids.filtered(lambda task: task.state == "todo")
        for records, names in (
            (tasks, ("name", "element_id", "token", "user_id", "deadline")),
            (pattern.wait_ids, ("element_id", "token", "kind", "name", "due")),
            (pattern.log_ids[-3:], ("process_id", "version_id", "company_id", "element", "event")),
        ):
            rows = [self.values(record, names) for record in records]
            records.create([{**row, "instance_id": one.id} for one in made for row in rows])
        return made

    def values(self, record, names):
        record = record.sudo()
        return {
            name: record[name].id if record._fields[name].type == "many2one" else record[name]
            for name in names
        }

    # ------------------------------------------------------------------ the change

    def look(self, instances):
        """All that a move could lose, per instance."""
        self.env.flush_all()
        self.env.invalidate_all()
        return {
            one.id: {
                "state": one.engine_state,
                "version": one.version_id,
                "due": one.next_due,
                "tasks": {
                    (row.token, row.element_id, row.name, row.user_id, row.deadline)
                    for row in one.task_ids
                    if row.state == "todo"
                },
                "waits": {(row.token, row.kind, row.element_id, row.due) for row in one.wait_ids},
                "log": one.log_ids.ids,
            }
            for one in instances.sudo()
        }

    def check(self, version):
        """Verdicts, with a random decision for each step that is gone."""
        action = version.with_user(self.case.manager).action_check_older()
        change = self.env["bpm.migration"].browse(action["res_id"]).with_user(self.case.manager)
        self.look_at_all(change)
        steps = version.element_ids.filtered(lambda one: one.type == "userTask")
        for row in change.mapping_ids.filtered(lambda one: not one.new_element_id):
            row.new_element_id = self.rng.choice(steps)
        if change.mapping_ids:
            change.action_check()
        self.look_at_all(change)
        return change

    def look_at_all(self, change):
        """Many are checked in the background."""
        while change.state == "checking":
            change._check_batch()

    def move(self, change):
        """Those that moved; in batches, as the cron does."""
        try:
            change.action_move()
        except UserError:
            self.case.assertFalse(change.count_moves)
            return self.env["bpm.instance"]
        while change._get_open_lines(1):
            change._move_batch(50)
        change._finish_if_through()
        self.case.assertFalse(change.count_failed, change.line_ids.mapped("reason"))
        moved = change.line_ids.filtered(lambda line: line.state == "moved")
        return moved.instance_id

    def compare(self, instances, moved, change, before):
        """Who moved has all he had, under the new drawing; who stayed is untouched."""
        case, mapping, after = self.case, change.mapping or {}, self.look(instances)
        for one in instances - moved:
            case.assertEqual(after[one.id], before[one.id])
        for one in moved.sudo():
            was, now = before[one.id], after[one.id]
            case.assertEqual(now["version"], change.version_id)
            case.assertEqual(
                {(token, element.element_id, who) for token, element, _n, who, _d in now["tasks"]},
                {
                    (token, mapping.get(element.element_id, element.element_id), who)
                    for token, element, _name, who, _deadline in was["tasks"]
                },
            )
            told = len(was["log"])
            case.assertEqual(now["log"][:told], was["log"])
            case.assertEqual(one.log_ids[told].event, "migrated")
            put = one.log_ids[told + 1 :]
            case.assertEqual(put.mapped("event"), ["cancelled", "entered"] * (len(put) // 2))
            case.assertLessEqual(set(put[::2].mapped("element")), set(mapping))
            known = change.version_id | change.version_id.called_version_ids
            for place in [row[1] for row in now["tasks"]] + [row[2] for row in now["waits"]]:
                case.assertIn(place.version_id, known)
            dues = {wait[:3]: wait[3] for wait in was["waits"]}
            for *place, due in now["waits"]:
                case.assertEqual(due, dues.get(tuple(place), due))
            self.check_rows(one)

    def check_rows(self, instance):
        """Rows say what the tokens say."""
        engine = instance._load()
        todo = instance.task_ids.filtered(lambda row: row.state == "todo")
        self.case.assertEqual(
            sorted((row.token, row.element_id.element_id) for row in todo),
            sorted((task.id, task.element) for task in engine.open_tasks()),
        )
        waits = [(w.token or "", w.element_id.element_id, w.due) for w in instance.wait_ids]
        wanted = [
            (one.task_id, one.element, one.due and one.due.replace(microsecond=0, tzinfo=None))
            for one in engine.waits()
        ]
        self.case.assertCountEqual(waits, [(*one[:2], one[2] or False) for one in wanted])

    def undo(self, change, untouched, gone_on, before, versions):
        """Taken back byte by byte where nothing went on; the number of them."""
        if not untouched:
            return 0
        old, new = versions
        after = self.look(gone_on)
        change.action_undo()
        while change.state == "undoing":
            change._undo_batch(50)
            change._finish_undo()
        again = self.look(untouched | gone_on)
        for one in untouched:
            was, now = before[one.id], again[one.id]
            self.case.assertEqual(now.pop("log")[: len(was["log"])], was["log"])
            waits = {wait[:2] + wait[3:] for wait in now.pop("waits")}
            self.case.assertEqual(waits, {wait[:2] + wait[3:] for wait in was["waits"]})
            self.case.assertEqual(now, {key: was[key] for key in now})
            self.case.assertEqual(now["version"], old)
        for one in gone_on:
            self.case.assertEqual(again[one.id], after[one.id])
            self.case.assertEqual(one.version_id, new)
        return len(untouched)

    # ------------------------------------------------------------------ going on

    def end_in_memory(self, instances, moved, mapped):
        """Each of them comes to its end, whatever is done first; nothing is saved."""
        for one in instances.sudo():
            engine = one._load()
            engine.host = engine.workflow.host = _Clock(one)
            engine.workflow.script_engine.host = engine.host
            play(engine, self.rng, 300, ["ok"], once=not (mapped and one in moved))
            self.case.assertTrue(engine.is_done, (self.seed, one.id, engine.open_tasks()))

    def go_on(self, moved):
        """One step in every tenth."""
        chosen = moved.filtered(lambda one: self.rng.random() < 0.1)
        for one in chosen:
            self.step(one, OUTCOMES)
        return chosen

    def end_by_people(self, instances):
        for one in self.rng.sample(list(instances), BY_PEOPLE):
            for _step in range(300):
                if one.state != "running":
                    break
                self.step(one, ["ok"])
            self.case.assertEqual(one.state, "done", (self.seed, one.id))
            self.case.assertFalse(one.wait_ids)
            self.case.assertNotIn("todo", one.task_ids.mapped("state"))

    def step(self, instance, outcomes):
        """A person does a task, a message comes, or time passes."""
        todo = instance.task_ids.filtered(lambda row: row.state == "todo")
        due = instance.next_due
        names = instance.wait_ids.filtered(lambda wait: wait.kind == "message").mapped("name")
        if names and (not (todo or due) or self.rng.random() < 0.2):
            with patch.object(fields.Datetime, "now", lambda *args: self.clock):
                # As it comes from the record, but to this one of many that run there.
                instance.sudo()._receive("message", self.rng.choice(sorted(names)), {})
                if self.rng.random() < 0.2:
                    instance.sudo()._receive("signal", "alarm", {})
        elif due and (not todo or self.rng.random() < 0.2):
            self.clock = max(self.clock, due + timedelta(seconds=1))
            with patch.object(fields.Datetime, "now", lambda *args: self.clock):
                instance._fire_apart()
        elif todo:
            row = self.rng.choice(list(todo))
            with patch.object(fields.Datetime, "now", lambda *args: self.clock):
                instance.with_user(self.case.worker)._complete_task(row, self.rng.choice(outcomes))
        instance.invalidate_recordset(["task_ids", "wait_ids", "log_ids"])


class _Clock:
    """Surroundings of an engine that plays in memory only."""

    def __init__(self, instance):
        self.clock = fields.Datetime.now().replace(tzinfo=UTC)
        self.execution = None

    def record(self):
        return None

    def now(self):
        return self.clock
