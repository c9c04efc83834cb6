"""Elements that are done several times: in parallel, one after the other, until it is enough."""

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.util.task import TaskState

from . import values
from .diagram import OF_RECORD
from .errors import EngineError, ExpressionError
from .words import told as _

MAX_INSTANCES = 500


def list_of(text: str):
    """Where the items of a repetition come from: a variable, or a list of the record."""
    return (RecordList if text.startswith(OF_RECORD) else TaskDataReference)(text)


class RecordList(TaskDataReference):
    """The records that a field of the record lists, as their ids.

    It stays as it was when the repetition began, whatever happens to the record meanwhile.
    """

    def take(self, my_task):
        found = my_task.workflow.script_engine.evaluate(my_task, self.bpmn_id)
        my_task.internal_data["listed"] = found
        return found

    def get(self, my_task):
        inside = my_task.internal_data
        return inside["listed"] if "listed" in inside else self.take(my_task)

    def exists(self, my_task):
        return True


class _Many(MultiInstanceTask):
    """Several instances of one element: bounded, and joined without loss."""

    def _check_size(self, my_task):
        my_task._inherit_data()
        if self.data_input is not None:
            # Entered anew after an incident, the record is asked anew.
            my_task.internal_data.pop("listed", None)
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
