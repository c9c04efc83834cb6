"""Whether the parallel gateways of a moved process will ever have all their tokens.

A parallel gateway lets one token pass for one token of every branch. After a move, open tasks
may stand where no token could have come by itself: beside a branch that nobody walks, or two
of them on one branch. Both would leave the process waiting for ever.
"""

from collections import Counter

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from .gateways import ExclusiveGateway, ParallelGateway
from .words import told as _
from .workflow import LIVE

MANY = 10**6


def stuck_joins(workflow):
    """Why parallel gateways would wait for ever, in words; nothing if none would."""
    live = [
        task
        for task in workflow.tasks.values()
        if task.has_state(LIVE) and not isinstance(task.task_spec, ParallelGateway)
    ]
    names = {task.task_spec.name for task in live}
    joins = {
        spec.name: _arrived(workflow, spec)
        for spec in workflow.spec.task_specs.values()
        if isinstance(spec, ParallelGateway)
    }
    for name, (arrived, strangers) in joins.items():
        spec = workflow.spec.task_specs[name]
        label = spec.bpmn_name or spec.bpmn_id
        if strangers:
            yield _(
                "A branch that is no longer drawn has already arrived at “%(label)s”.", label=label
            )
            continue
        before = _before(workflow.spec, name)
        walked = _walked(workflow.spec, names - before, joins, before | {name})
        missing = [one for one in spec.inputs if one.name not in arrived]
        lost = [one for one in missing if one.name not in walked]
        if lost and (arrived or len(lost) < len(missing)):
            yield (
                _(
                    "“%(label)s” would wait for ever for the branch over “%(branch)s”, which "
                    "this process has passed by.",
                    label=label,
                    branch=_label(lost[0]),
                )
            )
            continue
        uneven = _Tokens(workflow, live, joins).uneven(name)
        if uneven:
            yield (
                _(
                    "At “%(label)s” more tasks would arrive over “%(more)s” than over "
                    "“%(less)s”, and the process would wait for ever for the rest.",
                    label=label,
                    more=_label(uneven[0]),
                    less=_label(uneven[1]),
                )
            )


def _label(spec):
    return spec.bpmn_name or spec.bpmn_id or spec.name


class _Tokens:
    """How many tokens come to the branches of each join: at least, and at most.

    A token is the elements at one of which it goes on: a task or what interrupts it, the
    events of a gateway that waits for the first of them.
    """

    def __init__(self, workflow, live, joins):
        self.spec = workflow.spec
        self.joins = joins
        self.known = {}
        self.tokens = _tokens(live)
        self.waiting = Counter(
            (task.task_spec.name, task.parent.task_spec.name)
            for task in workflow.tasks.values()
            if task.task_spec.name in joins and _waits(task)
        )

    def uneven(self, name):
        """Two branches of a join of which the first surely gets more tokens than the second."""
        counts = self._counts(name, True)
        most = max(counts, key=lambda one: counts[one][0])
        least = min(counts, key=lambda one: counts[one][1])
        return (most, least) if counts[most][0] > counts[least][1] else None

    def _counts(self, name, from_outside):
        """{branch: (at least, at most)} for the branches of a join, inner joins counted.

        :param from_outside: count tokens that part only on their way to the join, too.
        """
        before = _before(self.spec, name)
        inputs = {one.name: one for one in self.spec.task_specs[name].inputs}
        counts = {one: [self.waiting[name, one]] * 2 for one in inputs}
        sources = [(names, int(sure), 1) for names, sure in self.tokens]
        sources += [((one,), *self._passed(one)) for one in self.joins if one != name]
        for names, least, most in sources:
            if most and not before.intersection(names):
                reaches = [self._reach(one, before, name) for one in names]
                hits = set().union(*(reached for reached, _sure in reaches)) & inputs.keys()
                if len(hits) == len(inputs) and not from_outside:
                    continue
                # One way of going on may lead elsewhere.
                sure = all(sure and reached & hits for reached, sure in reaches)
                for one in hits:
                    counts[one][0] += least if sure and len(hits) == 1 else 0
                    counts[one][1] += most
        return {inputs[one]: tuple(count) for one, count in counts.items()}

    def _passed(self, name):
        """How many tokens an inner join lets pass, (at least, at most); splits are walked over."""
        if len(self.spec.task_specs[name].inputs) < 2:
            return 0, 0
        if name not in self.known:
            self.known[name] = 0, MANY  # while it is being counted: a drawing that turns round
            counts = self._counts(name, False).values()
            self.known[name] = min(one[0] for one in counts), min(one[1] for one in counts)
        return self.known[name]

    def _reach(self, source, before, join):
        """Elements that a token reaches on its way to a join, and whether it surely comes there.

        It passes those inner joins to which it alone comes over all branches.
        """
        reached, queue, held, sure = set(), [source], set(), True
        while queue:
            name = queue.pop()
            if name in reached:
                continue
            reached.add(name)
            spec = self.spec.task_specs[name]
            following = [one for one in spec.outputs if not isinstance(one, BoundaryEventJoin)]
            for one in following:
                if one.name in before:
                    sure = False
                elif one.name in self.joins and one.name != join:
                    held.add(one.name)
                elif one.name != join:
                    queue.append(one.name)
            for one in list(held):
                if reached >= {up.name for up in self.spec.task_specs[one].inputs}:
                    held.discard(one)
                    queue.append(one)
            # Only these split a token in a way that is known beforehand.
            plain = isinstance(spec, (ExclusiveGateway, ParallelGateway)) or _interrupts(spec)
            sure = sure and bool(following) and (len(following) == 1 or plain)
        return reached, sure and not held


