"""Our kinds of elements for the library, each curing a measured defect of it."""

import re
from datetime import UTC, date, datetime, time, timedelta

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions import item_aware_event, timer
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from . import values
from .errors import EngineError, ExpressionError
from .expressions import aware
from .words import told as _

MAX_INSTANCES = 500
ISO_DURATION = re.compile(
    r"P(?=[\dT])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?"
    r"|P\d+[.,]\d+[YMWD]|PT\d+[.,]\d+[HM]"
)
ISO_CYCLE = re.compile(r"R\d*/.+")
MIN_CYCLE = 60  # seconds; a shorter period would only keep the server busy
MAX_DURATION = 100 * 366 * 86400


def duration_of(text: str, working: bool = False, hours_per_day: float = 8) -> timedelta:
    """ISO 8601 duration as a length of time.

    In working time a day means a working day and a week five of them.

    :raise ExpressionError: not a duration.
    """
    if not ISO_DURATION.fullmatch(text.upper()):
        raise ExpressionError(
            _("“%(text)s” is no duration; write for instance P2D or PT4H.", text=text), text
        )
    parts = timer.TimerEventDefinition.parse_iso_duration(text)
    if working:
        days = parts.pop("days", 0) + parts.pop("weeks", 0) * 5
        parts["hours"] = parts.get("hours", 0) + days * hours_per_day
    try:
        result = timer.TimerEventDefinition.get_timedelta_from_start(parts)
    except (OverflowError, ValueError) as error:
        raise ExpressionError(_("“%(text)s” is too long.", text=text), text) from error
    if result.total_seconds() > MAX_DURATION:
        raise ExpressionError(_("“%(text)s” is too long.", text=text), text)
    return result


def cycle_of(text: str):
    """Parts of a repeating timer: number of times (-1 without end), start or None, duration.

    :raise ExpressionError: not of the form R3/PT1H or R3/2026-01-31T08:00:00+00:00/P1D.
    """
    parts = text.upper().split("/")
    if len(parts) not in (2, 3) or not re.fullmatch(r"R\d{0,6}", parts[0]):
        raise ExpressionError(
            _(
                "“%(text)s” is no repetition; write for instance R3/P1D (three times, daily).",
                text=text,
            ),
            text,
        )
    count = int(parts[0][1:]) if parts[0][1:] else -1
    try:
        start = aware(datetime.fromisoformat(parts[1])) if len(parts) == 3 else None
    except ValueError as error:
        raise ExpressionError(_("“%(text)s” is no date with time.", text=parts[1]), text) from error
    return count, start, parts[-1]


class _Timer:
    """Timers by the clock of the host, in calendar or working time."""

    def __init__(self, name, expression, basis="calendar", **kwargs):
        super().__init__(name, (expression or "").strip(), **kwargs)
        self.basis = basis

    def _clock(self, my_task):
        return my_task.workflow.top_workflow.now()

    def _after(self, my_task, length, start=None):
        start = start or self._clock(my_task)
        if self.basis == "working":
            host = my_task.workflow.top_workflow.host
            return start + timedelta(seconds=host.working_time(length.total_seconds()))
        return start + length

    def _length(self, my_task, text):
        host = my_task.workflow.top_workflow.host
        return duration_of(text, self.basis == "working", getattr(host, "hours_per_day", 8))

    def due(self, my_task):
        """Moment at which the timer goes off, or None while its date is not known."""
        stored = my_task.internal_data.get("event_value")
        if stored is None:
            moment = self._moment(my_task)
            if moment is None:
                return None
            stored = my_task.internal_data["event_value"] = moment.isoformat()
        return datetime.fromisoformat(stored)

    def has_fired(self, my_task):
        due = self.due(my_task)
        if due is not None and due <= self._clock(my_task):
            my_task.internal_data["event_fired"] = True
        return my_task.internal_data.get("event_fired", False)

    def _moment(self, my_task):
        text = self.expression
        if ISO_DURATION.fullmatch(text.upper()):
            return self._after(my_task, self._length(my_task, text))
        value = iso_date(text)
        if value is None:
            value = my_task.workflow.script_engine.evaluate(my_task, text)
        if isinstance(value, str):
            if ISO_DURATION.fullmatch(value.upper()):
                return self._after(my_task, self._length(my_task, value))
            value = iso_date(value) or value
        return self._from_value(my_task, value)

    def _from_value(self, my_task, value):
        if value is None or value is False:
            return None
        if isinstance(value, datetime):
            return aware(value).astimezone(UTC)
        if isinstance(value, date):
            return datetime.combine(value, time(), UTC)
        if isinstance(value, timedelta) and value.total_seconds() >= 0:
            return self._after(my_task, value)
        raise ExpressionError(
            _("“%(text)s” gives no date and no duration.", text=self.expression),
            self.expression,
            my_task.task_spec.bpmn_id,
        )


