"""Files with several pools: a process of ours is one of them."""

from ..engine.diagram import SUPPORTED, UNSUPPORTED
from ..engine.words import told as _
from ..engine.xml_source import is_bpmn, local, tag


def pools_of(root) -> list[dict]:
    """Processes of a file in which something is drawn: id, name as people see it, steps."""
    names = {
        node.get("processRef"): node.get("name")
        for node in root.iter(tag("participant"))
        if node.get("processRef")
    }
    found = []
    for process in root.findall(tag("process")):
        steps = [n for n in process.iter() if is_bpmn(n) and local(n) in SUPPORTED | UNSUPPORTED]
        if steps:
            key = process.get("id") or ""
            name = names.get(key) or process.get("name") or key
            found.append({"id": key, "name": name, "steps": len(steps)})
    return found


def keep_pool(root, process_id: str) -> list[str]:
    """Reduce a file to one of its processes, with its place on the sheet.

    :return: what was lost between the pools, in words.
    """
    lost, gone = [], set()
    for process in root.findall(tag("process")):
        if process.get("id") != process_id:
            gone |= _remove(process)
    kept = next(node for node in root.findall(tag("process")) if node.get("id") == process_id)
    for collaboration in root.findall(tag("collaboration")):
        for flow in collaboration.findall(tag("messageFlow")):
            lost.append(
                _(
                    "The message flow “%(name)s” between the pools: tell the other process by a "
                    "message instead.",
                    name=flow.get("name") or flow.get("id") or "?",
                )
            )
            gone |= _remove(flow)
        for participant in collaboration.findall(tag("participant")):
            if participant.get("processRef") != process_id:
                gone |= _remove(participant)
        if kept.find(tag("laneSet")) is None:
            _point_planes(root, collaboration.get("id"), process_id)
            gone |= _remove(collaboration)
    _remove_places(root, gone)
    return lost


def drop_undrawn_pools(root):
    """A pool that is named but not drawn is only the sheet: some tools (ARIS) write it so.

    What is drawn on afterwards would belong to no process, so the sheet becomes that of the
    process itself.
    """
    drawn = {node.get("bpmnElement") for node in root.iter() if local(node) == "BPMNShape"}
    for collaboration in root.findall(tag("collaboration")):
        pools = collaboration.findall(tag("participant"))
        processes = [process for process in root.findall(tag("process")) if len(process)]
        has_lanes = any(process.find(tag("laneSet")) is not None for process in processes)
        is_drawn = any(pool.get("id") in drawn for pool in pools)
        if drawn and len(processes) == 1 and not has_lanes and not is_drawn:
            _point_planes(root, collaboration.get("id"), processes[0].get("id"))
            _remove_places(root, _remove(collaboration))


def _remove(node):
    ids = {inner.get("id") for inner in node.iter() if local(inner) and inner.get("id")}
    node.getparent().remove(node)
    return ids


def _point_planes(root, collaboration_id, process_id):
    """Without a pool around it the sheet is that of the process."""
    for node in root.iter():
        if local(node) == "BPMNPlane" and node.get("bpmnElement") == collaboration_id:
            node.set("bpmnElement", process_id)


def _remove_places(root, gone):
    """Shapes and arrows of what is gone, and sheets on which nothing is left."""
    places = [
        node
        for node in root.iter()
        if local(node) in ("BPMNShape", "BPMNEdge") and node.get("bpmnElement") in gone
    ]
    for node in places:
        node.getparent().remove(node)
    for node in [one for one in root.iter() if local(one) == "BPMNDiagram"]:
        plane = next((inner for inner in node if local(inner) == "BPMNPlane"), None)
        if plane is None or not len(plane) or plane.get("bpmnElement") in gone:
            node.getparent().remove(node)
