import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { localName } from "../diagram";
import { readInstruction } from "../element_settings";
import { ActionPicker } from "./action_picker";
import { ConditionWords } from "./condition_words";
import { CalledProcess, ConditionBuilder, Timer } from "./flow_parts";
import { PersonPicker } from "./people";
import { Repeat } from "./repeat";
import { Script } from "./script";
import { Approval, Deadline, FormFields, Outcomes } from "./task_parts";
import { TextInput } from "./text_input";

/** BPMN's names in the words of people who never heard of it. */
function titles() {
    return {
        userTask: _t("Task for a person"),
        manualTask: _t("Task for a person"),
        task: _t("Task for a person"),
        serviceTask: _t("Automatic action"),
        scriptTask: _t("Calculate values"),
        sendTask: _t("Automatic action: send"),
        receiveTask: _t("Wait for a message"),
        callActivity: _t("Another process"),
        subProcess: _t("Part with steps of its own"),
        exclusiveGateway: _t("Decision: one way"),
        inclusiveGateway: _t("Decision: one or more ways"),
        parallelGateway: _t("All ways at the same time"),
        eventBasedGateway: _t("What happens first"),
        startEvent: _t("Start"),
        endEvent: _t("End"),
        intermediateCatchEvent: _t("Wait"),
        intermediateThrowEvent: _t("Tell others"),
        boundaryEvent: _t("While the task is open"),
        sequenceFlow: _t("Way"),
        lane: _t("Lane"),
        participant: _t("Lanes"),
        textAnnotation: _t("Note"),
    };
}

export function titleOf(element) {
    const kind = localName(element.type);
    return titles()[kind] || kind;
}

const REFERENCES = {
    messageEventDefinition: { property: "messageRef", type: "bpmn:Message" },
    signalEventDefinition: { property: "signalRef", type: "bpmn:Signal" },
    errorEventDefinition: { property: "errorRef", type: "bpmn:Error" },
};
const WITH_ACTION = ["serviceTask", "sendTask"];
const REPEATABLE = [
    "userTask",
    "manualTask",
    "task",
    "scriptTask",
    "callActivity",
    "subProcess",
    ...WITH_ACTION,
];

/** What is said about the element that is selected, in one calm column. */
export class Panel extends Component {
    static template = "bpm_engine.Panel";
    static components = {
        ActionPicker,
        Approval,
        CalledProcess,
        ConditionBuilder,
        ConditionWords,
        Deadline,
        FormFields,
        Outcomes,
        PersonPicker,
        Repeat,
        Script,
        TextInput,
        Timer,
    };
    static props = {
        diagram: Object,
        element: { type: [Object, { value: null }], optional: true },
        /** Grows with each change: the diagram itself is not watched. */
        revision: Number,
        model: { type: [String, Boolean], optional: true },
        /** Nothing may change. */
        readonly: { type: Boolean, optional: true },
        /** Only what may change on a published version. */
        locked: { type: Boolean, optional: true },
    };

    get diagram() {
        return this.props.diagram;
    }

    get element() {
        const { element } = this.props;
        // A label stands for what it labels.
        return element?.labelTarget || element;
    }

    get object() {
        return this.element.businessObject;
    }

    get kind() {
        return localName(this.element.type);
    }

    get title() {
        return titleOf(this.element);
    }

    get isHuman() {
        return this.diagram.isHuman(this.element);
    }

    get hasAction() {
        return WITH_ACTION.includes(this.kind);
    }

    get structureReadonly() {
        return Boolean(this.props.readonly || this.props.locked);
    }

    get isDecision() {
        return ["exclusiveGateway", "inclusiveGateway"].includes(this.kind);
    }

    get isRepeatable() {
        return REPEATABLE.includes(this.kind);
    }

    get name() {
        return this.object.get(this.kind === "textAnnotation" ? "text" : "name") || "";
    }

    get namePlaceholder() {
        return {
            sequenceFlow: _t("For instance: approved"),
            exclusiveGateway: _t("For instance: Is it approved?"),
        }[this.kind];
    }

