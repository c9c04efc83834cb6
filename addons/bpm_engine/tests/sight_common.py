"""A drawn process with a history written by hand: every expected figure can be counted."""

from datetime import datetime, timedelta

from odoo.addons.bpm_engine.tests.common import BpmCommon

#: What the tests call now; Thursday noon.
NOW = datetime(2026, 11, 19, 12, 0, 0)
#: id, BPMN type, name, x, y, width, height
SHAPES = [
    ("Start", "startEvent", "Invoice came", 160, 102, 36, 36),
    ("Check", "userTask", "Check invoice", 250, 80, 100, 80),
    ("Ok", "exclusiveGateway", "", 405, 95, 50, 50),
    ("Pay", "serviceTask", "Pay", 510, 80, 100, 80),
    ("Money", "intermediateCatchEvent", "Money left", 672, 102, 36, 36),
    ("Paid", "endEvent", "Paid", 772, 102, 36, 36),
    ("Refused", "endEvent", "Refused", 412, 222, 36, 36),
]
#: id, from, to, points
FLOWS = [
    ("F1", "Start", "Check", [(196, 120), (250, 120)]),
    ("F2", "Check", "Ok", [(350, 120), (405, 120)]),
    ("F3", "Ok", "Pay", [(455, 120), (510, 120)]),
    ("F4", "Ok", "Refused", [(430, 145), (430, 222)]),
    ("F5", "Pay", "Money", [(610, 120), (672, 120)]),
    ("F6", "Money", "Paid", [(708, 120), (772, 120)]),
]
OUTCOMES = [{"key": "yes", "label": "Agreed"}, {"key": "no", "label": "Refused"}]
CONDITION = (
    '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">outcome == "yes"'
    "</bpmn:conditionExpression>"
)


def draw() -> str:
    """The diagram with its layout."""
    nodes = []
    for key, kind, name, *__ in SHAPES:
        extra = ' default="F4"' if key == "Ok" else ""
        inside = '<bpmn:messageEventDefinition id="M"/>' if key == "Money" else ""
        nodes.append(f'<bpmn:{kind} id="{key}" name="{name}"{extra}>{inside}</bpmn:{kind}>')
    for key, source, target, __ in FLOWS:
        inside = CONDITION if key == "F3" else ""
        nodes.append(
            f'<bpmn:sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">{inside}'
            "</bpmn:sequenceFlow>"
        )
    shapes = [
        f'<bpmndi:BPMNShape id="{key}_di" bpmnElement="{key}">'
        f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/></bpmndi:BPMNShape>'
        for key, __, __, x, y, width, height in SHAPES
    ]
    edges = [
        f'<bpmndi:BPMNEdge id="{key}_di" bpmnElement="{key}">'
        + "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
        + "</bpmndi:BPMNEdge>"
        for key, __, __, points in FLOWS
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
        ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
        ' id="D" targetNamespace="http://example.com/bpm">'
        f'<bpmn:process id="invoice" isExecutable="true">{"".join(nodes)}</bpmn:process>'
        '<bpmndi:BPMNDiagram id="G"><bpmndi:BPMNPlane id="P" bpmnElement="invoice">'
        f"{''.join(shapes + edges)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
    )


