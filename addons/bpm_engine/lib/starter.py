"""The diagram a new process begins with: start, one step, end; with its layout."""

from xml.sax.saxutils import quoteattr

_SHAPES = (
    ("Start_1", 160, 112, 36, 36),
    ("Task_1", 260, 90, 100, 80),
    ("End_1", 430, 112, 36, 36),
)
_EDGES = (("Flow_1", 196, 260), ("Flow_2", 360, 430))


def starter_diagram(process_id: str, start: str, step: str, end: str) -> str:
    """BPMN 2.0 that opens in the designer at once.

    :param process_id: technical key of the process.
    :param start: name of the start event; likewise ``step`` and ``end``.
    """
    names = {"process": process_id, "start": start, "step": step, "end": end}
    quoted = {key: quoteattr(value) for key, value in names.items()}
    return _BODY.format(shapes=_shapes(), edges=_edges(), **quoted)


def _shapes():
    return "".join(
        f'\n      <bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}">'
        f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}" /></bpmndi:BPMNShape>'
        for name, x, y, width, height in _SHAPES
    )


def _edges():
    return "".join(
        f'\n      <bpmndi:BPMNEdge id="{name}_di" bpmnElement="{name}">'
        f'<di:waypoint x="{left}" y="130" /><di:waypoint x="{right}" y="130" /></bpmndi:BPMNEdge>'
        for name, left, right in _EDGES
    )


_BODY = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" \
xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" \
xmlns:bpm="urn:crm-bpm:bpmn:1" id="Definitions_1" targetNamespace="urn:crm-bpm:bpmn:1">
  <bpmn:process id={process} isExecutable="true">
    <bpmn:startEvent id="Start_1" name={start}>
      <bpmn:outgoing>Flow_1</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="Task_1" name={step}>
      <bpmn:extensionElements>
        <bpm:assignment kind="starter" />
      </bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming>
      <bpmn:outgoing>Flow_2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="End_1" name={end}>
      <bpmn:incoming>Flow_2</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Start_1" targetRef="Task_1" />
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Task_1" targetRef="End_1" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="Diagram_1">
    <bpmndi:BPMNPlane id="Plane_1" bpmnElement={process}>{shapes}{edges}
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