    get instruction() {
        return readInstruction(this.object);
    }

    value(kind) {
        return this.diagram.settings(this.element, kind);
    }

    count(kind) {
        return this.value(kind)?.length || 0;
    }

    set(kind, value) {
        this.diagram.setSettings(this.element, kind, value);
    }

    setter(kind) {
        const { element } = this;
        return (value) => this.diagram.setSettings(element, kind, value);
    }

    /** What is typed last may arrive when another step is open already. */
    get setAgain() {
        const { element } = this;
        return (again) => {
            const escalation = this.diagram.settings(element, "escalation");
            if (escalation) {
                this.diagram.setSettings(element, "escalation", { ...escalation, again });
            }
        };
    }

    get setName() {
        const { element } = this;
        return (name) => this.diagram.setName(element, name);
    }

    get setInstruction() {
        const { element } = this;
        return (text) => this.diagram.setInstruction(element, text);
    }

    // ----------------------------------------------------- nothing selected

    get process() {
        return this.diagram.processObject();
    }

    get processText() {
        return readInstruction(this.process);
    }

    setProcessText(text) {
        this.diagram.setInstruction(this.diagram.process(), text, this.process);
    }

    /** Who does what, at a glance. */
    get steps() {
        return this.diagram.humanTasks().map((element) => ({
            id: element.id,
            name: element.businessObject.name || _t("(no name)"),
            who: this.who(element),
        }));
    }

    who(element) {
        const assignment = this.diagram.settings(element, "assignment");
        const { kind } = assignment || {};
        if (this.diagram.settings(element, "approval")) {
            return _t("several people");
        }
        if (!kind && element.businessObject.lanes?.length) {
            return element.businessObject.lanes[0].name;
        }
        const words = {
            user: assignment?.user,
            group: _t("group"),
            role: assignment?.role,
            starter_manager: _t("manager of the starter"),
            previous: _t("as in an earlier task"),
        };
        return words[kind] || _t("who started it");
    }

    // ------------------------------------------------------------- tasks

    get otherTasks() {
        return this.diagram
            .humanTasks()
            .filter((task) => task !== this.element)
            .map((task) => ({ id: task.id, name: task.businessObject.name || task.id }));
    }

    /** In a lane without a choice of one's own: whoever works in the lane. */
    get laneWords() {
        const lane = this.object.lanes?.[0];
        return lane ? _t("As the lane says: %s", lane.name || "") : undefined;
    }

    get canBranch() {
        const follows = this.element.outgoing?.[0]?.target;
        return !this.structureReadonly && !follows?.type.endsWith("Gateway");
    }

    branch() {
        this.diagram.flush();
        this.diagram.branch(this.element, this.value("outcomes"));
    }

    addStep() {
        this.diagram.get("bpmSteps").add(this.element, { type: "bpmn:UserTask" });
    }

    get canAddStep() {
        return !this.structureReadonly && (this.isHuman || this.hasAction);
    }

    get isRepeated() {
        return Boolean(this.object.get("loopCharacteristics"));
    }

    get setScript() {
        const { element, diagram } = this;
        return (script) => {
            // Whatever language another tool named, it is ours now.
            const properties = { script: script || undefined, scriptFormat: undefined };
            diagram.setProperties(element, element.businessObject, properties);
        };
    }

    // ------------------------------------------------------ flows, gateways

