"""Forget the past of long loops: history is kept in the log, not in the state."""

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.util.task import TaskState

from .workflow import LIVE

THRESHOLD = 300  # tasks; below it a state is some ten kilobytes and every step is fast


def compact(workflow) -> bool:
    """Shorten the history of a process that stands at exactly one place.

    With several tokens nothing is done: joins look back at what has already arrived.

    :return: whether something was forgotten.
    """
    _forget_finished_scopes(workflow)
    if len(workflow.tasks) < THRESHOLD or workflow.completed:
        return False
    if any(not inside.completed for inside in workflow.subprocesses.values()):
        return False
    top = _only_place(workflow)
    if top is None or top.parent is None or top.parent.parent is None:
        return False
    root, last = workflow.task_tree, top.parent
    kept = _branch(workflow, top)
    workflow.tasks = {root.id: root, last.id: last, **{task.id: task for task in kept}}
    root._children = [last.id]
    last._parent = root.id
    last._children = [top.id]
    workflow.last_task = last
    return True


def _forget_finished_scopes(top):
    if not any(inside.completed for inside in top.subprocesses.values()):
        return
    scopes = [top, *top.subprocesses.values()]
    for task_id, inside in list(top.subprocesses.items()):
        task = next((one.tasks[task_id] for one in scopes if task_id in one.tasks), None)
        if inside.completed and (task is None or task.has_state(TaskState.FINISHED_MASK)):
            del top.subprocesses[task_id]


def _only_place(workflow):
    live = [task for task in workflow.tasks.values() if task._state & LIVE]
    if len(live) == 1 and not isinstance(live[0].parent.task_spec, BoundaryEventSplit):
        return live[0]
    splits = {task._parent for task in live}
    if live and len(splits) == 1:
        split = live[0].parent
        complete = split is not None and split.state == TaskState.COMPLETED
        if complete and isinstance(split.task_spec, BoundaryEventSplit):
            return split
    return None


def _branch(workflow, top):
    wanted, queue = set(), [top]
    while queue:
        task = queue.pop()
        wanted.add(task.id)
        queue.extend(task.children)
    return [task for task in workflow.tasks.values() if task.id in wanted]