def iso_date(text: str):
    """A date or moment written as text, else None."""
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        return None


class DateTimer(_Timer, timer.TimeDateEventDefinition):
    """Goes off at a date."""


class DurationTimer(_Timer, timer.DurationTimerEventDefinition):
    """Goes off after a while."""


class CycleTimer(_Timer, timer.CycleTimerEventDefinition):
    """Goes off again and again; periods missed while nobody looked count once."""

    def due(self, my_task):
        value = my_task.internal_data.get("event_value")
        return datetime.fromisoformat(value["next"]) if value and value["cycles"] else None

    def has_fired(self, my_task):
        return my_task.internal_data.get("event_fired", False)

    def _moment(self, my_task):
        raise NotImplementedError

    def cycle_complete(self, my_task):
        value = my_task.internal_data.get("event_value") or self._begin(my_task)
        my_task.internal_data["event_value"] = value
        now = self._clock(my_task)
        following = datetime.fromisoformat(value["next"])
        if not value["cycles"] or following > now:
            return False
        length = timedelta(seconds=value["duration"])
        while following <= now:
            skipped = (now - following) // length if self.basis == "calendar" else 0
            following = self._after(my_task, length, following + skipped * length)
        value["next"] = following.isoformat()
        value["cycles"] -= 1
        if not value["cycles"]:
            my_task.internal_data["event_fired"] = True
        return True

    def _begin(self, my_task):
        text = self.expression
        if not ISO_CYCLE.fullmatch(text.upper()):
            text = my_task.workflow.script_engine.evaluate(my_task, text)
        count, start, length = cycle_of(str(text))
        duration = max(self._length(my_task, length), timedelta(seconds=MIN_CYCLE))
        start = start or self._after(my_task, duration)
        return {
            "cycles": count,
            "next": start.isoformat(),
            "duration": duration.total_seconds(),
        }


class ErrorEvent(item_aware_event.ErrorEventDefinition):
    """A business error; it reaches only the activity in which it happened."""

    def throw(self, my_task):
        my_task.workflow.top_workflow.throw_error(my_task.workflow, self.code, self.name)


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

    def _waiting(self, my_task):
        """One token of each other branch; what else has come waits for the next round."""
        chosen, left = {my_task.parent.task_spec.name: my_task}, []
        for task in super()._waiting(my_task):
            if task.parent.state == TaskState.COMPLETED:
                branch = task.parent.task_spec.name
                if chosen.setdefault(branch, task) is not task:
                    left.append(task)
        if left:
            left[-1]._set_state(TaskState.WAITING)
        return [task for task in chosen.values() if task is not my_task]

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


class ServiceTask(defaults.ServiceTask):
    """Work of the system; the execution calls the host before it runs."""

    def _execute(self, task):
        return True


