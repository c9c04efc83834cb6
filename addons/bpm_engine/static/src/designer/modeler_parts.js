import { _t } from "@web/core/l10n/translation";
import { localization } from "@web/core/l10n/localization";
import { SimulationWords } from "./simulation_words";

/** A step of several modelling commands that one undo takes back. */
class Compose {
    preExecute(context) {
        context.run();
    }
}

class Commands {
    static $inject = ["commandStack"];

    constructor(commandStack) {
        commandStack.registerHandler("bpm.compose", Compose);
    }
}

/** What our engine runs, in the order people need it. */
class OwnPalette {
    static $inject = [
        "palette",
        "create",
        "elementFactory",
        "handTool",
        "lassoTool",
        "spaceTool",
        "globalConnect",
    ];

    constructor(palette, create, elementFactory, hand, lasso, space, connect) {
        Object.assign(this, { create, elementFactory, hand, lasso, space, connect });
        palette.registerProvider(this);
    }

    getPaletteEntries() {
        const tool = (icon, title, click) => ({
            group: "tools",
            className: `bpmn-icon-${icon}`,
            title,
            action: { click },
        });
        const shape = (group, type, icon, title, options) =>
            this.shapeEntry(group, type, icon, title, options);
        const timer = { eventDefinitionType: "bpmn:TimerEventDefinition" };
        return {
            "hand-tool": tool("hand-tool", _t("Move the picture"), (event) =>
                this.hand.activateHand(event)
            ),
            "lasso-tool": tool("lasso-tool", _t("Select several"), (event) =>
                this.lasso.activateSelection(event)
            ),
            "space-tool": tool("space-tool", _t("Make or take away room"), (event) =>
                this.space.activateSelection(event)
            ),
            "global-connect-tool": tool("connection-multi", _t("Draw an arrow"), (event) =>
                this.connect.start(event)
            ),
            "tool-separator": { group: "tools", separator: true },
            "create.user-task": shape(
                "activity",
                "bpmn:UserTask",
                "user-task",
                _t("Task for a person")
            ),
            "create.service-task": shape(
                "activity",
                "bpmn:ServiceTask",
                "service-task",
                _t("Automatic action")
            ),
            "create.script-task": shape(
                "activity",
                "bpmn:ScriptTask",
                "script-task",
                _t("Calculate values")
            ),
            "create.gateway": shape(
                "activity",
                "bpmn:ExclusiveGateway",
                "gateway-xor",
                _t("Decision: one of several ways")
            ),
            "create.parallel": shape(
                "activity",
                "bpmn:ParallelGateway",
                "gateway-parallel",
                _t("At the same time: all ways")
            ),
            "create.timer": shape(
                "event",
                "bpmn:IntermediateCatchEvent",
                "intermediate-event-catch-timer",
                _t("Wait for a time; drop it on a task's edge for a time limit"),
                timer
            ),
            "create.start": shape("event", "bpmn:StartEvent", "start-event-none", _t("Start")),
            "create.end": shape("event", "bpmn:EndEvent", "end-event-none", _t("End")),
            "create.subprocess": this.subProcessEntry(),
            "create.participant": this.participantEntry(),
        };
    }

    shapeEntry(group, type, icon, title, options) {
        const start = (event) =>
            this.create.start(event, this.elementFactory.createShape({ type, ...options }));
        return {
            group,
            className: `bpmn-icon-${icon}`,
            title,
            action: { dragstart: start, click: start },
        };
    }

    subProcessEntry() {
        const start = (event) => {
            const shape = (values) => this.elementFactory.createShape(values);
            const outer = shape({ type: "bpmn:SubProcess", x: 0, y: 0, isExpanded: true });
            const inner = shape({ type: "bpmn:StartEvent", x: 40, y: 82, parent: outer });
            this.create.start(event, [outer, inner], { hints: { autoSelect: [outer] } });
        };
        return {
            group: "group",
            className: "bpmn-icon-subprocess-expanded",
            title: _t("Part with steps of its own"),
            action: { dragstart: start, click: start },
        };
    }

    participantEntry() {
        const start = (event) =>
            this.create.start(event, this.elementFactory.createParticipantShape());
        return {
            group: "group",
            className: "bpmn-icon-participant",
            title: _t("Lanes: who does what"),
            action: { dragstart: start, click: start },
        };
    }
}

