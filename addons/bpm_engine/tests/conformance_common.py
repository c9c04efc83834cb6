"""Plays the scripts of the engine's conformance cases through bpm.instance."""

from contextlib import contextmanager
from datetime import UTC
from types import SimpleNamespace
from unittest.mock import patch

from odoo import fields
from odoo.tools import file_open

from odoo.addons.bpm_engine.engine import Execution

from .engine.common import DIAGRAMS, Host

#: What the engine itself tells; the rest of the history (started, assigned) is of bpm.instance.
ENGINE_EVENTS = ("entered", "left", "cancelled", "fired", "error")
_SERVICE = '<bpmn:serviceTask id="{0}" name="{0}"'
_ACTION = '<bpmn:extensionElements><bpm:action name="conformance"/></bpmn:extensionElements>'


def read_case(name):
    """A diagram of the suite whose service tasks name an action, as publishing demands."""
    path = DIAGRAMS / f"{name}.bpmn"
    with file_open(str(path.relative_to(DIAGRAMS.parents[3])), "r") as stream:
        xml = stream.read()
    for element in ("Service", "Remind", "Book"):
        head = _SERVICE.format(element)
        xml = xml.replace(f"{head}/>", f"{head}></bpmn:serviceTask>")
        xml = xml.replace(f"{head}>", f"{head}>{_ACTION}")
    return xml


class InstancePlayer:
    """What engine.common.Player offers the scripts, by a real instance.

    After each step all caches are emptied, as in another worker, and what the database shows
    is compared with where the tokens stand.
    """

    def __init__(self, case, process, record, services):
        self.case, self.process, self.record = case, process, record
        self.env = case.env
        self.host = Host(record, services)
        self.instance = self.env["bpm.instance"]
        self.execution = SimpleNamespace(thrown=[])

    # What the scripts look at

    @property
    def trace(self):
        lines = self.instance.log_ids.filtered(lambda line: line.event in ENGINE_EVENTS)
        return [(line.element, line.event) for line in lines.sorted("id")]

    @property
    def is_done(self):
        return self.instance.state == "done"

    @property
    def data(self):
        return self._engine().data

    @property
    def next_due(self):
        due = self.instance.next_due
        return due.replace(tzinfo=UTC) if due else None

    @property
    def diagram(self):
        return self.instance.version_id._get_diagram()

    def open(self):
        return [task.element for task in self.open_tasks()]

    def open_tasks(self):
        return self._engine().open_tasks()

    def waits(self):
        return [] if self.is_done else self._engine().waits()

    def _engine(self):
        return self.instance.sudo()._load()

    # What the scripts do

    def start(self, data=None, start_event=None):
        with self._clock():
            if start_event:
                element = self.process.published_version_id._get_diagram().elements[start_event]
                where = (self.record._name, self.record.id)
                sent = self._people().send_message(element.event_name, *where, data)
                self.instance = self.env["bpm.instance"].browse(sent["started"])
            else:
                ids = self._people(self.process).action_start(self.record.ids, data or {})
                self.instance = self.env["bpm.instance"].browse(ids)
        return self._after()

    def complete(self, element, outcome=None, index=None, **data):
        token = next(
            task.id
            for task in self.open_tasks()
            if task.element == element and (index is None or task.index == index)
        )
        row = self.instance.task_ids.filtered(lambda t: t.token == token and t.state == "todo")
        row.ensure_one()
        person = row.user_id or row.group_id.all_user_ids[:1] or self.case.worker
        with self._clock(), self._writing(data, outcome):
            row.with_user(person).action_complete()
        return self._after()

    def message(self, name, payload=None):
        with self._clock():
            sent = self._people().send_message(name, self.record._name, self.record.id, payload)
        self._after()
        return self.instance.id in sent["delivered"]

    def signal(self, name, payload=None):
        with self._clock():
            taken = self._people().send_signal(name, payload)
        self._after()
        return self.instance.id in taken

    def advance(self, **kwargs):
        before = self.instance.step_count, len(self.instance.log_ids)
        self.host.advance(**kwargs)
        with self._clock(), self.case.enter_registry_test_mode():
            self.env.ref("bpm_engine.ir_cron_timers").method_direct_trigger()
        self._after()
        return (self.instance.step_count, len(self.instance.log_ids)) != before

    # Inside

    def _people(self, records=None):
        records = self.env["bpm.process"] if records is None else records
        return records.with_user(self.case.worker)

    @contextmanager
    def _clock(self):
        """The clock of the scripts, their services, and a look at what is thrown."""
        moment = self.host.clock.replace(tzinfo=None)
        deliver = type(self.instance)._deliver

        def note(instance, thrown):
            self.execution.thrown += thrown
            return deliver(instance, thrown)

        def run(action, instance, parameters, data):
            element = instance.env.context.get("bpm_case_element")
            return self.host.call_service(element, data)

        with (
            patch.object(fields.Datetime, "now", lambda *args: moment),
            patch.object(type(self.instance), "_deliver", note),
            patch.object(type(self.env["bpm.action"]), "_run", run),
        ):
            yield

    @contextmanager
    def _writing(self, data, outcome):
        """Variables that a script lets a person write; the drawings have no forms for them."""
        complete = Execution.complete
        more = data if outcome is None else {**data, "outcome": outcome}

        def with_data(execution, token, given=None):
            return complete(execution, token, {**(given or {}), **more})

        with patch.object(Execution, "complete", with_data):
            yield

    def _after(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self._check()
        return self

    def _check(self):
        """Tasks, activities, waits, due time and state are those of the tokens."""
        case, instance = self.case, self.instance
        if not instance:
            return
        engine = self._engine()
        todo = instance.task_ids.filtered(lambda task: task.state == "todo")
        case.assertEqual(
            sorted(todo.mapped(lambda t: (t.token, t.element_id.element_id))),
            sorted((task.id, task.element) for task in engine.open_tasks()),
        )
        case.assertEqual(
            todo.activity_ids.user_id, todo.user_id, "each holder has it among his activities"
        )
        case.assertFalse((instance.task_ids - todo).activity_ids)
        waits = [] if engine.is_done else engine.waits()
        case.assertEqual(
            sorted((w.token or "", w.kind, w.element_id.element_id) for w in instance.wait_ids),
            sorted((wait.task_id, wait.kind, wait.element) for wait in waits),
        )
        due = min((wait.due for wait in waits if wait.due), default=None)
        case.assertEqual(self.next_due, due and due.replace(microsecond=0))
        case.assertEqual(instance.state, "done" if engine.is_done else "running")
