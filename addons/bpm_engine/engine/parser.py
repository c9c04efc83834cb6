"""From XML to what the engine runs."""

import copy

from lxml import etree
from SpiffWorkflow.bpmn.parser import event_parsers, task_parsers
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import StartEventSplit
from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity, SubWorkflowTask

from . import gateways, repeated, specs, timers
from .diagram import OWN_LOOP, Diagram, find_process, sketch
from .errors import DiagramError, Problem
from .structure import structure_problems
from .words import told as _
from .xml_source import BPM, deep_stack, is_bpmn, local, read_xml, schema_problems, tag

# Drawn by other tools or for people; nothing that runs.
_NOT_EXECUTED = (
    "extensionElements",
    "dataInputAssociation",
    "dataOutputAssociation",
    "ioSpecification",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "property",
    "textAnnotation",
    "association",
    "group",
    "category",
    "correlationSubscription",
    "resourceRole",
    "humanPerformer",
    "potentialOwner",
    "performer",
    "monitoring",
    "auditing",
)
_RESERVED = {"Start", "End", "Root", "StartEventSplit", "StartEventJoin"}
_PREFIX = "__own__"
_JOIN = ".BoundaryEventJoin"
_ROOTS = {"process", "message", "signal", "error"}


def read_diagram(xml: str | bytes, called: dict[str, Diagram] | None = None) -> Diagram:
    """Read a process that can run.

    :param called: diagrams of the processes that it may call, by their keys.
    :raise DiagramError: with a problem for each place that has to be repaired.
    """
    root = read_xml(xml)
    diagram = sketch(root)
    problems = schema_problems(root) or structure_problems(diagram)
    problems += _missing_calls(diagram, called or {})
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        raise DiagramError(errors)
    diagram.called_diagrams = {key: called[key] for key in diagram.called}
    _refuse_circles(diagram)
    _build(diagram, root)
    return diagram


def _missing_calls(diagram, called):
    return [
        Problem(
            element.id,
            "call_circle",
            _("“%(label)s” calls this process itself; it would never end.", label=element.label),
        )
        if element.called == diagram.process_id
        else Problem(
            element.id,
            "unknown_process",
            _(
                "“%(label)s” calls the process “%(process)s”, which is not published.",
                label=element.label,
                process=element.called,
            ),
        )
        for element in diagram.elements.values()
        if element.called and (element.called not in called or element.called == diagram.process_id)
    ]


def _refuse_circles(diagram):
    queue = list(diagram.called_diagrams.items())
    seen = set()
    while queue:
        key, other = queue.pop()
        if other.process_id == diagram.process_id or diagram.process_id in other.called:
            caller = next(iter(diagram.called_diagrams))
            raise DiagramError(
                [
                    Problem(
                        next(e.id for e in diagram.elements.values() if e.called),
                        "call_circle",
                        _(
                            "The process calls itself through “%(process)s”; it would never end.",
                            process=caller,
                        ),
                    )
                ]
            )
        if key not in seen:
            seen.add(key)
            queue.extend(other.called_diagrams.items())


def _build(diagram, root):
    parser = _Parser()
    try:
        with deep_stack():
            parser.add_bpmn_xml(executable_copy(root, diagram))
            diagram.spec = parser.get_spec(diagram.process_id)
            own = parser.get_subprocess_specs(diagram.process_id, require_call_activity_specs=False)
    except ValidationException as error:
        raise DiagramError([_translated(diagram, error)]) from error
    except RecursionError as error:
        raise DiagramError(
            [Problem(None, "too_long", _("The chain of elements is too long; split the process."))]
        ) from error
    _give_own_names(diagram, own)
    for key, other in diagram.called_diagrams.items():
        diagram.subprocess_specs.update(other.subprocess_specs)
        diagram.subprocess_specs[key] = other.spec
    _prepare(diagram)


def _translated(diagram, error):
    element = getattr(error, "id", "") or None
    name = getattr(error, "name", "") or element or _("the diagram")
    return Problem(
        element,
        "refused",
        _("“%(name)s” cannot be run: %(error)s. Draw it anew.", name=name, error=error.args[0]),
    )