/** Steps after or inside the flow, each by one click. */
class Steps {
    static $inject = [
        "elementFactory",
        "modeling",
        "selection",
        "directEditing",
        "spaceTool",
        "elementRegistry",
        "eventBus",
        "commandStack",
        "canvas",
        "moddle",
    ];

    constructor(
        factory,
        modeling,
        selection,
        directEditing,
        space,
        registry,
        bus,
        stack,
        canvas,
        moddle
    ) {
        Object.assign(this, { factory, modeling, selection, directEditing, space, registry });
        this.moddle = moddle;
        Object.assign(this, { bus, stack, canvas });
        bus.on("commandStack.shape.create.preExecute", ({ context }) => this.assign(context.shape));
    }

    /** What the panel shows of a new task, the diagram says: its starter does it. */
    assign({ businessObject, type }) {
        const hasLanes = this.canvas.getRootElement().type === "bpmn:Collaboration";
        if (type !== "bpmn:UserTask" || hasLanes || businessObject.get("extensionElements")) {
            return;
        }
        const values = [this.moddle.create("bpm:Assignment", { kind: "starter" })];
        const extension = this.moddle.create("bpmn:ExtensionElements", { values });
        values[0].$parent = extension;
        extension.$parent = businessObject;
        businessObject.set("extensionElements", extension);
    }

    compose(run) {
        this.stack.execute("bpm.compose", { run });
    }

    flowOf(element) {
        return element.outgoing?.find((flow) => flow.type === "bpmn:SequenceFlow");
    }

    isGateway(element) {
        return element.type.endsWith("Gateway");
    }

    /** After the element; into its arrow when it has one and is no decision. */
    add(element, attributes) {
        let shape;
        this.compose(() => {
            const flow = this.flowOf(element);
            shape =
                flow && !this.isGateway(element)
                    ? this.putInto(flow, attributes)
                    : this.append(element, attributes);
        });
        this.edit(shape);
        return shape;
    }

    insert(flow, attributes) {
        let shape;
        this.compose(() => {
            shape = this.putInto(flow, attributes);
        });
        this.edit(shape);
        return shape;
    }

    edit(shape) {
        this.selection.select(shape);
        // The signs beside it must be seen as well.
        this.canvas.scrollToElement(shape, { top: 60, right: 240, bottom: 60, left: 160 });
        this.directEditing.activate(shape);
    }

    append(source, attributes) {
        const shape = this.factory.createShape(attributes);
        const position = this.bus.fire("autoPlace", { source, shape });
        return this.modeling.appendShape(source, shape, position, source.parent);
    }

    putInto(flow, attributes) {
        const shape = this.factory.createShape(attributes);
        const { source, target } = flow;
        const right = source.x + source.width;
        const named = flow.businessObject.name || shape.type.endsWith("Gateway");
        const wanted = shape.width + (named ? 170 : 110);
        if (target.x > right && target.x - right < wanted) {
            this.makeRoom(right + (target.x - right) / 2, wanted - (target.x - right));
        }
        const created = this.modeling.createShape(shape, middleOf(flow), flow);
        this.centreLabel(flow);
        return created;
    }

    /** The name of an arrow stays over the arrow when that became shorter. */
    centreLabel(flow) {
        const { label } = flow;
        if (label) {
            const { x, y } = middleOf(flow);
            const delta = {
                x: x - label.x - label.width / 2,
                y: y - 12 - label.y - label.height / 2,
            };
            this.modeling.moveShape(label, delta);
        }
    }

    makeRoom(start, width) {
        const all = this.registry.filter((element) => element.parent);
        const { movingShapes, resizingShapes } = this.space.calculateAdjustments(
            all,
            "x",
            width,
            start
        );
        const delta = { x: width, y: 0 };
        this.modeling.createSpace(movingShapes, resizingShapes, delta, "e", start);
    }
}

