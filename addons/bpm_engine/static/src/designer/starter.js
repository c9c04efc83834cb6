import { _t } from "@web/core/l10n/translation";
import { BPM_MODDLE } from "@bpm_engine/common/bpm_moddle";

function escape(text) {
    return String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}

const MIDDLE = 130;
const SIZES = {
    startEvent: [36, 36],
    endEvent: [36, 36],
    userTask: [100, 80],
    exclusiveGateway: [50, 50],
};

/** Outcomes that ask for a decision; the same as the panel's button gives. */
export function yesNo() {
    return [
        { key: "approved", label: _t("Approve"), style: "positive" },
        { key: "refused", label: _t("Refuse"), style: "negative", comment: "true" },
    ];
}

function attributes(values) {
    return Object.entries(values)
        .map(([name, value]) => `${name}="${escape(value)}"`)
        .join(" ");
}

function nodeXml({ id, kind, name, who, outcomes = [], ...others }) {
    const own = [
        ...(who ? [`<bpm:assignment kind="${who}" />`] : []),
        ...outcomes.map((outcome) => `<bpm:outcome ${attributes(outcome)} />`),
    ].join("");
    const inside = own ? `<bpmn:extensionElements>${own}</bpmn:extensionElements>` : "";
    return `<bpmn:${kind} ${attributes({ id, name, ...others })}>${inside}</bpmn:${kind}>`;
}

function flowXml({ id, from, to, name, condition }) {
    const inside = condition
        ? `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${escape(condition)}` +
          "</bpmn:conditionExpression>"
        : "";
    const values = { id, sourceRef: from, targetRef: to, ...(name ? { name } : {}) };
    return `<bpmn:sequenceFlow ${attributes(values)}>${inside}</bpmn:sequenceFlow>`;
}

/** Middle of a node: x as given, y on the line or below it. */
function boundsOf({ kind, x, y = MIDDLE }) {
    const [width, height] = SIZES[kind];
    return { x, y: y - height / 2, width, height };
}

/** A way leads down out of it: its name stands above. */
function labelXml(node) {
    if (!node.above) {
        return "";
    }
    const { x, y, width } = boundsOf(node);
    const place = { x: x - 15, y: y - 20, width: width + 30, height: 14 };
    return `<bpmndi:BPMNLabel><dc:Bounds ${attributes(place)} /></bpmndi:BPMNLabel>`;
}

function waypoints(from, to) {
    const one = boundsOf(from);
    const other = boundsOf(to);
    const start = { x: one.x + one.width, y: one.y + one.height / 2 };
    const end = { x: other.x, y: other.y + other.height / 2 };
    if (start.y === end.y) {
        return [start, end];
    }
    // Down out of the sign, then over to the other one.
    const x = one.x + one.width / 2;
    return [{ x, y: one.y + one.height }, { x, y: end.y }, end];
}

function drawXml(processId, nodes, flows) {
    const known = Object.fromEntries(nodes.map((node) => [node.id, node]));
    const shapes = nodes.map((node) => {
        const bounds = `<dc:Bounds ${attributes(boundsOf(node))} />${labelXml(node)}`;
        return `<bpmndi:BPMNShape id="${node.id}_di" bpmnElement="${node.id}">${bounds}</bpmndi:BPMNShape>`;
    });
    const edges = flows.map(({ id, from, to }) => {
        const points = waypoints(known[from], known[to])
            .map((point) => `<di:waypoint ${attributes(point)} />`)
            .join("");
        return `<bpmndi:BPMNEdge id="${id}_di" bpmnElement="${id}">${points}</bpmndi:BPMNEdge>`;
    });
    const body = [
        ...nodes.map(({ x: _x, y: _y, above: _above, ...node }) => nodeXml(node)),
        ...flows.map(flowXml),
    ];
    return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" \
xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" \
xmlns:bpm="${BPM_MODDLE.uri}" id="Definitions_1" targetNamespace="${BPM_MODDLE.uri}">
  <bpmn:process id="${escape(processId)}" isExecutable="true">
    ${body.join("\n    ")}
  </bpmn:process>
  <bpmndi:BPMNDiagram id="Diagram_1">
    <bpmndi:BPMNPlane id="Plane_1" bpmnElement="${escape(processId)}">
      ${[...shapes, ...edges].join("\n      ")}
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
`;
}

const task = (id, name, x, who = "starter", more = {}) => ({
    id,
    kind: "userTask",
    name,
    x,
    who,
    ...more,
});
const chain = (...ids) =>
    ids.slice(1).map((to, index) => ({ id: `Flow_${index + 1}`, from: ids[index], to }));
const begin = () => ({ id: "Start_1", kind: "startEvent", name: _t("Start"), x: 160 });
const end = (id, name, x, y) => ({ id, kind: "endEvent", name, x, y });

/** The diagram a new process begins with: start, one step, end. */
export function starterXml(processId = "Process_1") {
    return drawXml(
        processId,
        [begin(), task("Task_1", _t("First step"), 260), end("End_1", _t("Done"), 430)],
        chain("Start_1", "Task_1", "End_1")
    );
}

/** Three steps, one after the other. */
export function stepsXml(processId) {
    return drawXml(
        processId,
        [
            begin(),
            task("Task_1", _t("First step"), 260),
            task("Task_2", _t("Second step"), 430),
            task("Task_3", _t("Third step"), 600),
            end("End_1", _t("Done"), 770),
        ],
        chain("Start_1", "Task_1", "Task_2", "Task_3", "End_1")
    );
}

/** A request, a decision about it by the manager, and what follows either answer. */
export function approvalXml(processId) {
    const [yes, no] = yesNo();
    const nodes = [
        begin(),
        task("Task_1", _t("Prepare the request"), 260),
        task("Task_2", _t("Approve the request"), 430, "starter_manager", { outcomes: [yes, no] }),
        {
            id: "Gateway_1",
            kind: "exclusiveGateway",
            name: _t("Approved?"),
            x: 605,
            above: true,
            default: "Flow_no",
        },
        task("Task_3", _t("Carry it out"), 760),
        end("End_1", _t("Done"), 930),
        end("End_2", _t("Refused"), 792, MIDDLE + 120),
    ];
    return drawXml(processId, nodes, [
        ...chain("Start_1", "Task_1", "Task_2", "Gateway_1"),
        {
            id: "Flow_yes",
            from: "Gateway_1",
            to: "Task_3",
            name: yes.label,
            condition: `outcome == '${yes.key}'`,
        },
        { id: "Flow_no", from: "Gateway_1", to: "End_2", name: no.label },
        { id: "Flow_end", from: "Task_3", to: "End_1" },
    ]);
}

/** What a drawing can begin with, besides an empty sheet. */
export function samples() {
    return [
        {
            key: "approval",
            label: _t("Request and approval"),
            icon: "fa-code-fork",
            xml: approvalXml,
        },
        {
            key: "steps",
            label: _t("Three steps in a row"),
            icon: "fa-long-arrow-right",
            xml: stepsXml,
        },
    ];
}

/** Whether nobody has drawn anything yet: start, one step, end, as every process begins. */
export function isUntouched(elements) {
    const shapes = elements.filter((element) => element.parent && !element.waypoints);
    const ids = shapes.map((element) => element.id).sort();
    return ids.join() === "End_1,Start_1,Task_1";
}
