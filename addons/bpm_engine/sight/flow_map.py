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
        for flow in flows:
            self._leaving.setdefault(flow.source, []).append(flow)

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

        ``steps`` are (element, "entered" or "left") in the order they happened. A flow
        was gone along when its target was entered after its source was left.
        """
        left: set[str] = set()
        gone: set[tuple[str, str]] = set()
        for element, event in steps:
            if event == "left":
                left.add(element)
            else:
                gone.update((source, element) for source in left)
        return [flow.id for flow in self.flows if (flow.source, flow.target) in gone]
