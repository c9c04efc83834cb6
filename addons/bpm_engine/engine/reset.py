"""Putting a token back on an earlier task."""

from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from .errors import StateError
from .words import told as _


class Reset:
    """The part of an execution that goes back; see there for its attributes."""

    def reset_to(self, task_id: str) -> None:
        """Put the token back on an earlier task; what came after it is withdrawn.

        :raise StateError: unknown, or one of several instances of an element.
        """
        task = self._task(task_id)
        if task.parent is None or isinstance(task.parent.task_spec, LoopTask):
            raise StateError(_("The process cannot be put back to here."), task.task_spec.bpmn_id)
        workflow = task.workflow
        while workflow is not None:
            workflow.completed = False
            workflow = workflow.parent_workflow
        removed = self.workflow.reset_from_task_id(task.id)
        while removed:
            removed = [late for one in removed for late in self._part_again(one)]
        self._leave_nothing()
        self.run()

    def _part_again(self, removed):
        """Undo the meeting of branches in which a withdrawn token took part."""
        fired = removed.internal_data.get("joined")
        workflow = removed.workflow
        meeting = workflow.tasks.get(UUID(fired)) if fired else None
        if meeting is None:
            return []
        late = list(meeting)[1:]
        for other in workflow.tasks.values():
            if other.internal_data.get("joined") == fired:
                other.internal_data.pop("joined")
        meeting._drop_children(force=True)
        meeting.data = {}
        meeting._set_state(TaskState.WAITING)
        meeting.task_spec._predict(meeting, mask=TaskState.NOT_FINISHED_MASK)
        return late
