"""Gateways and the joins at them: one token a branch, none lost, none waited for in vain."""

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from . import values
from .errors import EngineError
from .words import told as _


class EndJoin(_EndJoin):
    """End of a process, however deep the history of its tasks is."""

    def _check_threshold_unstructured(self, my_task):
        for task in my_task.workflow.tasks.values():
            if task.has_state(TaskState.NOT_FINISHED_MASK) and task is not my_task:
                parent = task.parent
                if task.task_spec is self or (parent is not None and parent is my_task):
                    continue
                if task.is_descendant_of(my_task):
                    continue
                return False
        return True


class _Join(UnstructuredJoin):
    """A meeting of branches that keeps what each of them has written."""

    def arrived(self, workflow):
        """Branches on which a token has come and waits."""
        return {
            task.parent.task_spec.name
            for task in workflow.tasks.values()
            if task.task_spec is self
            and task._parent is not None
            and "joined" not in task.internal_data
            and task.parent.state == TaskState.COMPLETED
        }

    def _waiting(self, my_task):
        """Of each other branch the oldest token; what else has come waits for the next round."""
        chosen, left = {my_task.parent.task_spec.name: my_task}, []
        for task in self._others(my_task):
            if task.parent.state == TaskState.COMPLETED:
                branch = task.parent.task_spec.name
                if chosen.setdefault(branch, task) is not task:
                    left.append(task)
        if left:
            left[-1]._set_state(TaskState.WAITING)
        return [task for task in chosen.values() if task is not my_task]

    def _others(self, my_task):
        """Tokens that wait here for the one that has just come, the oldest first."""
        others = [
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is self
            and task is not my_task
            and task.has_state(TaskState.FINISHED_MASK)
            and not task.internal_data.get("joined")
            and not my_task.is_descendant_of(task)
        ]
        return sorted(others, key=lambda task: task.last_state_change)

    def _run_hook(self, my_task):
        others = self._waiting(my_task)
        parents = [task.parent for task in others] + [my_task.parent]
        base = _common_data(parents)
        data = parents[0].data
        for parent in parents[1:]:
            data = values.merge(base, data, parent.data)
        my_task.data = dict(data)
        for task in [*others, my_task]:
            task.internal_data["joined"] = my_task.id.hex
        for task in others:
            if task.has_state(TaskState.COMPLETED):
                task._drop_children(force=True)
        return True


def _common_data(tasks):
    """Variables as they were where the branches parted."""
    chains = []
    for task in tasks:
        chain = []
        while task is not None:
            chain.append(task)
            task = task.parent
        chains.append(chain[::-1])
    common = {}
    for level in zip(*chains, strict=False):
        if any(task is not level[0] for task in level[1:]):
            break
        common = level[0].data
    return common


def _reachable(spec, name, without):
    """Names of elements that a token at one element can come to without passing another."""
    seen, queue = set(), [name]
    while queue:
        here = queue.pop()
        if here not in seen and here != without:
            seen.add(here)
            queue.extend(spec.task_specs[here]._outputs)
    return seen


class ParallelGateway(_Join, defaults.ParallelGateway):
    """Waits for one token on every incoming branch.

    The library also counts tokens of earlier rounds of a loop and then fires too early.
    """

    def _check_threshold_unstructured(self, my_task):
        return self._needed() <= self.arrived(my_task.workflow)

    def _needed(self):
        """Branches to wait for; one that begins only behind this gateway cannot have come."""
        if not hasattr(self, "_needed_names"):
            before = _reachable(self._wf_spec, self._wf_spec.start.name, self.name)
            self._needed_names = frozenset(name for name in self._inputs if name in before)
        return self._needed_names


class InclusiveGateway(_Join, defaults.InclusiveGateway):
    """Waits for those branches on which a token can still come."""

    def _check_threshold_unstructured(self, my_task):
        arrived = self.arrived(my_task.workflow)
        empty = set(self._inputs) - arrived
        if not empty:
            return True
        tokens = {
            task.task_spec.name
            for task in my_task.workflow.tasks.values()
            if task.has_state(TaskState.READY | TaskState.WAITING | TaskState.STARTED)
            and task.task_spec is not self
            and not (
                isinstance(task.task_spec, defaults.BoundaryEvent)
                and task.state == TaskState.WAITING
            )
        }
        for name in tokens:
            ahead = _reachable(self._wf_spec, name, self.name)
            if ahead & empty and not ahead & arrived:
                return False
        return True

    def _run_hook(self, my_task):
        _Join._run_hook(self, my_task)
        matches, default = self._get_matching_outputs(my_task)
        if not matches and not default:
            raise no_way_out(self)
        my_task._sync_children(matches or default, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class ExclusiveGateway(defaults.ExclusiveGateway):
    """Takes the first way whose condition holds."""

    def _run_hook(self, my_task):
        if self.default_task_spec is None and not any(
            condition is not None and condition._matches(my_task)
            for condition, _name in self.cond_task_specs
        ):
            raise no_way_out(self)
        return super()._run_hook(my_task)


def no_way_out(spec):
    """No condition holds and there is no default way."""
    name = spec.bpmn_name or spec.bpmn_id
    return EngineError(
        _(
            "“%(name)s”: none of the conditions holds and no default flow is drawn. Mark one of "
            "the outgoing flows as the default.",
            name=name,
        ),
        spec.bpmn_id,
    )
