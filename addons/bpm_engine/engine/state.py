"""The state of a running process as text, without the drawing it belongs to."""

import json
from uuid import UUID

from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from .errors import StateError
from .words import told as _
from .workflow import GuardedSubWorkflow, GuardedTask

FORMAT = 1
_TRIGGERED, _EMPTY = 1, 2


def dump(workflow, steps: int) -> str:
    """Text from which load() makes the same running process again.

    Tasks are a list, parents first: each keeps only what differs from its parent's data.
    """
    return json.dumps(
        {
            "format": FORMAT,
            "process": workflow.diagram.process_id,
            "steps": steps,
            "top": _dump_one(workflow),
            "subs": [
                {"of": task_id.hex, **_dump_one(inside)}
                for task_id, inside in workflow.subprocesses.items()
            ],
        },
        separators=(",", ":"),
        ensure_ascii=False,
        sort_keys=True,
    )


def _dump_one(workflow):
    places = {}
    rows = []
    for task_id, task in workflow.tasks.items():
        places[task_id] = len(rows)
        rows.append(_dump_task(task, places))
    last = workflow.last_task
    return {
        "tasks": rows,
        "last": places.get(last.id) if last is not None else None,
        "done": workflow.completed,
        "success": workflow.success,
        "data": {key: value for key, value in workflow.data.items() if key != "data_objects"},
    }


def _dump_task(task, places):
    flags = _TRIGGERED if task.triggered else 0
    parent = task.parent
    above = parent.data if parent is not None else {}
    updates, gone = {}, []
    if not task.data:
        flags |= _EMPTY
    else:
        updates = {
            key: value
            for key, value in task.data.items()
            if key not in above or _differs(above[key], value)
        }
        gone = sorted(key for key in above if key not in task.data)
    row = [
        task.id.hex,
        places[task._parent] if parent is not None else -1,
        task._state,
        task.task_spec.name,
        flags,
        task.last_state_change,
        _dump_internal(task) if task.internal_data else {},
        updates,
        gone,
    ]
    while not row[-1] and len(row) > 6:
        row.pop()
    return row


def _differs(one, other):
    return one is not other and (one != other or type(one) is not type(other))


def _dump_internal(task):
    events = task.internal_data.get("seen_events")
    if events is None:
        return task.internal_data
    known = task.task_spec.event_definition.event_definitions
    seen = [[known.index(event.event_definition), event.payload] for event in events]
    return {**task.internal_data, "seen_events": seen}


def load(workflow, text: str) -> int:
    """Fill a new running process with a saved state.

    :return: number of steps made so far.
    :raise StateError: the state is of another process, or an element of it is gone.
    """
    try:
        state = json.loads(text)
        if state["format"] != FORMAT:
            raise StateError(
                _("The saved state has the unknown format %(format)s.", format=state["format"])
            )
        _load_one(workflow, state["top"])
        for row in state["subs"]:
            _load_sub(workflow, row)
        return state["steps"]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise StateError(
            _("The saved state of the process cannot be read: %(error)s.", error=repr(error))
        ) from error


def _load_sub(top, row):
    task_id = UUID(row["of"])
    task = top.get_task_from_id(task_id)
    spec = top.subprocess_specs.get(task.task_spec.spec)
    if spec is None:
        raise StateError(
            _("The sub-process “%(name)s” is gone from the diagram.", name=task.task_spec.bpmn_id)
        )
    inside = GuardedSubWorkflow(spec, task_id, top, deserializing=True)
    _load_one(inside, row)
    top.subprocesses[task_id] = inside
    inside.completed_event.connect(task.task_spec._on_subworkflow_completed, task)


def _load_one(workflow, row):
    tasks = []
    for item in row["tasks"]:
        tasks.append(_load_task(workflow, item, tasks))
    workflow.task_tree = tasks[0]
    workflow.last_task = tasks[row["last"]] if row["last"] is not None else None
    workflow.completed = row["done"]
    workflow.success = row["success"]
    workflow.data = row["data"]


def _load_task(workflow, row, tasks):
    row = row + [None] * (9 - len(row))
    task_id, parent, state, name, flags, moment, internal, updates, gone = row
    spec = workflow.spec.task_specs.get(name)
    if spec is None:
        raise StateError(
            _("The element “%(name)s” is gone from the diagram of this process.", name=name), name
        )
    above = tasks[parent] if parent >= 0 else None
    task = GuardedTask(workflow, spec, above, state=state, id=UUID(task_id))
    task.triggered = bool(flags & _TRIGGERED)
    task.last_state_change = moment
    top = workflow.top_workflow
    top._last_tick = max(top._last_tick, moment)
    task.internal_data = internal or {}
    if "seen_events" in task.internal_data:
        task.internal_data["seen_events"] = _seen(spec, task.internal_data["seen_events"])
    if not flags & _EMPTY:
        removed = set(gone or ())
        data = dict(above.data) if above is not None else {}
        task.data = {key: value for key, value in data.items() if key not in removed}
        task.data.update(updates or {})
    if state == TaskState.WAITING and isinstance(spec, CatchingEvent):
        top.event_manager.add_task(task)
    return task


def _seen(spec, rows):
    if not isinstance(spec.event_definition, MultipleEventDefinition):
        return []
    known = spec.event_definition.event_definitions
    return [BpmnEvent(known[at], payload) for at, payload in rows]
