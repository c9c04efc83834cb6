"""The lines of a diagram: what follows what, and which way a token went."""

from dataclasses import dataclass

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
#: Elements that a token passes without anybody noticing.
SILENT = {
    "exclusiveGateway",
    "inclusiveGateway",
    "parallelGateway",
    "eventBasedGateway",
    "complexGateway",
}
#: How many elements "what happens next" looks ahead; a diagram has some 250.
FAR = 60


@dataclass(frozen=True)
class Flow:
    id: str
    name: str
    source: str
    target: str


@dataclass(frozen=True)
class Node:
    id: str
    name: str
    type: str


class FlowMap:
    """Nodes and sequence flows of a published diagram, which was checked before."""

    def __init__(self, nodes: dict[str, Node], flows: list[Flow]):
        self.nodes = nodes
        self.flows = flows
        self._leaving: dict[str, list[Flow]] = {}
        self._coming: dict[str, list[Flow]] = {}
        for flow in flows:
            self._leaving.setdefault(flow.source, []).append(flow)
            self._coming.setdefault(flow.target, []).append(flow)

    @classmethod
    def of(cls, xml: str | None) -> "FlowMap":
        """Of an empty or unreadable diagram: a map without anything."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        try:
            root = etree.fromstring((xml or "").encode(), parser)
        except etree.XMLSyntaxError:
            return cls({}, [])
        flows = [
            Flow(e.get("id"), e.get("name") or "", e.get("sourceRef"), e.get("targetRef"))
            for e in root.iter(f"{BPMN}sequenceFlow")
        ]
        ends = {end for flow in flows for end in (flow.source, flow.target)}
        nodes = {
            e.get("id"): Node(e.get("id"), e.get("name") or "", etree.QName(e).localname)
            for e in root.iter(f"{BPMN}*")
            if e.get("id") in ends
        }
        return cls(nodes, flows)

    def after(self, element: str) -> tuple[list[str], bool]:
        """What follows an element: names of the next visible ones, and whether all of them come.

        :return: names in the order drawn, and True where the way forks in parallel
        """
        names: list[str] = []
        seen = {element}
        forks = False
        todo = [flow.target for flow in self._leaving.get(element, [])]
        while todo and len(seen) < FAR:
            node = self.nodes.get(todo.pop(0))
            if node is None or node.id in seen:
                continue
            seen.add(node.id)
            if node.type in SILENT or not node.name:
                ways = [flow.target for flow in self._leaving.get(node.id, [])]
                forks |= node.type == "parallelGateway" and len(ways) > 1
                todo = ways + todo
            elif node.name not in names:
                names.append(node.name)
        return names, forks

    def passed(self, steps: list[tuple[str, str]]) -> list[str]:
        """Ids of the flows that tokens went along.

        ``steps`` are (element, event) in the order they happened, as Story.steps gives them.
        """
        walk = _Walk(self)
        for element, event in steps:
            walk.step(element, event)
        return [flow.id for flow in self.flows if walk.gone.get(flow.id)]

    def leaving(self, element: str) -> list[Flow]:
        """Flows that begin at an element."""
        return self._leaving.get(element, [])

    def coming(self, element: str) -> list[Flow]:
        """Flows that end at an element."""
        return self._coming.get(element, [])

    def kind(self, element: str) -> str:
        """BPMN name of what stands there; empty for what no flow touches."""
        node = self.nodes.get(element)
        return node.type if node else ""


class _Walk:
    """The tokens followed through the history, which names elements and not flows.

    A token that enters came from what was left last and has not been gone on from: else both
    "straight on" and "round by X" would count where they meet again.
    """

    def __init__(self, flow_map: FlowMap):
        self.map = flow_map
        #: How many tokens went along each flow.
        self.gone: dict[str, int] = {}
        #: What was left, and the flows along which nobody has gone on from there yet.
        self._left: list[tuple[str, set[str]]] = []
        self._came: dict[str, Flow] = {}

    def step(self, element: str, event: str) -> None:
        if event == "entered":
            self._enter(element)
        elif event == "cancelled":
            self._withdraw(element)
        elif event == "left" or self.map.kind(element) == "boundaryEvent":
            ways = {flow.id for flow in self.map.leaving(element)}
            if ways:
                self._left.append((element, ways))

    def _enter(self, element: str) -> None:
        coming = {flow.id: flow for flow in self.map.coming(element)}
        for place in range(len(self._left) - 1, -1, -1):
            source, ways = self._left[place]
            found = next((name for name in coming if name in ways), None)
            if found is None:
                continue
            self.gone[found] = self.gone.get(found, 0) + 1
            self._came[element] = coming[found]
            # Of an exclusive gateway's ways one is taken, of all others each that there is.
            left = set() if self.map.kind(source) == "exclusiveGateway" else ways - {found}
            self._left[place] = (source, left)
            if not left:
                del self._left[place]
            return

    def _withdraw(self, element: str) -> None:
        """Of the events behind an event-based gateway only one was gone on to."""
        flow = self._came.get(element)
        if flow and self.map.kind(flow.source) == "eventBasedGateway":
            self.gone[flow.id] -= 1
            del self._came[element]