def executable_copy(root, diagram):
    """The XML without what does not run: pictures, data shapes, starts of the process."""
    result = copy.deepcopy(root)
    for node in list(result):
        if not is_bpmn(node) or local(node) not in _ROOTS:
            result.remove(node)
    process = find_process(result)
    for node in result.findall(tag("process")):
        if node is not process:
            result.remove(node)
    process.set("isExecutable", "true")
    for name in _NOT_EXECUTED:
        for node in list(result.iter(tag(name))):
            node.getparent().remove(node)
    for node in process.findall(tag("startEvent")):
        for child in list(node):
            if local(child).endswith("EventDefinition"):
                node.remove(child)
    for kind in ("message", "signal"):
        for node in result.findall(tag(kind)):
            node.set("name", node.get("name") or node.get("id"))
    for node in process.iter(tag("messageEventDefinition"), tag("signalEventDefinition")):
        parent = node.getparent()
        parent.set("name", parent.get("name") or parent.get("id"))
    for node in process.iter(tag("sequenceFlow")):
        condition = node.find(tag("conditionExpression"))
        if condition is not None and not (condition.text or "").strip():
            node.remove(condition)
    _rename_reserved(process)
    return result


def _rename_reserved(process):
    """The library uses some ids for itself; an element may still be called "End"."""
    nodes = [node for node in process.iter() if node.get("id") in _RESERVED]
    if not nodes:
        return
    for node in process.iter():
        for key in ("id", "sourceRef", "targetRef", "attachedToRef"):
            if node.get(key) in _RESERVED:
                node.set(key, _PREFIX + node.get(key))
        if local(node) == "flowNodeRef" and (node.text or "").strip() in _RESERVED:
            node.text = _PREFIX + node.text.strip()


def _give_own_names(diagram, own):
    """Sub-processes of different diagrams may have the same id; their keys may not."""
    for spec in [diagram.spec, *own.values()]:
        if spec is None:
            continue
        for task_spec in spec.task_specs.values():
            if isinstance(task_spec, SubWorkflowTask) and not isinstance(task_spec, CallActivity):
                task_spec.spec = f"{diagram.process_id}/{task_spec.spec}"
    for key, spec in own.items():
        if spec is not None and key not in diagram.called:
            diagram.subprocess_specs[f"{diagram.process_id}/{key}"] = spec


def _prepare(diagram):
    own = [
        spec
        for key, spec in diagram.subprocess_specs.items()
        if key.startswith(f"{diagram.process_id}/")
    ]
    for spec in [diagram.spec, *own]:
        spec.process_id = diagram.process_id
        spec.end.__class__ = gateways.EndJoin
        for name in spec.start.trigger_specs:
            # Connected here once: the library would do it in the running process and so
            # change the specification for all others.
            event_subprocess = spec.task_specs[name]
            event_subprocess._connect_notify(spec.start)
            event_subprocess.connect(spec.end)
        for task_spec in list(spec.task_specs.values()):
            if task_spec.bpmn_id:
                task_spec.bpmn_id = task_spec.bpmn_id.removeprefix(_PREFIX)
            if isinstance(task_spec, LoopTask):
                child = spec.task_specs[task_spec.task_spec]
                if not child.completed_event.is_connected(task_spec.merge_child):
                    child.completed_event.connect(task_spec.merge_child)
            if isinstance(task_spec, BoundaryEvent):
                # What it interrupts is withdrawn before its own way begins.
                task_spec._outputs.sort(key=lambda name: not name.endswith(_JOIN))
            if isinstance(task_spec, StartEventSplit):
                # Where several starts are drawn, a call takes the one that waits for nothing.
                task_spec._outputs.sort(key=lambda name: _waits(diagram, spec, name))


def _waits(diagram, spec, name):
    element = diagram.elements.get(spec.task_specs[name].bpmn_id.removeprefix(_PREFIX))
    return element is not None and element.event is not None


class _Loops:
    """Several instances by our own attributes, which modellers do not drop."""

    STANDARD_LOOP_CLASS = repeated.Again
    PARALLEL_MI_CLASS = repeated.ParallelMany
    SEQUENTIAL_MI_CLASS = repeated.SequentialMany

    def _add_multiinstance_task(self, node):
        own = {name: node.get(f"{{{BPM}}}{name}") for name in OWN_LOOP}

        def reference(own_name, plain, item=None):
            name = own[own_name] or node.findtext(tag(plain)) if plain else own[own_name]
            if not name and item is not None and node.find(tag(item)) is not None:
                found = node.find(tag(item))
                name = found.get("name") or found.get("id")
            return TaskDataReference(name.strip()) if name and name.strip() else None

        named = reference("collection", "loopDataInputRef")
        collection = repeated.list_of(named.bpmn_id) if named else None
        cardinality = node.findtext(tag("loopCardinality"))
        original = self.spec.task_specs.pop(self.task.name)
        sequential = node.get("isSequential") == "true"
        kind = self.SEQUENTIAL_MI_CLASS if sequential else self.PARALLEL_MI_CLASS
        self.task = kind(
            self.spec,
            original.name,
            task_spec="",
            cardinality=None if collection else cardinality,
            data_input=collection,
            data_output=reference("outputCollection", "loopDataOutputRef"),
            input_item=reference("elementVariable", None, "inputDataItem"),
            output_item=reference("outputElement", None, "outputDataItem"),
            condition=node.findtext(tag("completionCondition")) or None,
            lane=original.lane,
        )
        self._copy_task_attrs(original, node)


