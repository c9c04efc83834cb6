"""Running on: one element after the other, until the process waits again."""

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from . import values
from .errors import BpmnError, EngineError, StepLimitError
from .facts import Place, Thrown, is_service, kind_of
from .specs import ServiceTask
from .words import told as _

MAX_STEPS_PER_RUN = 500
#: So many more for each instance of a repeated element that the run begins.
STEPS_PER_INSTANCE = 30
#: In all its life, what is done inside repeated elements left out; and in one run at most.
MAX_STEPS = 20_000


class Steps:
    """The part of an execution that moves tokens; see there for its attributes."""

    def _engine_steps(self):
        moved = False
        for workflow in self._workflows():
            for task in [one for one in workflow.tasks.values() if one._state == TaskState.READY]:
                if task._state != TaskState.READY or task.id not in workflow.tasks:
                    continue
                if (self._left and self._is_left(task)) or self._is_parked(task):
                    continue
                self._step(task)
                self._run_task(task)
                moved = True
        return moved

    def _run_machinery(self):
        """What surrounds the elements that are drawn comes to an end; it cannot fail."""
        moved = True
        while moved:
            moved = False
            for task in self._ready():
                if task.task_spec.bpmn_id is None and task._state == TaskState.READY:
                    self._guarded_run(task)
                    moved = True

    def _is_parked(self, task):
        if is_service(task):
            self._look_at(task)
            return self._calls(task) and bool(self.host.is_async(task.task_spec.bpmn_id))
        return task.task_spec.manual

    def _look_at(self, task):
        """Tell the host which piece of work of the system it is asked about."""
        self.process = task.workflow.spec.process_id
        met = self._met.setdefault((self.process, task.task_spec.bpmn_id), {})
        self.token = str(task.id)
        met.setdefault(self.token, len(met) + 1)
        self.place = self.place_of(self.token, self.process, task.task_spec.bpmn_id)

    def place_of(self, token: str, process: str, element: str) -> Place | None:
        """Place of a task of the system that this object has met; None of others."""
        number = self._met.get((process, element), {}).get(token)
        return Place(process, element, number) if number else None

    def _calls(self, task):
        """A send task may only send; then there is nothing to ask of the host."""
        if isinstance(task.task_spec, ServiceTask):
            return True
        element = self.diagram.find(task.workflow.spec.process_id, task.task_spec.bpmn_id)
        return element is not None and "action" in element.settings

    def _reset_steps(self):
        """Begin to count the steps of a run."""
        self._steps = self._instances = 0
        self._begun, self._longest = {}, {}

    def _step(self, task):
        """Count a step, and stop what goes round without an end."""
        self._steps += 1
        if not self._note_instances(task):
            self.step_count += 1
        limit = min(MAX_STEPS_PER_RUN + STEPS_PER_INSTANCE * self._instances, MAX_STEPS)
        if self.step_count > MAX_STEPS:
            self._stop(task, MAX_STEPS)
        if self._steps > limit:
            self._stop(task, limit)

    def _note_instances(self, task):
        """Instances of repeated elements make the run longer by right.

        :return: whether the task belongs to any: their number is bounded.
        """
        repeated = False
        while task is not None:
            several = task.parent.task_spec if task.parent is not None else None
            if isinstance(several, MultiInstanceTask) and several.task_spec == task.task_spec.name:
                repeated = True
                self._note_instance(task)
            owner = task.workflow.parent_task_id
            task = self.workflow.get_task_from_id(owner) if owner is not None else None
        return repeated

    def _note_instance(self, task):
        """Only as many as the longest round has: a circle through it comes to an end, too."""
        begun = self._begun.setdefault(task.parent.id, set())
        begun.add(task.id)
        element = task.workflow.parent_task_id, task.task_spec.name
        if len(begun) > self._longest.get(element, 0):
            self._longest[element] = len(begun)
            self._instances += 1

    def _stop(self, task, limit):
        element = task.task_spec.bpmn_id
        name = task.task_spec.bpmn_name or element or _("the process")
        raise StepLimitError(
            _(
                "The process made %(limit)s steps without an end, last at “%(name)s”. It "
                "goes round in circles: let the loop pass a person or a timer.",
                limit=limit,
                name=name,
            ),
            element,
        )

    def _run_task(self, task):
        if not is_service(task):
            return self._guarded_run(task)
        self._look_at(task)
        try:
            if not self._calls(task) or self._call(task):
                self._guarded_run(task)
        except EngineError as error:
            if error.element == task.task_spec.bpmn_id:
                error.place = self.place
            raise
        return None

    def _guarded_run(self, task):
        try:
            task.run()
        except EngineError as error:
            error.element = error.element or task.task_spec.bpmn_id
            raise
        except SpiffWorkflowException as error:
            name = task.task_spec.bpmn_name or task.task_spec.name
            raise EngineError(
                _("“%(name)s” cannot be run: %(error)s", name=name, error=error),
                task.task_spec.bpmn_id,
            ) from error

    def _call(self, task):
        element = task.task_spec.bpmn_id
        self.current = self._open(task)
        self.process = self.current.process
        try:
            result = self.host.call_service(element, values.copy(task.data))
        except BpmnError as error:
            self.log(task, "error")
            top = self.workflow
            if top.catch_error(task, error.code, error.message) or top.throw_error(
                task.workflow, error.code, message=error.message
            ):
                return False
            error.element = error.element or element
            raise
        finally:
            self.current = None
        if result:
            task.data = {**task.data, **values.clean(result, element)}
        return True

    def _collect_thrown(self):
        for event in self.workflow.get_events():
            kind = kind_of(event.event_definition)
            if kind in ("message", "signal"):
                payload = values.copy(event.payload or {})
                self.thrown.append(Thrown(kind, event.event_definition.name, payload))
