"""Running on: one element after the other, until the process waits again."""

from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from . import values
from .errors import BpmnError, EngineError, StepLimitError
from .facts import Thrown, is_service, kind_of
from .specs import ServiceTask
from .words import told as _

MAX_STEPS_PER_RUN = 500
MAX_STEPS = 20_000


class Steps:
    """The part of an execution that moves tokens; see there for its attributes."""

    def _engine_steps(self):
        moved = False
        for workflow in self._workflows():
            for task in [one for one in workflow.tasks.values() if one._state == TaskState.READY]:
                if task._state != TaskState.READY or task.id not in workflow.tasks:
                    continue
                if self._is_parked(task):
                    continue
                self._step(task)
                self._run_task(task)
                moved = True
        return moved

    def _is_parked(self, task):
        if is_service(task):
            self.process = task.workflow.spec.process_id
            return self._calls(task) and bool(self.host.is_async(task.task_spec.bpmn_id))
        return task.task_spec.manual

    def _calls(self, task):
        """A send task may only send; then there is nothing to ask of the host."""
        if isinstance(task.task_spec, ServiceTask):
            return True
        element = self.diagram.find(task.workflow.spec.process_id, task.task_spec.bpmn_id)
        return element is not None and "action" in element.settings

    def _step(self, task):
        self._steps += 1
        self.step_count += 1
        if self._steps > MAX_STEPS_PER_RUN or self.step_count > MAX_STEPS:
            limit = MAX_STEPS if self.step_count > MAX_STEPS else MAX_STEPS_PER_RUN
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
        if is_service(task) and self._calls(task) and not self._call(task):
            return
        self._guarded_run(task)

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
