"""What cannot run at all, whoever looks at it: read_diagram() refuses these."""

import re

from . import expressions
from .diagram import GATEWAYS, OF_RECORD, UNSUPPORTED
from .errors import ExpressionError, Problem
from .scripts import script_lines
from .timers import cycle_of, duration_of, iso_date
from .words import told as _

_NAMES = {
    "businessRuleTask": _("a business rule task"),
    "complexGateway": _("a complex gateway"),
    "transaction": _("a transaction"),
    "adHocSubProcess": _("an ad-hoc sub-process"),
    "subChoreography": _("a choreography"),
    "choreographyTask": _("a choreography"),
    "callChoreography": _("a choreography"),
}
_EVENT_NAMES = {
    None: _("without a trigger"),
    "message": _("message"),
    "signal": _("signal"),
    "timer": _("timer"),
    "error": _("error"),
    "terminate": _("terminate"),
    "conditional": _("condition"),
    "compensate": _("compensation"),
    "link": _("link"),
    "escalation": _("escalation"),
    "cancel": _("cancel"),
    "multiple": _("several"),
}
_CURES = {
    "businessRuleTask": _("Use an exclusive gateway with conditions or a service task."),
    "complexGateway": _("Use an exclusive, parallel or inclusive gateway."),
    "transaction": _("Use an ordinary sub-process with an error event."),
    "adHocSubProcess": _("Draw the steps with flows in an ordinary sub-process."),
}
_EVENT_CURES = {
    "conditional": _("Use a message, a timer or a condition on a gateway."),
    "compensate": _("Draw the undoing as ordinary tasks after an error event."),
    "link": _("Connect the elements by a flow."),
    "escalation": _("Use a signal or an error event."),
    "cancel": _("Use an error event."),
    "multiple": _("Use an event-based gateway, or one event for each of them."),
}
_ALLOWED_EVENTS = {
    "startEvent": {None, "message", "signal", "timer"},
    "endEvent": {None, "message", "signal", "error", "terminate"},
    "intermediateCatchEvent": {"message", "signal", "timer"},
    "intermediateThrowEvent": {None, "message", "signal"},
    "boundaryEvent": {"message", "signal", "timer", "error"},
}


def structure_problems(diagram) -> list[Problem]:
    """Every place that the engine cannot run, with the cure."""
    problems = []
    for element in diagram.elements.values():
        for check in (_kind, _links, _event, _way, _loop, _scope):
            problems.extend(
                Problem(
                    element.id, code, _("“%(label)s”: %(text)s", label=element.label, text=text)
                )
                for code, text in check(diagram, element)
            )
    problems.extend(_flows(diagram))
    problems.extend(_whole(diagram))
    return problems


def _kind(diagram, element):
    if element.type in UNSUPPORTED:
        kind = _NAMES.get(element.type, element.type)
        text = _("%(kind)s cannot be run.", kind=kind)
        if element.type in _CURES:
            text = _("%(text)s %(cure)s", text=text, cure=_CURES[element.type])
        yield "unsupported", text
    if not element.id:
        yield "no_id", _("the element has no id.")
    if element.id.endswith("__duplicate"):
        yield "duplicate_id", _("two elements have the same id.")


def _links(diagram, element):
    if element.type == "boundaryEvent":
        host = diagram.elements.get(element.attached_to)
        if host is None:
            yield "not_attached", _("the event is not attached to a task or sub-process.")
        elif host.type in GATEWAYS or "Event" in host.type or host.event_subprocess:
            yield "not_attached", _("an event can be attached only to a task or a sub-process.")
        elif element.incoming:
            yield "boundary_incoming", _("no flow may lead into an attached event.")
    if element.type == "startEvent" and element.incoming:
        yield "start_incoming", _("no flow may lead into a start event.")
    if element.type == "endEvent" and element.outgoing:
        yield "end_outgoing", _("no flow may leave an end event.")
    if element.event_subprocess and (element.incoming or element.outgoing):
        yield "event_subprocess_flow", _("an event sub-process stands alone, without flows.")


def _event(diagram, element):
    allowed = _ALLOWED_EVENTS.get(element.type)
    if allowed is not None and element.event not in allowed:
        cure = _EVENT_CURES.get(element.event, _("Give it a message, signal or timer."))
        yield (
            "event",
            _(
                "this kind of event (%(kind)s) cannot be run here. %(cure)s",
                kind=_EVENT_NAMES.get(element.event, element.event),
                cure=cure,
            ),
        )
    elif element.event in ("message", "signal") and not element.event_name:
        is_message = element.event == "message"
        yield (
            "event_name",
            _("choose which message is meant.")
            if is_message
            else _("choose which signal is meant."),
        )
    elif element.event == "timer":
        yield from _timer(diagram, element)
    if element.type == "receiveTask" and not element.event:
        yield "event_name", _("choose which message the task waits for.")


def _timer(diagram, element):
    kind, text = element.timer["kind"], element.timer["text"]
    if not text:
        yield "timer", _("the timer has neither a date nor a duration.")
        return
    try:
        if kind == "cycle" and text.upper().startswith("R"):
            duration_of(cycle_of(text)[2])
        elif re.match(r"[-+]?P[T\d]", text.upper()):
            duration_of(text)
        elif iso_date(text) is None:
            expressions.check(text)
    except ExpressionError as error:
        yield "timer", _("the timer cannot be read. %(error)s", error=error)
        return
    if kind == "cycle" and element.type != "startEvent":
        if element.type != "boundaryEvent" or element.interrupting:
            yield (
                "timer_cycle",
                _(
                    "a repeating timer is possible only as an attached event that does not "
                    "interrupt."
                ),
            )