    get isConditional() {
        return ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway"].includes(
            this.element.source.type
        );
    }

    get tasksForCondition() {
        return this.tasksBehind(this.element.source);
    }

    /** Tasks whose answers decide at a place, with those answers. */
    tasksBehind(source) {
        const before = this.diagram.isHuman(source) ? [source] : this.diagram.tasksBefore(source);
        return before
            .map((task) => ({
                id: task.id,
                name: task.businessObject.name || task.id,
                outcomes: this.diagram.settings(task, "outcomes"),
            }))
            .filter((task) => task.outcomes.length);
    }

    get setCondition() {
        const { element } = this;
        return (text) => {
            this.diagram.setCondition(element, text);
            this.nameByAnswer(element, text);
        };
    }

    /** An arrow without a name gets that of the answer on which it is taken. */
    nameByAnswer(flow, text) {
        const key = /^outcome == '([^']+)'$/.exec(text)?.[1];
        const outcomes = this.diagram
            .tasksBefore(flow.source)
            .flatMap((task) => this.diagram.settings(task, "outcomes"));
        const outcome = outcomes.find((one) => one.key === key);
        const labels = outcomes.map((one) => one.label);
        const { name } = flow.businessObject;
        if (outcome && (!name || labels.includes(name))) {
            this.diagram.setName(flow, outcome.label);
        }
    }

    setDefault(on) {
        this.diagram.setDefault(this.element, on);
    }

    get ways() {
        return this.element.outgoing.map((flow) => ({
            id: flow.id,
            name: flow.businessObject.name || "",
            to: flow.target.businessObject.name || titleOf(flow.target),
            isDefault: this.diagram.isDefault(flow),
            condition: this.diagram.condition(flow),
        }));
    }

    insertStep() {
        this.diagram.get("bpmSteps").insert(this.element, { type: "bpmn:UserTask" });
    }

    // -------------------------------------------------------------- events

    get definition() {
        const definition = this.object.get("eventDefinitions")?.[0];
        return definition || null;
    }

    get definitionKind() {
        return this.definition && localName(this.definition.$type);
    }

    get canRepeatTimer() {
        const { cancelActivity } = this.object;
        return this.kind === "startEvent" || (this.kind === "boundaryEvent" && !cancelActivity);
    }

    get setTimer() {
        const { element, diagram, definition } = this;
        return (kind, body, basis) => {
            const properties = { timeDuration: undefined, timeDate: undefined };
            properties.timeCycle = undefined;
            properties[kind] = diagram.create("bpmn:FormalExpression", { body });
            properties[kind].$parent = definition;
            if (basis) {
                properties["bpm:basis"] = basis;
            }
            diagram.setProperties(element, definition, properties);
        };
    }

    get reference() {
        const known = REFERENCES[this.definitionKind];
        if (known) {
            return { ...known, owner: this.definition };
        }
        const receives = this.kind === "receiveTask";
        return receives ? { ...REFERENCES.messageEventDefinition, owner: this.object } : null;
    }

    get referenceLabel() {
        return {
            "bpmn:Message": _t("Name of the message"),
            "bpmn:Signal": _t("Name of the signal"),
            "bpmn:Error": _t("Name of the error"),
        }[this.reference.type];
    }

    get referenceName() {
        const { owner, property } = this.reference;
        return owner.get(property)?.name || "";
    }

    get setReference() {
        const { element, diagram, reference } = this;
        const { owner, property, type } = reference;
        return (name) => {
            const more = type === "bpmn:Error" ? { errorCode: name } : {};
            diagram.setReference(element, owner, property, type, name.trim(), more);
        };
    }

    /** Start of a part that runs when something happens: besides the process, or instead. */
    get startsByEvent() {
        const { parent } = this.element;
        return this.kind === "startEvent" && Boolean(parent?.businessObject.triggeredByEvent);
    }

    get canInterrupt() {
        return this.kind === "boundaryEvent" || this.startsByEvent;
    }

    get interruptProperty() {
        return this.startsByEvent ? "isInterrupting" : "cancelActivity";
    }

    get interruptWords() {
        return this.startsByEvent
            ? { yes: _t("All else ends then"), no: _t("The process goes on besides") }
            : { yes: _t("The task ends then"), no: _t("The task stays open besides") };
    }

    get interrupts() {
        return this.object.get(this.interruptProperty) !== false;
    }

    setInterrupts(on) {
        this.diagram.setProperties(this.element, this.object, { [this.interruptProperty]: on });
    }

    setCalled(key) {
        this.diagram.setProperties(this.element, this.object, {
            calledElement: key || undefined,
        });
    }

    select(id) {
        this.diagram.select(id);
    }
}
