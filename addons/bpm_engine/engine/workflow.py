"""The library's running process, guarded against its measured defects."""

import logging
from datetime import UTC, datetime

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, StartEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.event import BpmnEvent, EventManager
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from . import expressions
from .errors import ExpressionError
from .scripts import script_lines
from .specs import ErrorEvent

# The library reports every change of every task; it halves the speed and floods the log.
for _name in ("spiff", "spiff.task", "spiff.workflow", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)

LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class GuardedTask(Task):
    """One token at one element; reports when it comes and goes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.last_state_change = 0

    def _set_state(self, value):
        before = self._state
        if value == before:
            return
        self._state = value
        self.last_state_change = self.workflow.top_workflow.tick()
        self.workflow.top_workflow.note(self, before)

    def _add_child(self, task_spec, state=TaskState.MAYBE):
        task = GuardedTask(self.workflow, task_spec, self, state=state)
        if state & LIVE:
            self.workflow.top_workflow.note(task, TaskState.FUTURE)
        if state == TaskState.READY:
            task._ready()
        return task

    def _inherit_data(self):
        # Values inside are never changed in place, so a flat copy is enough.
        for key, value in self.parent.data.items():
            if key not in self.data:
                self.data[key] = value

    def run(self):
        result = self.task_spec._run(self)
        if self.has_state(TaskState.CANCELLED):
            return result  # an error event has cancelled the scope this task runs in
        if result is None:
            self._set_state(TaskState.STARTED)
        elif result is False:
            self.error()
        else:
            self.complete()
        return result

    def cancel(self):
        if not self.has_state(TaskState.FINISHED_MASK):
            for child in self.children:
                if child.has_state(LIVE):
                    child.cancel()
        return super().cancel()

    def is_descendant_of(self, task):
        parent = self.parent
        while parent is not None:
            if parent is task:
                return True
            parent = parent.parent
        return False

    def find_ancestor(self, spec_name):
        parent = self.parent
        while parent is not None and parent.task_spec.name != spec_name:
            parent = parent.parent
        return parent

    def collect_log_extras(self, dct=None):
        return {}


class _Guarded:
    """What a process and its sub-processes have in common."""

    def begin(self):
        """Put the first token on the start."""
        self.task_tree = GuardedTask(self, self.spec.start, state=TaskState.FUTURE)
        self.spec.start._predict(self.task_tree, mask=TaskState.NOT_FINISHED_MASK)
        self.task_tree._ready()

    def get_tasks_iterator(self, first_task=None, **kwargs):
        kwargs.setdefault("max_depth", 10**9)
        return BpmnTaskIterator(first_task or self.task_tree, **kwargs)

    def is_completed(self):
        if not self.completed:
            self.completed = not any(
                task.has_state(TaskState.NOT_FINISHED_MASK) for task in self.tasks.values()
            )
        return self.completed

    def update_waiting_tasks(self):
        if self.top_workflow.is_moving:
            return
        for task in [task for task in self.tasks.values() if task._state == TaskState.WAITING]:
            if task._state == TaskState.WAITING and task.id in self.tasks:
                task.task_spec._update(task)

    def cancel(self, success=False):
        self.success = bool(success)
        self.completed = True
        open_tasks = [
            task for task in self.tasks.values() if task.has_state(TaskState.NOT_FINISHED_MASK)
        ]
        for task in open_tasks:
            if task.id in self.tasks and task.has_state(TaskState.NOT_FINISHED_MASK):
                task.cancel()
        return open_tasks

    def collect_log_extras(self, dct=None):
        return {}

    def _task_removed_notify(self, task):
        top = self.top_workflow
        top.event_manager.tasks.pop(task.id, None)
        inside = top.subprocesses.pop(task.id, None)
        if inside is not None and not inside.completed:
            inside.cancel()
        if task.has_state(LIVE):
            top.log(task, "cancelled")


class GuardedSubWorkflow(_Guarded, BpmnSubWorkflow):
    """A sub-process or called process in progress."""


class GuardedEvents(EventManager):
    """Who waits for which event; knows event sub-processes without changing the drawing."""

    def catch(self, event, internal=True):
        if event.target is not None:
            return 0  # the end of a scope; errors go their own way
        started = [self._start(name) for name in self._triggers(event)]
        found = [task for task in list(self.tasks.values()) if task.task_spec.catches(task, event)]
        # A message finds whom it is for; a signal is also given to everybody outside.
        if internal and (not found or isinstance(event.event_definition, SignalEventDefinition)):
            self.workflow.bpmn_events.append(event)
        for task in found:
            if task.has_state(LIVE):
                task.task_spec.catch(task, event)
                task.task_spec._update(task)
                if isinstance(task.task_spec, BoundaryEvent):
                    _listen_again(task)
        for task in started:
            self._interrupt(task)
        return len(found)

    def _triggers(self, event):
        top = self.workflow
        if top.completed:
            return
        waiting = {id(task.task_spec) for task in self.tasks.values()}
        for name in top.spec.start.trigger_specs:
            inside = top.subprocess_specs[top.spec.task_specs[name].spec]
            for start in inside.bpmn_start_events:
                if start.event_definition == event.event_definition and id(start) not in waiting:
                    yield name

    def _start(self, name):
        top = self.workflow
        spec = top.spec.task_specs[name]
        child = top.task_tree._add_child(spec, TaskState.FUTURE)
        child.triggered = True
        spec._update(child)
        return child

    def _interrupt(self, task):
        top = self.workflow
        inside = top.subprocess_specs[task.task_spec.spec]
        element = top.diagram.elements[inside.bpmn_start_events[0].bpmn_id]
        if not element.interrupting:
            return
        for other in list(top.tasks.values()):
            if other is not task and other.has_state(LIVE) and other.id in top.tasks:
                other.cancel()
        for other in list(top.task_tree.children):
            if other is not task and other.has_state(TaskState.NOT_FINISHED_MASK):
                top._remove_task(other.id)
        task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)


class Guard(PythonScriptEngine):
    """Conditions and scripts in our own language; nothing of Python is run."""

    def __init__(self, host, now):
        super().__init__(environment=self)
        self.host = host
        self.now = now

    def evaluate(self, task, expression, external_context=None):
        return self.evaluate_data(expression, task.data, task.task_spec.bpmn_id)

    def evaluate_data(self, expression, data, element=None):
        """Value of an expression over variables."""

        def zone():
            return getattr(self.host, "zone", UTC)

        context = expressions.Context(data, self.host.record, self.now, zone)
        try:
            return expressions.evaluate(expression, context)
        except ExpressionError as error:
            error.element = error.element or element
            raise

    def execute(self, task, script, external_context=None):
        for name, expression in script_lines(script):
            value = self.evaluate(task, expression)
            task.data[name] = _plain(value)
        return True

    def call_service(self, task, **kwargs):
        raise NotImplementedError


def _plain(value):
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if value is not None and not isinstance(value, str | int | float | bool | list | dict):
        return float(value) if hasattr(value, "as_tuple") else value.total_seconds()
    return value


class GuardedWorkflow(_Guarded, BpmnWorkflow):
    """A process in progress."""

    def __init__(self, diagram, host, now, listener):
        self.diagram = diagram
        self.host = host
        self.now = now
        self.listener = listener
        self.is_moving = False  # tokens are between two drawings: no join may look for them
        self.stopped = frozenset()  # ids of timers that do not look at the clock in this step
        self._last_tick = 0.0
        super().__init__(
            diagram.spec,
            diagram.subprocess_specs,
            script_engine=Guard(host, now),
            deserializing=True,
        )
        self.event_manager = GuardedEvents(self)

    def tick(self):
        """Moment of a change, never twice the same: joins order by it."""
        moment = self.now().timestamp()
        self._last_tick = moment if moment > self._last_tick else self._last_tick + 1e-5
        return round(self._last_tick, 6)

    def create_subprocess(self, my_task, spec_name):
        inside = GuardedSubWorkflow(
            self.subprocess_specs[spec_name], my_task.id, self, deserializing=True
        )
        self.subprocesses[my_task.id] = inside
        my_task._set_state(TaskState.STARTED)  # history tells of the scope before what is in it
        inside.begin()
        return inside

    def refresh_timers(self):
        """Let every timer look at the clock.

        :return: whether something moved.
        """
        before = self._last_tick
        for task in list(self.event_manager.tasks.values()):
            if task._state == TaskState.WAITING and task.id not in self.stopped:
                task.task_spec._update(task)
        return self._last_tick != before

    def delete_subprocess(self, my_task):
        inside = self.subprocesses.get(my_task.id)
        if inside is None:
            return []
        removed = inside.cancel()
        self.subprocesses.pop(my_task.id, None)
        return removed

    def throw_error(self, workflow, code, name=None, message=""):
        """Look outwards from a scope for somebody who catches a business error."""
        while workflow.parent_task_id is not None:
            task = self.get_task_from_id(workflow.parent_task_id)
            if self.catch_error(task, code, message):
                return True
            workflow = task.workflow
        self.listener.uncaught(code, message)
        return False

    def catch_error(self, task, code, message=""):
        """Give a business error to the error event attached to an activity."""
        while task.parent is not None and isinstance(task.parent.task_spec, LoopTask):
            task = task.parent
        split = task.parent
        if split is None or not isinstance(split.task_spec, BoundaryEventSplit):
            return False
        event = _error_event(split, code)
        if event is None:
            return False
        definition = event.task_spec.event_definition
        payload = {"error_code": code, "error_message": message}
        definition.catch(event, BpmnEvent(definition, payload))
        event.task_spec._update(event)
        task.cancel()
        return True

    def note(self, task, before):
        """Translate a change of state into what people call it."""
        spec, state = task.task_spec, task._state
        if spec.bpmn_id is None or isinstance(spec, LoopTask):
            return
        attached = isinstance(spec, BoundaryEvent)
        if state & LIVE and before < TaskState.WAITING and not attached:
            self.log(task, "entered")
        if state == TaskState.READY and before == TaskState.WAITING and _waits(spec):
            self.log(task, "fired")
        elif state == TaskState.COMPLETED and not attached:
            self.log(task, "left")
        elif state == TaskState.CANCELLED and before & LIVE:
            self.log(task, "cancelled")
        elif state == TaskState.ERROR:
            self.log(task, "error")

    def log(self, task, event):
        """Report one event, unless it is of the machinery and not of the drawing."""
        spec = task.task_spec
        if spec.bpmn_id is None or isinstance(spec, LoopTask):
            return
        if event == "cancelled" and isinstance(spec, UnstructuredJoin | BoundaryEvent):
            return
        if _is_idle_start(task):
            return
        self.listener.log(task, event)


def attach(split, spec):
    """Let an event at the border of an open activity begin to wait."""
    child = split._add_child(spec, TaskState.MAYBE)
    child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
    child._set_state(TaskState.WAITING)
    child.task_spec._update(child)


def _listen_again(task):
    """What runs beside an activity comes as often as its message or signal does.

    The library hears it once.
    """
    if not task.task_spec.cancel_activity and task.state != TaskState.WAITING:
        attach(task.parent, task.task_spec)


def _is_idle_start(task):
    """A start of a called process at which it does not begin."""
    split = task.parent
    return (
        split is not None
        and isinstance(split.task_spec, StartEventSplit)
        and task.workflow.parent_task_id is not None
        and split.task_spec._outputs[0] != task.task_spec.name
    )


def _waits(spec):
    """Whether an element fires when it goes on; a repeating timer tells of each time itself."""
    return isinstance(spec, CatchingEvent) and not isinstance(
        spec.event_definition, NoneEventDefinition | CycleTimerEventDefinition
    )


def _error_event(split, code):
    found = [
        task
        for task in split.children
        if isinstance(task.task_spec, BoundaryEvent)
        and isinstance(task.task_spec.event_definition, ErrorEvent)
        and task.task_spec.event_definition.code in (None, "", code)
        and not task.has_state(TaskState.FINISHED_MASK)
    ]
    found.sort(key=lambda task: task.task_spec.event_definition.code != code)
    return found[0] if found else None


def parse_moment(value) -> datetime:
    """A moment of the host's clock with its time zone."""
    return expressions.aware(value).astimezone(UTC)
