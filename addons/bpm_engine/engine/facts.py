"""What a running process tells its surroundings: open work, waits, events, what it sent."""

from dataclasses import dataclass
from datetime import datetime

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import SendTask

from .specs import ServiceTask


@dataclass(frozen=True)
class OpenTask:
    """Work that waits for a person (or, of a service, for a job)."""

    id: str
    element: str
    lane: str | None
    data: dict
    index: int | None = None
    process: str = ""


@dataclass(frozen=True)
class Place:
    """Where a piece of work of the system stands in a step.

    The same whenever the step is taken again from the state before it, unlike the task's id:
    the number tells instances of a repeated element, and rounds of a loop, apart.
    """

    process: str
    element: str
    number: int


@dataclass(frozen=True)
class Wait:
    """An event that the process waits for; due is an aware moment, of timers only."""

    task_id: str
    element: str
    kind: str
    name: str | None
    due: datetime | None = None
    process: str = ""


@dataclass(frozen=True)
class LogEvent:
    """Something that happened at an element: entered, left, cancelled, fired, error."""

    task_id: str
    element: str
    event: str
    at: datetime
    process: str = ""


@dataclass(frozen=True)
class Thrown:
    """A message, signal or error that left this process; others may wait for it."""

    kind: str
    name: str | None
    data: dict


def is_service(task):
    """Whether it is work of the system."""
    return isinstance(task.task_spec, ServiceTask | SendTask)


def kind_of(definition):
    """timer, message, signal, or None of what nobody outside hears of."""
    if isinstance(definition, TimerEventDefinition):
        return "timer"
    if isinstance(definition, MessageEventDefinition):
        return "message"
    if isinstance(definition, SignalEventDefinition):
        return "signal"
    return None
