"""Helpers of the engine's tests: a host without Odoo, diagrams by short notation."""

import os
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace

from hypothesis import HealthCheck, settings

from ...engine import Execution, read_diagram

DIAGRAMS = Path(__file__).parent / "diagrams"
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # a Monday
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:bpm="urn:crm-bpm:bpmn:1" targetNamespace="urn:test">'
)

# A busy machine is slow, not wrong. The suite tries the same examples each time, so that a red run
# is about the change it judges; CRM_BPM_FUZZ=1 tries new ones and is for searching.
settings.register_profile(
    "unhurried",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CRM_BPM_FUZZ" not in os.environ,
)
settings.load_profile("unhurried")


def bpmn(body: str, extra: str = "", key: str = "test") -> str:
    """A whole file around the elements of one process."""
    return (
        f'{HEAD}{extra}<bpmn:process id="{key}" name="Test" isExecutable="true">{body}'
        "</bpmn:process></bpmn:definitions>"
    )


def flow(source: str, target: str, condition: str | None = None) -> str:
    """An arrow; its id is source_target."""
    inside = ""
    if condition:
        text = condition.replace("&", "&amp;").replace("<", "&lt;")
        inside = (
            '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
            f"{text}</bpmn:conditionExpression>"
        )
    return (
        f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" '
        f'targetRef="{target}">{inside}</bpmn:sequenceFlow>'
    )


def chain(*ids: str) -> str:
    """Arrows from each to the next."""
    return "".join(flow(a, b) for a, b in zip(ids, ids[1:], strict=False))


def node(kind: str, element: str, inside: str = "", **attributes) -> str:
    """One element named like its id."""
    listed = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<bpmn:{kind} id="{element}" name="{element}"{listed}>{inside}</bpmn:{kind}>'


class Host:
    """Surroundings of a process: a clock that stands, services that note their calls."""

    def __init__(self, record=None, services=None, parked=()):
        self.clock = START
        self.fields = record or SimpleNamespace()
        self.services = services or {}
        self.parked = set(parked)
        self.calls = []

    def record(self):
        return self.fields

    def call_service(self, element_id, data):
        self.calls.append(element_id)
        service = self.services.get(element_id)
        return service(data) if callable(service) else service

    def is_async(self, element_id):
        return element_id in self.parked

    def working_time(self, seconds, start):
        """Work is done from midnight to eight, every day."""
        left, moment = timedelta(seconds=seconds), start
        while True:
            evening = datetime.combine(moment, time(8), UTC)
            today = max(evening - moment, timedelta(0))
            if left <= today:
                return (moment + left - start).total_seconds()
            left -= today
            moment = datetime.combine(moment.date() + timedelta(days=1), time(), UTC)

    def now(self):
        return self.clock

    def advance(self, **kwargs):
        self.clock += timedelta(**kwargs)
        return self.clock


class Player:
    """Runs a process; with `saved` the state goes through text between all steps."""

    def __init__(self, xml, host=None, saved=False, called=None):
        self.diagram = xml if hasattr(xml, "elements") else read_diagram(xml, called)
        self.xml, self.called = xml, called
        self.host = host or Host()
        self.saved = saved
        self.execution = Execution(self.diagram, self.host)
        self.trace = []

    def __getattr__(self, name):
        return getattr(self.execution, name)

    def _after(self):
        self.trace += [(event.element, event.event) for event in self.execution.events]
        self.execution.events.clear()
        if self.saved:
            if isinstance(self.xml, str | bytes):
                # a drawing freshly read, as in another worker
                self.diagram = read_diagram(self.xml, self.called)
            thrown = self.execution.thrown
            self.execution = Execution(self.diagram, self.host, self.execution.dump())
            self.execution.thrown = thrown

    def start(self, data=None, **kwargs):
        self.execution.start(data, **kwargs)
        self._after()
        return self

    def open(self):
        """Ids of elements with open human tasks, one for each task."""
        return [task.element for task in self.execution.open_tasks()]

    def complete(self, element, outcome=None, index=None, **data):
        """Do the first open task of an element."""
        task = next(
            task
            for task in self.execution.open_tasks()
            if task.element == element and (index is None or task.index == index)
        )
        if outcome is not None:
            data["outcome"] = outcome
        self.execution.complete(task.id, data)
        self._after()
        return self

    def message(self, name, payload=None):
        caught = self.execution.message(name, payload)
        self._after()
        return caught

    def signal(self, name, payload=None):
        caught = self.execution.signal(name, payload)
        self._after()
        return caught

    def advance(self, **kwargs):
        """Let time pass and timers go off."""
        moved = self.execution.fire_due(self.host.advance(**kwargs))
        self._after()
        return moved