def _way(diagram, element):
    if element.type not in GATEWAYS and element.type not in ("startEvent",):
        if len(element.outgoing) > 1:
            yield (
                "implicit_split",
                _(
                    "several flows leave it. Put a gateway behind it: exclusive (one way), "
                    "parallel (all ways) or inclusive (some)."
                ),
            )
    if element.type in ("exclusiveGateway", "inclusiveGateway") and len(element.outgoing) > 1:
        for flow_id in element.outgoing:
            flow = diagram.flows[flow_id]
            if not flow.is_default and not flow.condition:
                target = diagram.elements.get(flow.target)
                name = flow.name or (target.label if target else flow.id)
                yield (
                    "no_condition",
                    _(
                        "the flow to “%(name)s” has no condition. Give it one or mark it as "
                        "default.",
                        name=name,
                    ),
                )
    if element.type == "eventBasedGateway":
        yield from _event_gateway(diagram, element)


def _event_gateway(diagram, element):
    targets = [diagram.elements.get(diagram.flows[flow].target) for flow in element.outgoing]
    if len(targets) < 2:
        yield "event_gateway", _("at least two events must follow an event-based gateway.")
    timers = 0
    for target in targets:
        if target is None or target.type not in ("intermediateCatchEvent", "receiveTask"):
            yield "event_gateway", _("only waiting events may follow an event-based gateway.")
        elif target.event == "timer":
            timers += 1
    if timers > 1:
        yield "two_timers", _("at most one timer may follow; put the second behind the first.")
    if len({(target.event, target.event_name) for target in targets if target}) < len(targets):
        yield "same_event", _("two of the events that follow are the same.")


def _loop(diagram, element):
    loop = element.loop
    if not loop:
        return
    if loop["kind"] == "loop":
        if not loop["condition"] and not loop["maximum"]:
            yield "loop", _("say how long to repeat: a condition or a greatest number.")
        if loop["condition"]:
            yield from _expression(loop["condition"], "loop")
        return
    if not loop["collection"] and not loop["cardinality"]:
        yield "loop", _("say for what to repeat: a list of the process or a number.")
    listed = loop["collection"] or ""
    of_record = listed if listed.startswith(OF_RECORD) else None
    for text in (loop["cardinality"], loop["condition"], of_record):
        if text:
            yield from _expression(text, "loop")


def _expression(text, code):
    try:
        expressions.check(text)
    except ExpressionError as error:
        yield code, error.message


def _scope(diagram, element):
    if element.type == "callActivity" and not element.called:
        yield "no_called", _("choose the process to call.")
    if element.type == "scriptTask":
        yield from _script(element)
    if element.type != "subProcess":
        return
    inside = [other for other in diagram.elements.values() if other.parent == element.id]
    starts = [other for other in inside if other.type == "startEvent"]
    if len(starts) != 1:
        yield (
            "sub_start",
            _("a sub-process needs exactly one start event; it has %(count)s.", count=len(starts)),
        )
    elif element.event_subprocess:
        if starts[0].event not in ("message", "signal"):
            yield "sub_start", _("an event sub-process must start with a message or a signal.")
        if element.parent:
            yield "sub_event", _("an event sub-process may stand only in the process itself.")
    elif starts[0].event:
        yield "sub_start", _("the start of a sub-process may not wait for an event.")
    if not any(other.type == "endEvent" for other in inside):
        yield "sub_end", _("a sub-process needs an end event.")


def _script(element):
    try:
        script_lines(element.script or "")
    except ExpressionError as error:
        yield "script", error.message


def _flows(diagram):
    for flow in diagram.flows.values():
        source, target = diagram.elements.get(flow.source), diagram.elements.get(flow.target)
        where = flow.id or None
        if source is None or target is None:
            yield Problem(
                where,
                "loose_flow",
                _("The flow “%(name)s” ends nowhere.", name=flow.name or flow.id),
            )
            continue
        if source.parent != target.parent:
            yield Problem(
                where,
                "crossing_flow",
                _(
                    "The flow from “%(source)s” to “%(target)s” crosses the border of a "
                    "sub-process.",
                    source=source.label,
                    target=target.label,
                ),
            )
        if not flow.condition:
            continue
        if source.type not in ("exclusiveGateway", "inclusiveGateway"):
            yield Problem(
                where,
                "condition_on_task",
                _(
                    "The flow from “%(source)s” to “%(target)s” has a condition, but only "
                    "gateways decide. Put an exclusive gateway in between.",
                    source=source.label,
                    target=target.label,
                ),
            )
        for code, text in _expression(flow.condition, "condition"):
            yield Problem(
                where,
                code,
                _(
                    "Condition from “%(source)s” to “%(target)s”: %(text)s",
                    source=source.label,
                    target=target.label,
                    text=text,
                ),
            )


def _whole(diagram):
    top = [element for element in diagram.elements.values() if element.parent is None]
    if not diagram.process_id:
        yield Problem(None, "no_process_id", _("The process has no id."))
    if not any(element.type == "startEvent" for element in top):
        yield Problem(None, "no_start", _("The process has no start event. Draw one."))
    if not any(element.type == "endEvent" for element in top):
        yield Problem(None, "no_end", _("The process has no end event. Draw one."))
