"""Taking running processes over to a changed drawing without losing a token.

Elements are the same when their ids are. What is done stays done, what is open stays open with
its due times, drafts and instances; only what lies ahead is drawn anew.
"""

from dataclasses import dataclass, field
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from .diagram import HUMAN, Diagram
from .errors import EngineError, MigrationError
from .execution import Execution
from .joins import stuck_joins
from .words import told as _
from .workflow import LIVE, attach

_AHEAD = TaskState.PREDICTED_MASK | TaskState.FUTURE


@dataclass
class Changes:
    """How two drawings differ, by ids of elements and flows.

    `changed` is structure and needs a new version; `texts` (names, who, until when, forms)
    may be changed in a published version at once.
    """

    added: list = field(default_factory=list)
    removed: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    texts: list = field(default_factory=list)

    @property
    def is_structural(self) -> bool:
        """Whether a new version is needed."""
        return bool(self.added or self.removed or self.changed)


@dataclass
class Verdict:
    """What would become of a running process under a new drawing.

    :param kind: moves (at once), needs_mapping (somebody says where the open tasks in `tasks`
        go), blocked (`reasons` say why).
    :param moved: of one that moves at once: the process under the new drawing.
    """

    kind: str
    reasons: list = field(default_factory=list)
    tasks: list = field(default_factory=list)
    moved: Execution | None = field(default=None, repr=False, compare=False)


def compare(old: Diagram, new: Diagram) -> Changes:
    """Differences between two drawings of a process."""
    changes = Changes()
    for before, after, structure, texts in (
        (old.elements, new.elements, _element_structure, _element_texts),
        (old.flows, new.flows, _flow_structure, _flow_texts),
    ):
        changes.added += [key for key in after if key not in before]
        changes.removed += [key for key in before if key not in after]
        for key in before:
            if key not in after:
                continue
            if structure(before[key]) != structure(after[key]):
                changes.changed.append(key)
            if texts(before[key]) != texts(after[key]):
                changes.texts.append(key)
    return changes


def _element_structure(element):
    return (
        element.type,
        element.parent,
        element.event,
        element.event_name,
        element.timer,
        element.attached_to,
        element.interrupting,
        element.event_subprocess,
        element.loop,
        element.called,
        element.script,
        element.default,
    )


def _element_texts(element):
    return element.name, element.settings, element.lane


def _flow_structure(flow):
    return flow.source, flow.target, flow.condition, flow.is_default


def _flow_texts(flow):
    return flow.name


def verdict(execution: Execution, new: Diagram) -> Verdict:
    """Whether a running process can go on under a new drawing; nothing is changed."""
    move = _Move(execution, new)
    reasons = move.obstacles()
    if reasons:
        return Verdict("blocked", reasons)
    if move.homeless:
        names = ", ".join(f"“{move.name(task)}”" for task in move.homeless)
        reason = _(
            "These open tasks are gone from the new drawing: %(names)s. Say where they go.",
            names=names,
        )
        return Verdict("needs_mapping", [reason], [execution._open(t) for t in move.homeless])
    try:
        return Verdict("moves", moved=move.make({}))
    except MigrationError as error:
        return Verdict("blocked", error.reasons)


def migrate(execution: Execution, new: Diagram, mapping: dict | None = None) -> Execution:
    """The same running process under a new drawing, proved by saving and loading it.

    :param mapping: for open tasks that are gone: id of the old element -> id of the new one.
    :return: a new execution; the given one is left as it is, for undoing.
    :raise MigrationError: it cannot be done; says why.
    """
    move = _Move(execution, new)
    reasons = move.obstacles() + move.mapping_obstacles(mapping or {})
    if reasons:
        raise MigrationError(reasons)
    return move.make(mapping or {})