class _Events(_Loops):
    """Events with our timers and errors."""

    def parse_timer_event(self, event):
        name = self.node.get("name") or self.node.get("id")
        basis = event.get(f"{{{BPM}}}basis") or "calendar"
        for element, kind in _TIMERS.items():
            text = event.findtext(tag(element))
            if text is not None and text.strip():
                return kind(name, text.strip(), basis)
        self.raise_validation_exception(_("the timer has no date and no duration"))

    def parse_error_event(self, error_event):
        found = super().parse_error_event(error_event)
        return specs.ErrorEvent(found.name or found.code or "error", found.code)


class _EndEventParser(event_parsers.EndEventParser):
    """Ends that give a signal, too; the library overlooks it."""

    def get_event_definition(self, xpaths):
        return super().get_event_definition([*xpaths, event_parsers.SIGNAL_EVENT_XPATH])


_TIMERS = {
    "timeDate": timers.DateTimer,
    "timeDuration": timers.DurationTimer,
    "timeCycle": timers.CycleTimer,
}


def _variant(base, mixin):
    return type(f"Bpm{base.__name__}", (mixin, base), {})


_EVENT_PARSERS = {
    "startEvent": (event_parsers.StartEventParser, defaults.StartEvent),
    "endEvent": (_EndEventParser, defaults.EndEvent),
    "boundaryEvent": (event_parsers.BoundaryEventParser, defaults.BoundaryEvent),
    "intermediateCatchEvent": (
        event_parsers.IntermediateCatchEventParser,
        defaults.IntermediateCatchEvent,
    ),
    "intermediateThrowEvent": (
        event_parsers.IntermediateThrowEventParser,
        defaults.IntermediateThrowEvent,
    ),
    "sendTask": (event_parsers.SendTaskParser, defaults.SendTask),
    "receiveTask": (event_parsers.ReceiveTaskParser, defaults.ReceiveTask),
    "eventBasedGateway": (event_parsers.EventBasedGatewayParser, defaults.EventBasedGateway),
}
_TASK_PARSERS = {
    "userTask": (TaskParser, defaults.UserTask),
    "manualTask": (TaskParser, defaults.ManualTask),
    "task": (TaskParser, defaults.NoneTask),
    "serviceTask": (TaskParser, specs.ServiceTask),
    "scriptTask": (task_parsers.ScriptTaskParser, defaults.ScriptTask),
    "subProcess": (task_parsers.SubWorkflowParser, defaults.SubWorkflowTask),
    "callActivity": (task_parsers.CallActivityParser, defaults.CallActivity),
    "exclusiveGateway": (task_parsers.ConditionalGatewayParser, gateways.ExclusiveGateway),
    "inclusiveGateway": (task_parsers.ConditionalGatewayParser, gateways.InclusiveGateway),
    "parallelGateway": (task_parsers.GatewayParser, gateways.ParallelGateway),
}


class _Parser(BpmnParser):
    """The library's parser with our elements."""

    def get_subprocess_specs(self, name, specs=None, require_call_activity_specs=False):
        """Never with called processes: the library forgets so for calls in a sub-process."""
        return super().get_subprocess_specs(name, specs, require_call_activity_specs)

    OVERRIDE_PARSER_CLASSES = {
        full_tag(name): (_variant(base, mixin), spec)
        for table, mixin in ((_EVENT_PARSERS, _Events), (_TASK_PARSERS, _Loops))
        for name, (base, spec) in table.items()
    }


def normalize(xml: str | bytes) -> str:
    """The same diagram with <incoming> and <outgoing> in every node.

    Tools may leave them out; the layout of the designer needs them.

    :raise DiagramError: the XML is refused.
    """
    root = read_xml(xml)
    diagram = sketch(root)
    nodes = {node.get("id"): node for node in find_process(root).iter() if is_bpmn(node)}
    for element in diagram.elements.values():
        node = nodes.get(element.id)
        if node is None:
            continue
        for name in ("incoming", "outgoing"):
            for old in node.findall(tag(name)):
                node.remove(old)
        at = sum(1 for child in node if local(child) in ("documentation", "extensionElements"))
        for flow in reversed(element.outgoing):
            _insert(node, at, "outgoing", flow)
        for flow in reversed(element.incoming):
            _insert(node, at, "incoming", flow)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True).decode()


def _insert(node, at, name, text):
    child = etree.Element(tag(name))
    child.text = text
    node.insert(at, child)
