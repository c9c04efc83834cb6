"""A step of one branch leaves alone what stands beside it."""

from uuid import UUID

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from .errors import EngineError


class Beside:
    """The part of an execution that keeps branches apart; see there for its attributes.

    What a person does, or a message brings, moves its own token and what follows from that.
    What stood ready before has failed in a step of its own, and timers are for who looks at the
    clock: run along, their failure would refuse a person who has nothing to do with them. They
    stay where they are until somebody loads the state anew and calls run() or fire_due().
    """

    def _leave_beside(self):
        """From now on leave alone what is ready and which timers wait."""
        ready = [task for task in self._ready() if not task.task_spec.manual]
        joins = [task for task in ready if isinstance(task.task_spec, UnstructuredJoin)]
        # What else comes to a meeting of branches that waits to be run waits with it.
        self._left = frozenset([task.id for task in ready] + [_key(task) for task in joins])
        waiting = self.workflow.event_manager.tasks.values()
        self.workflow.stopped = frozenset(
            task.id for task in list(waiting) if self._waits_for_the_clock(task)
        )

    def _leave_nothing(self):
        self._left = self.workflow.stopped = frozenset()

    def _is_left(self, task):
        return task.id in self._left or _key(task) in self._left

    def is_left_beside(self, token: str) -> bool:
        """Whether a task of the system was left where it stood before."""
        return bool(self._left) and UUID(token) in self._left

    def _waits_for_the_clock(self, task):
        """Whether it is a timer whose moment is known, or cannot be calculated.

        One whose moment is not known yet looks for it again in each step.
        """
        definition = task.task_spec.event_definition
        several = getattr(definition, "event_definitions", [definition])
        timers = [one for one in several if isinstance(one, TimerEventDefinition)]
        try:
            return task.state == TaskState.WAITING and any(one.due(task) for one in timers)
        except EngineError as error:
            error.element = error.element or task.task_spec.bpmn_id
            self.failed_beside.append(error)
            return True


def _key(task):
    return id(task.workflow), task.task_spec.name