class _Move:
    """One running process on its way to a new drawing; works on a copy."""

    def __init__(self, execution, new):
        self.original = execution
        self.new = new
        self.old = execution.diagram
        self.copy = Execution(self.old, execution.host, execution.dump())
        self.top = self.copy.workflow
        self.before = len(execution.open_tasks()) + len(execution.open_services())
        self.homeless = []
        self.replaced = []

    def name(self, task):
        """What people call the element of a task."""
        spec = task.task_spec
        return spec.bpmn_name or spec.bpmn_id or spec.name

    def pairs(self):
        """Processes in progress with the drawing that each is to have."""
        yield self.top, self.new.spec
        for task_id, inside in self.top.subprocesses.items():
            if not inside.completed:
                key = self.top.get_task_from_id(task_id).task_spec.spec
                yield inside, self.new.subprocess_specs.get(key)

    # May it go?

    def obstacles(self):
        """Reasons against the move, in words."""
        self.homeless, self.replaced = [], []
        if self.new.process_id != self.old.process_id:
            return [_("The new drawing belongs to another process.")]
        if self.top.is_completed():
            return [_("The process has already ended.")]
        reasons = []
        for workflow, spec in self.pairs():
            if spec is None:
                reasons.append(
                    _(
                        "The sub-process “%(name)s” is gone but in progress.",
                        name=workflow.spec.name,
                    )
                )
                continue
            for task in workflow.tasks.values():
                if task.has_state(LIVE):
                    reasons += self._obstacle(task, spec)
                elif isinstance(task.task_spec, BoundaryEvent):
                    reasons += self._fired_obstacle(task, spec)
        return reasons

    def _fired_obstacle(self, task, spec):
        """What has fired beside a task must not become an event that ends it: it would end now."""
        target = spec.task_specs.get(task.task_spec.name)
        ends = isinstance(target, BoundaryEvent) and target.cancel_activity
        fired = task.state == TaskState.COMPLETED and not task.task_spec.cancel_activity
        if not (ends and fired and _is_open(task.parent)):
            return []
        return [
            _(
                "“%(name)s” has already happened beside a task that is still open; the new "
                "drawing lets it end that task. Finish the task first.",
                name=self.name(task),
            )
        ]

    def _obstacle(self, task, spec):
        target = spec.task_specs.get(task.task_spec.name)
        if isinstance(task.task_spec, BoundaryEvent) and task.state == TaskState.WAITING:
            return self._boundary_obstacle(task, target)
        if target is None:
            if self._is_plain_human(task):
                self.homeless.append(task)
                return []
            return [
                _("“%(name)s” is in progress but gone from the new drawing.", name=self.name(task))
            ]
        if type(target) is not type(task.task_spec):
            return [
                _("“%(name)s” is in progress and has become something else.", name=self.name(task))
            ]
        reason = self._event_obstacle(task, target)
        if reason:
            return [reason]
        split = f"{task.task_spec.name}.BoundaryEventSplit"
        if (split in spec.task_specs) != (split in task.workflow.spec.task_specs):
            if self._is_plain_human(task):
                self.replaced.append(task)
                return []
            return [
                _(
                    "“%(name)s” is in progress and gets its first attached event or loses its "
                    "last.",
                    name=self.name(task),
                )
            ]
        return []

    def _boundary_obstacle(self, task, target):
        if target is None or type(target) is type(task.task_spec):
            reason = self._event_obstacle(task, target) if target is not None else None
            live = [child for child in task.children if child.has_state(LIVE)]
            if target is None and live:
                reason = _(
                    "“%(name)s” is gone but what it has started is in progress.",
                    name=self.name(task),
                )
            return [reason] if reason else []
        return [_("“%(name)s” waits and has become something else.", name=self.name(task))]

    def _event_obstacle(self, task, target):
        before = getattr(task.task_spec, "event_definition", None)
        after = getattr(target, "event_definition", None)
        if type(before) is not type(after):
            return _(
                "“%(name)s” waits for one kind of event and is to wait for another.",
                name=self.name(task),
            )
        kinds = [type(one) for one in getattr(before, "event_definitions", [])]
        if kinds != [type(one) for one in getattr(after, "event_definitions", [])]:
            return _(
                "“%(name)s” waits for events that are different in the new drawing.",
                name=self.name(task),
            )
        return None

    def _is_plain_human(self, task):
        """A task for one person, not one of several instances."""
        element = self.old.find(task.workflow.spec.process_id, task.task_spec.bpmn_id)
        return (
            task.state == TaskState.READY
            and element is not None
            and element.type in HUMAN
            and not isinstance(task.parent.task_spec, LoopTask)
        )

    def mapping_obstacles(self, mapping):
        """Reasons against the places chosen for tasks that are gone."""
        reasons = []
        for task in self.homeless:
            chosen = mapping.get(task.task_spec.bpmn_id)
            element = self.new.elements.get(chosen)
            if not chosen:
                reasons.append(_("Say where the open task “%(name)s” goes.", name=self.name(task)))
            elif element is None or element.type not in HUMAN or element.loop:
                reasons.append(
                    _("“%(name)s” is no task for one person in the new drawing.", name=chosen)
                )
            elif self._scope(task).task_specs.get(_spec_name(self._scope(task), chosen)) is None:
                reasons.append(
                    _(
                        "“%(label)s” stands in another sub-process than “%(name)s”.",
                        label=element.label,
                        name=self.name(task),
                    )
                )
        return reasons

    def _scope(self, task):
        return next(spec for workflow, spec in self.pairs() if workflow is task.workflow)

    # Go

    def make(self, mapping):
        """Do it and prove it.

        :raise MigrationError: the result would not run.
        """
        replaced = {task.id: mapping.get(task.task_spec.bpmn_id) for task in self.homeless}
        replaced |= {task.id: task.task_spec.bpmn_id for task in self.replaced}
        pairs = list(self.pairs())
        self._forget_finished_scopes()
        self.top.diagram = self.copy.diagram = self.new
        self.top.subprocess_specs = self.new.subprocess_specs
        self.top.is_moving = True
        try:
            for workflow, spec in pairs:
                self._move(workflow, spec, replaced)
        except EngineError as error:
            raise MigrationError([error.message]) from error
        stuck = [reason for workflow, _spec in pairs for reason in stuck_joins(workflow)]
        if stuck:
            raise MigrationError(stuck)
        return self._proof()

    def _forget_finished_scopes(self):
        for task_id, inside in list(self.top.subprocesses.items()):
            if inside.completed:
                del self.top.subprocesses[task_id]

    def _move(self, workflow, spec, replaced):
        for task in list(workflow.tasks.values()):
            if task.has_state(_AHEAD) and task.id in workflow.tasks and not task.triggered:
                workflow._remove_task(task.id)
        workflow.spec = spec
        gone = []
        for task in workflow.tasks.values():
            aligned = spec.task_specs.get(task.task_spec.name)
            if aligned is None:
                gone.append(task)
            else:
                task.task_spec = aligned
        for task in gone:
            attached = isinstance(task.task_spec, BoundaryEvent)
            if attached and task.state == TaskState.WAITING and task.id in workflow.tasks:
                workflow._remove_task(task.id)
        for task_id in [key for key in replaced if key in workflow.tasks]:
            self._place(workflow.tasks[task_id], spec, replaced[task_id])
        for task in gone:
            if workflow.tasks.get(task.id) is task:
                _splice(workflow, task)
        self._look_ahead(workflow)
        if workflow.last_task is not None and workflow.last_task.id not in workflow.tasks:
            workflow.last_task = None

    def _place(self, old, spec, element_id):
        """Put the token of an open task on an element, under the same id."""
        workflow, parent = old.workflow, old.parent
        top = old
        if isinstance(parent.task_spec, BoundaryEventSplit):
            top, parent = parent, parent.parent
        name = _spec_name(spec, element_id)
        split = spec.task_specs.get(f"{name}.BoundaryEventSplit")
        data, moment = old.data, old.last_state_change
        workflow._remove_task(top.id)
        new = parent._add_child(split or spec.task_specs[name], TaskState.FUTURE)
        new.data = dict(data)
        new.task_spec._predict(new, mask=TaskState.NOT_FINISHED_MASK)
        new.task_spec._update(new)
        if split is not None:
            new.run()
            new = next(child for child in new.children if child.task_spec.name == name)
        _rename(workflow, new, old.id)
        new.last_state_change = moment

    def _look_ahead(self, workflow):
        for task in list(workflow.tasks.values()):
            if isinstance(task.task_spec, BoundaryEventSplit) and _is_open(task):
                self._attach_new(task)
        for task in list(workflow.tasks.values()):
            if task.has_state(LIVE):
                task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK & ~LIVE | task.state)

    def _attach_new(self, split):
        """An event attached in the new drawing begins to wait now."""
        known = {child.task_spec.name for child in split.children}
        for spec in split.task_spec.outputs:
            if spec.name not in known and isinstance(spec, BoundaryEvent):
                attach(split, spec)

    def _proof(self):
        result = Execution(self.new, self.original.host, self.copy.dump())
        after = len(result.open_tasks()) + len(result.open_services())
        if after != self.before:
            raise MigrationError(
                [
                    _(
                        "Of %(before)s open tasks %(after)s would be left; nothing was changed.",
                        before=self.before,
                        after=after,
                    )
                ]
            )
        return result


def _spec_name(spec, element_id):
    for task_spec in spec.task_specs.values():
        if task_spec.bpmn_id == element_id and not isinstance(task_spec, LoopTask):
            return task_spec.name
    return element_id


def _is_open(split):
    return any(
        child.has_state(LIVE) and not isinstance(child.task_spec, BoundaryEvent)
        for child in split.children
    )


def _rename(workflow, task, task_id: UUID):
    parent = task.parent
    parent._children = [task_id if child == task.id else child for child in parent._children]
    for child in task.children:
        child._parent = task_id
    place = list(workflow.tasks)
    order = {(task_id if key == task.id else key): workflow.tasks[key] for key in place}
    workflow.tasks = order
    waiting = workflow.top_workflow.event_manager.tasks
    if task.id in waiting:
        waiting[task_id] = waiting.pop(task.id)
    task.id = task_id


def _splice(workflow, task):
    """Take a finished step that is no longer drawn out of the history."""
    parent = task.parent
    at = parent._children.index(task.id)
    parent._children[at : at + 1] = task._children
    for child in task.children:
        child._parent = parent.id
    del workflow.tasks[task.id]
    workflow.top_workflow.subprocesses.pop(task.id, None)