class _Many(MultiInstanceTask):
    """Several instances of one element: bounded, and joined without loss."""

    def _check_size(self, my_task):
        my_task._inherit_data()
        if self.data_input is not None:
            found = self.data_input.get(my_task)
            if not isinstance(found, list | dict):
                raise ExpressionError(
                    _(
                        "“%(name)s”: the variable “%(variable)s” is to hold a list, one item for "
                        "each instance.",
                        name=self.name,
                        variable=self.data_input.bpmn_id,
                    ),
                    self.data_input.bpmn_id,
                    self.bpmn_id,
                )
            if None in (found if isinstance(found, list) else found.values()):
                raise ExpressionError(
                    _(
                        "“%(name)s”: the list “%(variable)s” holds an empty item.",
                        name=self.name,
                        variable=self.data_input.bpmn_id,
                    ),
                    self.data_input.bpmn_id,
                    self.bpmn_id,
                )
            size = len(found)
        else:
            size = my_task.workflow.script_engine.evaluate(my_task, self.cardinality)
            if isinstance(size, bool) or not isinstance(size, int) or size < 0:
                raise ExpressionError(
                    _(
                        "“%(name)s”: “%(text)s” gives no whole number of instances.",
                        name=self.name,
                        text=self.cardinality,
                    ),
                    self.cardinality,
                    self.bpmn_id,
                )
        if size > MAX_INSTANCES:
            raise EngineError(
                _(
                    "“%(name)s”: %(count)s instances; at most %(limit)s are allowed.",
                    name=self.name,
                    count=size,
                    limit=MAX_INSTANCES,
                ),
                self.bpmn_id,
            )

    def create_child(self, my_task, item, key_or_index=None):
        for one in (self.input_item, self.output_item):
            if one is not None:  # left over from an earlier round of a loop
                my_task.data.pop(one.bpmn_id, None)
        return super().create_child(my_task, item, key_or_index)

    def init_data_output_with_input_data(self, my_task, input_data):
        self.data_output.set(my_task, type(input_data)())

    def init_data_output_with_cardinality(self, my_task):
        self.data_output.set(my_task, [])

    def merge_child(self, workflow, child):
        my_task = child.parent
        if self.data_output is not None:
            item = child.data.get((self.output_item or _OUTCOME).bpmn_id)
            collected = self.data_output.get(my_task)
            key = child.internal_data.get("key_or_index")
            one_more = {key: item} if isinstance(collected, dict) else [item]
            union = collected | one_more if isinstance(collected, dict) else collected + one_more
            self.data_output.set(my_task, union)
        self._merge_rest(my_task, child)
        my_task.internal_data["merged"].append(str(child.id))

    def _merge_rest(self, my_task, child):
        own = {
            item.bpmn_id
            for item in (self.input_item, self.output_item, self.data_output)
            if item is not None
        }
        base = {key: value for key, value in my_task.parent.data.items() if key not in own}
        theirs = {key: value for key, value in child.data.items() if key not in own}
        ours = {key: value for key, value in my_task.data.items() if key not in own}
        kept = {key: my_task.data[key] for key in own if key in my_task.data}
        my_task.data = values.copy(values.merge(base, ours, theirs)) | kept

    def check_completion_condition(self, my_task):
        merged = my_task.internal_data.get("merged", [])
        if not merged or self.condition is None:
            return False
        last = next(child for child in my_task.children if str(child.id) == merged[-1])
        instances = list(self._instances(my_task))
        inside = my_task.internal_data
        total = inside.get("cardinality", len(instances) + len(inside.get("remaining", [])))
        counts = {
            "nrOfInstances": total,
            "nrOfCompletedInstances": len(merged),
            "nrOfActiveInstances": len(instances) - len(merged),
        }
        seen = {**last.data, **my_task.data, **counts}
        return my_task.workflow.script_engine.evaluate_data(self.condition, seen, self.bpmn_id)


class _Outcome:
    bpmn_id = "outcome"


_OUTCOME = _Outcome()


class ParallelMany(defaults.ParallelMultiInstanceTask, _Many):
    """All instances at once."""

    def _update_hook(self, my_task):
        self._check_size(my_task)
        return super()._update_hook(my_task)


class SequentialMany(defaults.SequentialMultiInstanceTask, _Many):
    """One instance after the other."""

    def _update_hook(self, my_task):
        self._check_size(my_task)
        return super()._update_hook(my_task)


class Again(defaults.StandardLoopTask):
    """The same element again while a condition holds."""

    def merge_child(self, workflow, child):
        my_task = child.parent
        my_task.data = values.copy(child.data)
        my_task.internal_data["merged"].append(str(child.id))
        if self.loop_complete(my_task):
            my_task._set_state(TaskState.READY)
        else:
            self.create_child(my_task)