/** Middle of the longest stretch: there is an arrow under it for certain. */
function middleOf(flow) {
    const points = flow.waypoints;
    const stretch = (index) =>
        Math.hypot(points[index].x - points[index - 1].x, points[index].y - points[index - 1].y);
    let longest = 1;
    for (let index = 2; index < points.length; index++) {
        longest = stretch(index) > stretch(longest) ? index : longest;
    }
    const [from, to] = [points[longest - 1], points[longest]];
    return { x: Math.round((from.x + to.x) / 2), y: Math.round((from.y + to.y) / 2) };
}

const LATER = [
    ["append.append-task", "bpmn:UserTask", "user-task", () => _t("Then: a task")],
    ["append.gateway", "bpmn:ExclusiveGateway", "gateway-xor", () => _t("Then: a decision")],
    [
        "append.intermediate-event",
        "bpmn:IntermediateCatchEvent",
        "intermediate-event-catch-timer",
        () => _t("Then: wait"),
        { eventDefinitionType: "bpmn:TimerEventDefinition" },
    ],
    ["append.end-event", "bpmn:EndEvent", "end-event-none", () => _t("Then: the end")],
];
const NOT_RUN = ["append.condition-intermediate-event", "append.compensation-activity"];

class OwnContextPad {
    static $inject = ["contextPad", "bpmSteps", "create", "elementFactory"];

    constructor(contextPad, steps, create, elementFactory) {
        Object.assign(this, { steps, create, elementFactory });
        contextPad.registerProvider(500, this);
    }

    getContextPadEntries(element) {
        return (entries) => {
            NOT_RUN.forEach((name) => delete entries[name]);
            if (element.type === "bpmn:SequenceFlow") {
                entries["insert.task"] = this.insertEntry(element);
            }
            for (const [name, type, icon, title, options] of LATER) {
                if (entries[name]) {
                    entries[name] = this.entry(type, icon, title(), options);
                }
            }
            if (this.steps.flowOf(element) && !this.steps.isGateway(element)) {
                // A second arrow out of a step would not run.
                delete entries["append.end-event"];
            }
            return entries;
        };
    }

    entry(type, icon, title, options) {
        const attributes = { type, ...options };
        const dragstart = (event, source) =>
            this.create.start(event, this.elementFactory.createShape(attributes), { source });
        return {
            group: "model",
            className: `bpmn-icon-${icon}`,
            title,
            action: { click: (_event, element) => this.steps.add(element, attributes), dragstart },
        };
    }

    insertEntry() {
        return {
            group: "model",
            className: "bpmn-icon-user-task",
            title: _t("Put a task here"),
            action: {
                click: (_event, flow) => this.steps.insert(flow, { type: "bpmn:UserTask" }),
            },
        };
    }
}

/** What the engine does not run stays out of the menus. */
const UNSUPPORTED =
    /conditional|compensat|rule-task|complex|transaction|ad-hoc|escalation|link|cancel|instantiat|data-|conditional-flow/;

class OwnReplaceMenu {
    static $inject = ["popupMenu"];

    constructor(popupMenu) {
        popupMenu.registerProvider("bpmn-replace", 500, this);
    }

    getPopupMenuEntries() {
        return (entries) => without(entries);
    }
}

function without(entries) {
    return Object.fromEntries(Object.entries(entries).filter(([name]) => !UNSUPPORTED.test(name)));
}

/** Words of bpmn.io's own menus in the language of the user. */
export function translator(bundle) {
    const language = localization.code?.replace("_", "-").split("-")[0];
    const own = odoo.loader.modules.get(`@bpm_engine/designer/translations/${language}`);
    const words = { ...bundle.translations[language], ...own?.words };
    return (template, replacements = {}) =>
        (words[template] || template).replace(
            /{([^}]+)}/g,
            (whole, name) => replacements[name] ?? whole
        );
}

export function modelerModules(bundle) {
    return [
        {
            translate: ["value", translator(bundle)],
            paletteProvider: ["type", OwnPalette],
            bpmCommands: ["type", Commands],
            bpmSteps: ["type", Steps],
            bpmContextPad: ["type", OwnContextPad],
            bpmReplaceMenu: ["type", OwnReplaceMenu],
            bpmSimulationWords: ["type", SimulationWords],
            __init__: ["bpmCommands", "bpmContextPad", "bpmReplaceMenu", "bpmSimulationWords"],
        },
        bundle.TokenSimulationModule,
    ];
}