def _tokens(live):
    """[(elements at one of which the token goes on, whether it surely does)]"""
    found, rivals = [], {}
    for task in live:
        parent = task.parent.task_spec
        if isinstance(parent, LoopTask):
            continue  # the token is counted where the instances are gathered
        name, is_event = task.task_spec.name, isinstance(task.task_spec, BoundaryEvent)
        if is_event and not task.task_spec.cancel_activity:
            found.append(((name,), False))
        elif isinstance(parent, (BoundaryEventSplit, EventBasedGateway)):
            rivals.setdefault(task.parent.id, []).append(name)
        else:
            found.append(((name,), not is_event))
    return found + [(tuple(names), True) for names in rivals.values()]


def _interrupts(spec):
    """Every attached event ends the task: the token goes on in one way or another."""
    return isinstance(spec, BoundaryEventSplit) and all(
        one.cancel_activity for one in spec.outputs if isinstance(one, BoundaryEvent)
    )


def _waits(task):
    return (
        not task.internal_data.get("joined")
        and task.has_state(TaskState.WAITING | TaskState.CANCELLED)
        and task.parent.state == TaskState.COMPLETED
    )


def _arrived(workflow, spec):
    inputs = {one.name for one in spec.inputs}
    parents = {
        task.parent.task_spec.name
        for task in workflow.tasks.values()
        if task.task_spec is spec and _waits(task)
    }
    return parents & inputs, parents - inputs


def _before(spec, name):
    """Elements that every way from the start to an element passes.

    A token that comes to one of them begins the block anew; it does not end the one begun.
    """
    path = _path(spec, name, None)
    return {one for one in path[:-1] if not _path(spec, name, one)}


def _path(spec, name, without):
    """Some way from the start to an element that avoids another, [] if there is none."""
    origin, queue = {spec.start.name: None}, [spec.start.name]
    if without == spec.start.name:
        return []
    while queue:
        here = queue.pop(0)
        if here == name:
            path = []
            while here is not None:
                path.append(here)
                here = origin[here]
            return path[::-1]
        for following in spec.task_specs[here]._outputs:
            if following not in origin and following != without:
                origin[following] = here
                queue.append(following)
    return []


def _walked(spec, live, joins, without):
    """Names of elements that tokens can come to without passing certain others.

    A join lets them pass only if all its branches are walked.
    """
    walked, queue = set(), sorted(live)
    while queue:
        name = queue.pop()
        if name in walked:
            continue
        walked.add(name)
        following = list(spec.task_specs[name].outputs)
        if name.endswith(" [child]"):
            following.append(spec.task_specs.get(name.removesuffix(" [child]")))
        for target in following:
            if target is None or target.name in without:
                continue
            if target.name in joins:
                arrived = joins[target.name][0]
                if not all(up.name in walked or up.name in arrived for up in target.inputs):
                    continue
            queue.append(target.name)
    return walked
