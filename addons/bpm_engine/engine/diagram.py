"""A diagram as plain data: elements, flows, lanes."""

from dataclasses import dataclass, field

from .settings import read_settings
from .words import told as _
from .xml_source import BPM, is_bpmn, local, refuse, tag

TASKS = {"userTask", "manualTask", "task", "serviceTask", "sendTask", "receiveTask", "scriptTask"}
HUMAN = {"userTask", "manualTask", "task"}
SERVICES = {"serviceTask", "sendTask"}
GATEWAYS = {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
EVENTS = {
    "startEvent",
    "endEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
}
SCOPES = {"subProcess"}
SUPPORTED = TASKS | GATEWAYS | EVENTS | SCOPES | {"callActivity"}
UNSUPPORTED = {
    "businessRuleTask",
    "complexGateway",
    "transaction",
    "adHocSubProcess",
    "subChoreography",
    "choreographyTask",
    "callChoreography",
}
MAX_ELEMENTS = 250


@dataclass
class Element:
    """One node of the diagram: a task, event, gateway or sub-process."""

    id: str
    type: str
    name: str = ""
    lane: str | None = None
    parent: str | None = None
    settings: dict = field(default_factory=dict)
    incoming: list = field(default_factory=list)
    outgoing: list = field(default_factory=list)
    event: str | None = None
    attached_to: str | None = None
    event_name: str | None = None
    timer: dict | None = None
    interrupting: bool = True
    event_subprocess: bool = False
    loop: dict | None = None
    called: str | None = None
    default: str | None = None
    script: str | None = None

    @property
    def label(self) -> str:
        """Name for messages to people."""
        return self.name or self.id


@dataclass
class Flow:
    """One arrow of the diagram."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None = None
    is_default: bool = False


@dataclass
class Lane:
    """A strip of the diagram: who does what is drawn in it."""

    id: str
    name: str
    settings: dict = field(default_factory=dict)
    elements: list = field(default_factory=list)


@dataclass
class Diagram:
    """A process as drawn; read_diagram() adds what the engine needs to run it."""

    process_id: str = ""
    name: str = ""
    elements: dict = field(default_factory=dict)
    flows: dict = field(default_factory=dict)
    lanes: dict = field(default_factory=dict)
    called: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    called_diagrams: dict = field(default_factory=dict)
    spec: object = None
    subprocess_specs: dict = field(default_factory=dict)

    def lane_of(self, element_id: str) -> Lane | None:
        """Lane in which an element stands; of nested lanes the innermost.

        What lies in a sub-process stands where the sub-process does.
        """
        while element_id:
            found = [lane for lane in self.lanes.values() if element_id in lane.elements]
            if found:
                return found[-1]
            element = self.elements.get(element_id)
            element_id = element.parent if element else None
        return None

    def find(self, process_id: str, element_id: str) -> Element | None:
        """Element of this diagram or of one that it calls."""
        if process_id == self.process_id:
            return self.elements.get(element_id)
        for diagram in self.called_diagrams.values():
            found = diagram.find(process_id, element_id)
            if found:
                return found
        return None


def sketch(root) -> Diagram:
    """Read what is drawn, complete or not.

    :raise DiagramError: no process, several processes, or too many elements.
    """
    process = find_process(root)
    diagram = Diagram(process.get("id") or "", process.get("name") or "")
    names = _event_names(root)
    queue = [(process, None)]
    while queue:
        scope, parent = queue.pop(0)
        for node in scope:
            if not is_bpmn(node):
                continue
            kind = local(node)
            if kind in SUPPORTED | UNSUPPORTED:
                _add_element(diagram, node, parent, names)
            if kind in SCOPES | {"transaction", "adHocSubProcess"}:
                queue.append((node, node.get("id")))
            elif kind == "sequenceFlow":
                _add_flow(diagram, node)
            elif kind == "laneSet":
                _add_lanes(diagram, node)
        if len(diagram.elements) > MAX_ELEMENTS:
            refuse(
                "too_many",
                _(
                    "The diagram has more than %(limit)s elements. Split it: move parts to "
                    "processes of their own and call them.",
                    limit=MAX_ELEMENTS,
                ),
            )
    _connect(diagram)
    diagram.called = list(
        dict.fromkeys(element.called for element in diagram.elements.values() if element.called)
    )
    return diagram


def find_process(root):
    """The one process of a file; empty pools of partners do not count."""
    processes = root.findall(tag("process"))
    drawn = [
        process
        for process in processes
        if any(is_bpmn(node) and local(node) in SUPPORTED | UNSUPPORTED for node in process)
    ]
    if len(drawn) > 1:
        listed = ", ".join(f"“{node.get('name') or node.get('id')}”" for node in drawn)
        refuse(
            "several_processes",
            _(
                "The file holds several processes: %(names)s. Keep one; give each of the others "
                "a file of its own.",
                names=listed,
            ),
            drawn[1].get("id"),
        )
    if not processes:
        refuse("no_process", _("The file holds no process."))
    return (drawn or processes)[0]


def _add_element(diagram, node, parent, names):
    element = Element(
        id=node.get("id") or "",
        type=local(node),
        name=(node.get("name") or "").strip(),
        parent=parent,
        settings=read_settings(node),
        attached_to=node.get("attachedToRef"),
        default=node.get("default"),
        called=node.get("calledElement"),
        event_subprocess=node.get("triggeredByEvent") == "true",
        script=node.findtext(tag("script")),
    )
    if element.type == "boundaryEvent":
        element.interrupting = node.get("cancelActivity", "true") != "false"
    elif element.type == "startEvent":
        element.interrupting = node.get("isInterrupting", "true") != "false"
    _read_events(element, node, names)
    element.loop = _read_loop(node)
    if element.id in diagram.elements:
        element.id = f"{element.id}__duplicate"
    diagram.elements[element.id] = element


def _event_names(root):
    names = {}
    for kind in ("message", "signal", "escalation"):
        for node in root.findall(tag(kind)):
            names[node.get("id")] = node.get("name") or node.get("id")
    for node in root.findall(tag("error")):
        names[node.get("id")] = node.get("errorCode")
    return names


def _read_events(element, node, names):
    definitions = [
        child for child in node if is_bpmn(child) and local(child).endswith("EventDefinition")
    ]
    kinds = [local(child).removesuffix("EventDefinition") for child in definitions]
    if element.type in ("sendTask", "receiveTask") and node.get("messageRef"):
        element.event, element.event_name = "message", names.get(node.get("messageRef"))
    if not definitions:
        return
    element.event = kinds[0] if len(kinds) == 1 else "multiple"
    first = definitions[0]
    reference = next((first.get(f"{kind}Ref") for kind in kinds if first.get(f"{kind}Ref")), None)
    if reference:
        element.event_name = names.get(reference)
    elif kinds[0] in ("message", "signal"):
        element.event_name = element.name or None
    if kinds[0] == "timer":
        element.timer = _read_timer(first)


def _read_timer(node):
    for kind in ("timeDate", "timeDuration", "timeCycle"):
        text = node.findtext(tag(kind))
        if text is not None:
            basis = node.get(f"{{{BPM}}}basis") or "calendar"
            return {
                "kind": kind.removeprefix("time").lower(),
                "text": text.strip(),
                "basis": basis,
            }
    return {"kind": None, "text": "", "basis": "calendar"}


def _read_loop(node):
    many = node.find(tag("multiInstanceLoopCharacteristics"))
    if many is not None:
        own = {key: many.get(f"{{{BPM}}}{key}") for key in OWN_LOOP}
        return {
            "kind": "sequential" if many.get("isSequential") == "true" else "parallel",
            "cardinality": many.findtext(tag("loopCardinality")),
            "condition": many.findtext(tag("completionCondition")),
            "collection": own["collection"] or many.findtext(tag("loopDataInputRef")),
            "element": own["elementVariable"] or _item(many, "inputDataItem"),
            "output": own["outputCollection"] or many.findtext(tag("loopDataOutputRef")),
            "output_element": own["outputElement"] or _item(many, "outputDataItem"),
        }
    once_more = node.find(tag("standardLoopCharacteristics"))
    if once_more is not None:
        return {
            "kind": "loop",
            "condition": once_more.findtext(tag("loopCondition")),
            "maximum": once_more.get("loopMaximum"),
        }
    return None


OWN_LOOP = ("collection", "elementVariable", "outputCollection", "outputElement")
#: How a list begins that is taken from the record, and not from the variables.
OF_RECORD = "record."


def _item(node, name):
    item = node.find(tag(name))
    return None if item is None else item.get("name") or item.get("id")


def _add_flow(diagram, node):
    condition = node.findtext(tag("conditionExpression"))
    flow_id = node.get("id") or f"flow_{len(diagram.flows)}"
    diagram.flows[flow_id] = Flow(
        id=flow_id,
        name=(node.get("name") or "").strip(),
        source=node.get("sourceRef") or "",
        target=node.get("targetRef") or "",
        condition=condition.strip() if condition and condition.strip() else None,
    )


def _add_lanes(diagram, lane_set):
    for node in lane_set.iter(tag("lane")):
        lane = Lane(node.get("id") or "", (node.get("name") or "").strip(), read_settings(node))
        lane.elements = [(ref.text or "").strip() for ref in node.findall(tag("flowNodeRef"))]
        diagram.lanes[lane.id] = lane


def _connect(diagram):
    for flow in diagram.flows.values():
        source = diagram.elements.get(flow.source)
        target = diagram.elements.get(flow.target)
        if source:
            source.outgoing.append(flow.id)
            flow.is_default = source.default == flow.id
        if target:
            target.incoming.append(flow.id)
    for element in diagram.elements.values():
        lane = diagram.lane_of(element.id)
        element.lane = lane.name or None if lane else None
