"""One running process: what people and the clock do to it."""

from datetime import UTC, datetime
from uuid import UUID

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from . import compaction, state, values
from .beside import Beside
from .diagram import Diagram
from .errors import StateError
from .facts import LogEvent, OpenTask, Thrown, Wait, is_service, kind_of
from .reset import Reset
from .steps import Steps
from .words import told as _
from .workflow import LIVE, GuardedWorkflow, parse_moment

_INDEX = ("key_or_index", "item", "iteration")  # where the library keeps the number of an instance


class Execution(Steps, Reset, Beside):
    """A process in progress.

    Everything that moves it runs it on until it waits again. After any exception the object
    is to be thrown away: load the saved state anew.

    :param host: what the engine asks of its surroundings: record(), call_service(element, data),
        is_async(element), working_time(seconds, start), now(), and optionally hours_per_day,
        hours_per_week and zone (of days, and of moments that are given without one).
    :param state: what dump() gave; None for a process not yet started.
    :raise StateError: the state does not fit the diagram.
    """

    def __init__(self, diagram: Diagram, host, state: str | None = None):
        self.diagram = diagram
        self.host = host
        self.events = []
        self.thrown = []
        self.step_count = 0
        self.current = None
        # What the host is asked about: id of the drawn process, of the task, and its place.
        self.process = self.token = self.place = None
        self._met = {}
        self._reset_steps()
        self._fixed_now = None
        self._forced = None
        self._since = {}
        self._left = frozenset()
        self.failed_beside = []
        self.workflow = GuardedWorkflow(diagram, host, self.now, self)
        self.started = False
        if state is not None:
            self._load(state)

    def _load(self, text):
        self.step_count = state.load(self.workflow, text)
        self.started = True
        self._since = {
            str(task.id): task.last_state_change
            for workflow in self._workflows()
            for task in workflow.tasks.values()
            if task._state & LIVE and not isinstance(task.task_spec, BoundaryEvent)
        }

    # What is

    def now(self) -> datetime:
        """The moment by the clock of the host, or the one given to fire_due()."""
        return self._fixed_now or parse_moment(self.host.now())

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.started and self.workflow.is_completed()

    @property
    def data(self) -> dict:
        """Variables of the process: of its end, else as last written."""
        if self.is_done and self.workflow.data:
            return values.copy(
                {key: item for key, item in self.workflow.data.items() if key != "data_objects"}
            )
        last = self._last_task()
        return values.copy(last.data) if last is not None else {}

    def _last_task(self):
        done = [
            task
            for workflow in self._workflows()
            for task in workflow.tasks.values()
            if task.state == TaskState.COMPLETED
        ]
        return max(done, key=lambda task: task.last_state_change, default=None)

    def since(self, task_id: str) -> datetime | None:
        """When a token came to where it stood before this object moved anything."""
        moment = self._since.get(task_id)
        return datetime.fromtimestamp(moment, UTC) if moment else None

    def open_tasks(self) -> list[OpenTask]:
        """Tasks that wait for people."""
        return [
            self._open(task)
            for task in self._ready()
            if task.task_spec.manual and not is_service(task)
        ]

    def open_services(self) -> list[OpenTask]:
        """Work of the system that waits for a job."""
        return [self._open(task) for task in self._ready() if is_service(task)]

    def waits(self) -> list[Wait]:
        """Events that the process waits for, those that start event sub-processes included."""
        found = []
        for task in self.workflow.event_manager.tasks.values():
            if task.state != TaskState.WAITING:
                continue
            definition = task.task_spec.event_definition
            several = getattr(definition, "event_definitions", [definition])
            found += [self._wait(task, one) for one in several if kind_of(one)]
        return found + self._triggers()

    def _wait(self, task, definition):
        due = definition.due(task) if isinstance(definition, TimerEventDefinition) else None
        process = task.workflow.spec.process_id
        return Wait(
            str(task.id), task.task_spec.bpmn_id, kind_of(definition), definition.name, due, process
        )

    def _triggers(self):
        top = self.workflow
        if not self.started or top.is_completed():
            return []
        found = []
        for name in top.spec.start.trigger_specs:
            inside = top.subprocess_specs[top.spec.task_specs[name].spec]
            for start in inside.bpmn_start_events:
                kind, wanted = kind_of(start.event_definition), start.event_definition.name
                found.append(Wait("", start.bpmn_id, kind, wanted, None, self.diagram.process_id))
        return found

    @property
    def next_due(self) -> datetime | None:
        """Moment (UTC) at which fire_due() is next to be called."""
        return min((wait.due for wait in self.waits() if wait.due), default=None)

    # What moves it

    def start(self, data: dict | None = None, start_event: str | None = None) -> None:
        """Begin the process.

        :param data: first variables.
        :param start_event: id of the start event; needed only if several are drawn.
        """
        if self.started:
            raise StateError(_("The process has already been started."))
        self.started = True
        self._reset_steps()
        self.workflow.begin()
        self.workflow.task_tree.data = values.clean(data, "start")
        self._choose_start(start_event)
        self.run()

    def _choose_start(self, wanted):
        starts = [
            element
            for element in self.diagram.elements.values()
            if element.type == "startEvent" and element.parent is None
        ]
        if wanted and wanted not in {element.id for element in starts}:
            raise StateError(_("The process has no start event “%(name)s”.", name=wanted), wanted)
        if len(starts) < 2:
            return
        plain = [element for element in starts if element.event is None] or starts
        chosen = wanted or plain[0].id
        ids = {element.id for element in starts}
        for task in self.workflow.get_tasks(state=TaskState.READY):
            self._run_task(task)
        for task in self.workflow.get_tasks(state=TaskState.READY):
            if task.task_spec.bpmn_id is None:
                self._run_task(task)
        for task in list(self.workflow.tasks.values()):
            if task.task_spec.bpmn_id in ids - {chosen} and task.has_state(LIVE):
                task.cancel()
        self.events.clear()
        for task in self.workflow.get_tasks(state=TaskState.READY):
            self.log(task, "entered")

    def run(self) -> None:
        """Make all steps that need nobody.

        :raise StepLimitError: the process goes round without end.
        :raise EngineError: an element cannot be run.
        """
        moved = True
        while moved:
            moved = self._engine_steps()
            moved = self.workflow.refresh_timers() or moved
        self._end_run()

    def _end_run(self):
        self._collect_thrown()
        compaction.compact(self.workflow)
        self._reset_steps()

    def complete(self, task_id: str, data: dict | None = None) -> None:
        """A person has done a task.

        :param data: variables to write; "outcome" is also kept under outcomes.<element>.
        :raise StateError: the task is not open (done or withdrawn in the meantime).
        """
        task = self._open_task(task_id)
        if is_service(task) or not task.task_spec.manual:
            raise StateError(_("This is no task for people."), task.task_spec.bpmn_id)
        written = values.clean(data, task.task_spec.bpmn_id)
        self._leave_beside()
        element = task.task_spec.bpmn_id
        outcome = written.get("outcome")
        task.data = {
            **task.data,
            **written,
            "outcome": outcome,
            "outcomes": {**task.data.get("outcomes", {}), element: outcome},
        }
        self._step(task)
        self._run_task(task)
        self.run()

    def run_service(self, task_id: str, run_on: bool = True) -> None:
        """Run a parked piece of work of the system now.

        :param run_on: go on behind it; else that is for the next run().
        :raise StateError: it is not open.
        """
        task = self._open_task(task_id)
        if not is_service(task):
            raise StateError(_("This is no task of the system."), task.task_spec.bpmn_id)
        self._step(task)
        self._run_task(task)
        self._go_on(run_on)

    def _go_on(self, run_on):
        if run_on:
            return self.run()
        self._run_machinery()
        return self._end_run()

    def skip_service(self, task_id: str, data: dict | None = None, run_on: bool = True) -> None:
        """Go on behind a parked piece of work of the system without running it."""
        task = self._open_task(task_id)
        if not is_service(task):
            raise StateError(_("This is no task of the system."), task.task_spec.bpmn_id)
        task.data = {**task.data, **values.clean(data, task.task_spec.bpmn_id)}
        self._guarded_run(task)
        self._go_on(run_on)

    def message(self, name: str, payload: dict | None = None) -> bool:
        """A message has come.

        :param payload: variables that it brings.
        :return: whether the process waited for it.
        """
        return self._event(MessageEventDefinition(name), payload, name)

    def signal(self, name: str, payload: dict | None = None) -> bool:
        """A signal was given; as message(), for everybody who waits."""
        return self._event(SignalEventDefinition(name), payload, name)

    def _event(self, definition, payload, name):
        if not self.started or self.is_done:
            return False
        event = BpmnEvent(definition, payload=values.clean(payload, name))
        self._leave_beside()
        caught = bool(self.workflow.event_manager.catch(event, internal=False))
        self.run()
        return caught

    def fire_due(self, now: datetime) -> bool:
        """Let all timers go off that are due by `now`.

        :return: whether something moved.
        """
        before = self.workflow._last_tick
        self._leave_nothing()
        self._fixed_now = parse_moment(now)
        try:
            self.run()
        finally:
            self._fixed_now = None
        return self.workflow._last_tick != before

    def cancel(self) -> None:
        """Stop the process; everything open is withdrawn."""
        for inside in list(self.workflow.subprocesses.values()):
            if not inside.completed:
                inside.cancel()
        self.workflow.cancel()

    def dump(self) -> str:
        """The state as text."""
        return state.dump(self.workflow, self.step_count)

    # Inside

    def log(self, task, event):
        """Called by the workflow for each change worth telling."""
        self.events.append(
            LogEvent(
                str(task.id),
                task.task_spec.bpmn_id,
                event,
                self.now(),
                task.workflow.spec.process_id,
            )
        )

    def uncaught(self, code, message):
        """Called by the workflow for a business error that nobody in the drawing catches."""
        self.thrown.append(Thrown("error", code, {"error_message": message}))

    def _workflows(self):
        inside = [one for one in self.workflow.subprocesses.values() if not one.completed]
        return [*sorted(inside, key=lambda one: -one.depth), self.workflow]

    def _ready(self):
        return [
            task
            for workflow in reversed(self._workflows())
            for task in workflow.tasks.values()
            if task._state == TaskState.READY
        ]

    def _open(self, task):
        spec, inside = task.task_spec, task.internal_data
        index = next((inside[key] for key in _INDEX if key in inside), None)
        return OpenTask(
            str(task.id),
            spec.bpmn_id,
            spec.lane,
            values.copy(task.data),
            index if isinstance(index, int) else None,
            task.workflow.spec.process_id,
        )

    def _task(self, task_id):
        for workflow in self._workflows():
            found = workflow.tasks.get(UUID(str(task_id)))
            if found is not None:
                return found
        raise StateError(_("The task is not part of the process any more."))

    def _open_task(self, task_id):
        task = self._task(task_id)
        if task.state != TaskState.READY:
            raise StateError(
                _("The task is not open any more: it was done or withdrawn."),
                task.task_spec.bpmn_id,
            )
        return task