class SightCommon(BpmCommon):
    """Two versions of a process and helpers that write instances, history and tasks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = NOW
        cls.Heat = cls.env["bpm.heat"]
        cls.process = cls.env["bpm.process"].create(
            {
                "name": "Invoice payment",
                "key": "sight_invoice",
                "owner_id": cls.manager.id,
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
            }
        )
        # Its first draft, made with it, would take the number one.
        cls.process.version_ids.unlink()
        cls.old = cls._version(1, "retired", xml=draw().replace("Check invoice", "Old check"))
        cls.version = cls._version(2, "published")

    @classmethod
    def _version(cls, number, state, process=None, xml=None):
        version = cls.env["bpm.process.version"].create(
            {
                "process_id": (process or cls.process).id,
                "number": number,
                "state": state,
                "bpmn_xml": xml or draw(),
            }
        )
        cls.env["bpm.element"].create(
            [
                {
                    "version_id": version.id,
                    "element_id": key,
                    "type": kind,
                    "name": name,
                    "sequence": sequence,
                    "settings": {"outcomes": OUTCOMES} if key == "Check" else {},
                }
                for sequence, (key, kind, name, *__) in enumerate(SHAPES)
            ]
        )
        return version

    @classmethod
    def _element(cls, key, version=None):
        elements = (version or cls.version).element_ids
        return elements.filtered(lambda element: element.element_id == key)

    @classmethod
    def _ago(cls, **delta):
        return cls.now - timedelta(**delta)

    @classmethod
    def _instance(cls, started, ended=None, version=None, **values):
        version = version or cls.version
        return cls.env["bpm.instance"].create(
            {
                "name": f"{version.process_id.name}: {cls.partner.name}",
                "process_id": version.process_id.id,
                "version_id": version.id,
                "res_model": "res.partner",
                "res_id": cls.partner.id,
                "company_id": cls.env.company.id,
                "starter_id": cls.worker.id,
                "date_start": started,
                "date_end": ended,
                "state": "done" if ended else "running",
                "result": "Paid" if ended else False,
                **values,
            }
        )

    @classmethod
    def _log(cls, instance, event, key, at, **values):
        element = cls._element(key, instance.version_id) if key else None
        return cls.env["bpm.log"].create(
            {
                "instance_id": instance.id,
                "process_id": instance.process_id.id,
                "version_id": instance.version_id.id,
                "company_id": instance.company_id.id,
                "element": key,
                "element_name": element.name if element else False,
                "element_type": element.type if element else False,
                "token": f"{instance.id}-{key}" if key else False,
                "event": event,
                "at": at,
                **values,
            }
        )

    @classmethod
    def _pass(cls, instance, key, entered, seconds, **values):
        """An element entered and left again."""
        cls._log(instance, "entered", key, entered)
        left = entered + timedelta(seconds=seconds)
        cls._log(instance, "left", key, left, duration=seconds, **values)
        return left

    @classmethod
    def _run_to_end(cls, hours, started=None, version=None, late=False, user=None, **values):
        """An instance whose check took so many hours and that was paid in one minute."""
        started = started or cls._ago(days=5)
        instance = cls._instance(started, version=version, **values)
        cls._log(instance, "started", None, started, user_id=cls.worker.id)
        cls._pass(instance, "Start", started, 0)
        at = cls._pass(
            instance,
            "Check",
            started,
            hours * 3600,
            user_id=(user or cls.worker).id,
            outcome="yes",
            overdue=late,
        )
        at = cls._pass(instance, "Ok", at, 0)
        at = cls._pass(instance, "Pay", at, 60)
        cls._pass(instance, "Paid", at, 0)
        cls._log(instance, "ended", None, at)
        instance.write({"state": "done", "date_end": at, "result": "Paid"})
        return instance

    @classmethod
    def _waiting(cls, user=None, started=None, deadline=None, version=None, **values):
        """An instance that stands at its check, with the task of a person."""
        started = started or cls._ago(days=2)
        instance = cls._instance(started, version=version)
        cls._log(instance, "started", None, started, user_id=cls.worker.id)
        cls._pass(instance, "Start", started, 0)
        cls._log(instance, "entered", "Check", started)
        cls._task(instance, user, date_start=started, deadline=deadline, **values)
        return instance

    @classmethod
    def _task(cls, instance, user=None, key="Check", **values):
        element = cls._element(key, instance.version_id)
        return cls.env["bpm.task"].create(
            {
                "name": element.name,
                "instance_id": instance.id,
                "element_id": element.id,
                "token": f"{instance.id}-{key}",
                "user_id": user.id if user else False,
                **values,
            }
        )
