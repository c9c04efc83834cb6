import { markRaw } from "@odoo/owl";
import { touchCanvas } from "@bpm_engine/common/touch_canvas";
import { BPM_MODDLE } from "@bpm_engine/common/bpm_moddle";
import { fromStored, KINDS, readKind, readSettings, withKind } from "./element_settings";
import { keepLists } from "./loops";
import { modelerModules } from "./modeler_parts";

const HUMAN = ["bpmn:UserTask", "bpmn:ManualTask", "bpmn:Task"];
const PADDING = { top: 24, right: 40, bottom: 40, left: 40 };

/** Local BPMN name: "userTask" of "bpmn:UserTask". */
export function localName(type) {
    const name = type.replace(/^bpmn:/, "");
    return name[0].toLowerCase() + name.slice(1);
}

/** Inputs with text that is not in the diagram yet; it counts as a change at once. */
class PendingTexts extends Set {
    constructor(onTyping) {
        super();
        this.onTyping = onTyping;
    }

    add(commit) {
        this.onTyping();
        return super.add(commit);
    }
}

/**
 * One diagram on a canvas: bpmn-js with our settings, for a draft to be drawn or for a
 * published version whose settings may change while its structure stays.
 */
export class Diagram {
    /**
     * @param bundle what bpmn_bundle.loadBpmn() gave
     * @param {HTMLElement} container
     * @param {{locked: boolean, onChange: Function, onTyping: Function, onHot: Function, onSelect: Function,
     *     onSimulate: Function}} options
     */
    constructor(bundle, container, options) {
        this.bundle = bundle;
        this.options = options;
        this.locked = options.locked;
        this.pending = new PendingTexts(options.onTyping);
        const setUp = { container, moddleExtensions: { bpm: BPM_MODDLE } };
        this.js = markRaw(
            this.locked
                ? new bundle.NavigatedViewer(setUp)
                : new bundle.Modeler({ ...setUp, additionalModules: modelerModules(bundle) })
        );
        this.letGo = touchCanvas(
            container,
            this.get("canvas"),
            ".djs-palette, .djs-context-pad, .djs-popup, .djs-shape, .bts-palette"
        );
        // A label being written is a change at once, like a text in the panel.
        this.container = container;
        this.onInput = (ev) =>
            ev.target.closest(".djs-direct-editing-content") && options.onTyping();
        container.addEventListener("input", this.onInput);
        this.onKey = (ev) => this.typeName(ev);
        container.addEventListener("keydown", this.onKey, { capture: true });
        this.listen();
    }

    listen() {
        const bus = this.get("eventBus");
        bus.on("selection.changed", ({ newSelection }) => {
            this.flush();
            this.options.onSelect(newSelection.length === 1 ? newSelection[0] : null);
        });
        bus.on("commandStack.changed", ({ trigger }) => {
            if (trigger !== "clear") {
                this.options.onChange();
            }
        });
        bus.on("element.click", 1500, (event) => {
            // A second click would close what is said about the element; it is not meant so.
            const { originalEvent: mouse, element } = event;
            const chosen = this.get("selection").get();
            const adds = mouse?.shiftKey || mouse?.ctrlKey || mouse?.metaKey;
            if (chosen.length === 1 && chosen[0] === element && !adds) {
                event.stopPropagation();
            }
        });
        bus.on("tokenSimulation.toggleMode", ({ active }) => this.options.onSimulate?.(active));
    }

    /** Letters typed while an element is chosen are its name, without a double click before. */
    typeName(ev) {
        const isLetter = ev.key.length === 1 && ev.key !== " ";
        const inText = ev.target.closest("input, textarea, [contenteditable=true]");
        if (this.locked || !isLetter || inText || ev.ctrlKey || ev.metaKey || ev.altKey) {
            return;
        }
        const [element, other] = this.get("selection").get();
        if (element && !other && element.type !== "label") {
            // Else the letter would also call one of the tools.
            ev.stopPropagation();
            this.get("directEditing").activate(element);
        }
    }

    get(service, strict = true) {
        return this.js.get(service, strict);
    }

    /** Texts being typed go into the diagram now. */
    flush() {
        for (const commit of [...this.pending]) {
            commit();
        }
    }

    /** Also the label that is being written on the canvas: the page is left, or saved. */
    finish() {
        this.flush();
        this.get("directEditing", false)?.complete();
    }

    async load(xml) {
        this.pending.clear();
        const { warnings } = await this.js.importXML(xml);
        keepLists(warnings);
        this.fit();
    }

    destroy() {
        this.letGo();
        this.container.removeEventListener("input", this.onInput);
        this.container.removeEventListener("keydown", this.onKey, { capture: true });
        // What ends with the canvas would still be placed on it a moment later.
        this.get("dragging", false)?.cancel();
        this.get("contextPad", false)?.close();
        this.js.destroy();
    }

    /** The diagram as XML, at once: a page that closes does not wait for a promise. */
    serialize() {
        const definitions = this.js.getDefinitions();
        return new this.bundle.Writer({ format: true, preamble: true }).toXML(definitions);
    }

    // ------------------------------------------------------------- view

    fit() {
        const canvas = this.get("canvas");
        const { inner, outer } = canvas.viewbox();
        if (!inner.width || !outer.width) {
            return;
        }
        // The palette lies over the left edge.
        const palette = canvas.getContainer().querySelector(".djs-palette");
        const covered = palette ? palette.offsetLeft + palette.getBoundingClientRect().width : 0;
        const left = PADDING.left + covered;
        const room = { width: outer.width - left - PADDING.right };
        room.height = outer.height - PADDING.top - PADDING.bottom;
        const scale = Math.min(room.width / inner.width, room.height / inner.height, 1);
        canvas.viewbox({
            x: inner.x - (left + Math.max(0, (room.width - inner.width * scale) / 2)) / scale,
            y:
                inner.y -
                (PADDING.top + Math.max(0, (room.height - inner.height * scale) / 2)) / scale,
            width: outer.width / scale,
            height: outer.height / scale,
        });
    }

    zoom(factor) {
        const canvas = this.get("canvas");
        canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)));
    }

    element(id) {
        return this.get("elementRegistry").get(id);
    }

    select(id) {
        const element = this.element(id);
        if (element && element.parent) {
            this.get("selection").select(element);
            this.get("canvas").scrollToElement(element, 80);
        } else {
            this.get("selection").select(null);
        }
    }

    /** Elements of the process, in reading order; labels left out. */
    elements(types) {
        return this.get("elementRegistry")
            .filter((element) => !element.labelTarget && (!types || types.includes(element.type)))
            .sort((one, other) => one.x - other.x || one.y - other.y);
    }

    humanTasks() {
        return this.elements(HUMAN);
    }

    isHuman(element) {
        return HUMAN.includes(element.type);
    }

    /** The process itself, or the first one when there are lanes. */
    process() {
        const root = this.get("canvas").getRootElement();
        if (root.type === "bpmn:Process") {
            return root;
        }
        return this.elements(["bpmn:Participant"])[0] || root;
    }

    processObject() {
        const { businessObject } = this.process();
        return businessObject.processRef || businessObject;
    }

    /** Human tasks from which the flow comes here without another human task between. */
    tasksBefore(element) {
        const found = new Set();
        const seen = new Set();
        const queue = [element];
        while (queue.length) {
            const current = queue.shift();
            for (const flow of current.incoming || []) {
                const source = flow.source.host || flow.source;
                if (seen.has(source)) {
                    continue;
                }
                seen.add(source);
                if (this.isHuman(source)) {
                    found.add(source);
                } else {
                    queue.push(source);
                }
            }
        }
        return [...found];
    }

    // ---------------------------------------------------------- settings

    create(type, values) {
        const factory = this.get("bpmnFactory", false);
        return factory ? factory.create(type, values) : this.get("moddle").create(type, values);
    }

    settings(element, kind) {
        return readKind(element.businessObject, kind);
    }

    setSettings(element, kind, value) {
        const { businessObject } = element;
        const values = withKind(businessObject, kind, value, (...args) => this.create(...args));
        const extensions = businessObject.get("extensionElements");
        if (extensions && values.length) {
            values.forEach((child) => (child.$parent = extensions));
            this.setProperties(element, extensions, { values });
        } else if (extensions || values.length) {
            const fresh = values.length
                ? this.create("bpmn:ExtensionElements", { values })
                : undefined;
            if (fresh) {
                fresh.$parent = businessObject;
                values.forEach((child) => (child.$parent = fresh));
            }
            this.setProperties(element, businessObject, { extensionElements: fresh });
        }
    }

    setInstruction(element, text, owner = element.businessObject) {
        const made = text ? [this.create("bpmn:Documentation", { text })] : [];
        made.forEach((child) => (child.$parent = owner));
        this.setProperties(element, owner, { documentation: made });
    }

    setName(element, name) {
        if (this.locked) {
            this.setProperties(element, element.businessObject, { name });
        } else {
            this.get("modeling").updateLabel(element, name);
        }
    }

    /** Every change of a property comes here; on a published version only hot ones may. */
    setProperties(element, owner, properties) {
        if (!this.locked) {
            this.get("modeling").updateModdleProperties(element, owner, properties);
            return;
        }
        for (const [name, value] of Object.entries(properties)) {
            owner.set(name, value);
        }
        this.get("eventBus").fire("elements.changed", {
            elements: [element, ...(element.labels || [])],
        });
        this.options.onHot(element);
    }

    storedSettings(element) {
        return readSettings(element.businessObject);
    }

    /** Show the settings in force instead of those that were published. */
    applyStored(rows) {
        const create = (...args) => this.create(...args);
        for (const { element_id, name, settings } of rows) {
            const element = this.element(element_id);
            if (!element) {
                continue;
            }
            const { businessObject } = element;
            const stored = fromStored(settings || {});
            for (const kind of Object.keys(KINDS)) {
                const values = withKind(businessObject, kind, stored[kind], create);
                const extensions =
                    values.length && this.create("bpmn:ExtensionElements", { values });
                businessObject.set("extensionElements", extensions || undefined);
            }
            const { instruction: text } = stored;
            businessObject.set(
                "documentation",
                text ? [this.create("bpmn:Documentation", { text })] : []
            );
            businessObject.set("name", name || undefined);
            this.get("eventBus").fire("elements.changed", { elements: [element] });
        }
    }

    // --------------------------------------------------- flows and events

    condition(flow) {
        return flow.businessObject.conditionExpression?.body || "";
    }

    isDefault(flow) {
        return flow.source.businessObject.default === flow.businessObject;
    }

    setCondition(flow, text) {
        const expression = text ? this.create("bpmn:FormalExpression", { body: text }) : undefined;
        this.get("modeling").updateProperties(flow, { conditionExpression: expression });
    }

    setDefault(flow, on) {
        this.get("bpmSteps").compose(() => {
            if (on) {
                this.setCondition(flow, "");
            }
            this.get("modeling").updateProperties(flow.source, {
                default: on ? flow.businessObject : undefined,
            });
        });
    }

    eventDefinition(element) {
        return element.businessObject.get("eventDefinitions")?.[0] || null;
    }

    /** Names of messages, signals or errors in this file. */
    rootNames(type) {
        return this.js
            .getDefinitions()
            .rootElements.filter((root) => root.$type === type && root.name)
            .map((root) => root.name);
    }

    /** The message, signal or error of this name; made when there is none. */
    setReference(element, owner, property, type, name, more = {}) {
        const definitions = this.js.getDefinitions();
        let root = definitions.rootElements.find(
            (candidate) => candidate.$type === type && candidate.name === name
        );
        if (name && !root) {
            root = this.create(type, { name, ...more });
            root.$parent = definitions;
            const rootElements = [...definitions.rootElements, root];
            this.get("modeling").updateModdleProperties(element, definitions, { rootElements });
        }
        this.setProperties(element, owner, { [property]: name ? root : undefined });
    }

    /** A decision behind the task with one way for each of its answers. */
    branch(task, outcomes) {
        const steps = this.get("bpmSteps");
        let gateway;
        steps.compose(() => {
            const attributes = { type: "bpmn:ExclusiveGateway" };
            const flow = steps.flowOf(task);
            gateway = flow ? steps.putInto(flow, attributes) : steps.append(task, attributes);
            outcomes.forEach((outcome, index) => {
                const isLast = index === outcomes.length - 1;
                this.branchFor(gateway, outcome, gateway.outgoing[index], isLast);
            });
            const question = (task.businessObject.name || "").replace(/[?\s]+$/, "");
            this.get("modeling").updateLabel(gateway, `${question}?`);
        });
        this.get("selection").select(gateway);
        this.fit();
    }

    branchFor(gateway, { key, label }, existing, isLast) {
        const end = { type: "bpmn:EndEvent" };
        const steps = this.get("bpmSteps");
        const flow = existing || steps.append(gateway, end).incoming[0];
        if (!existing) {
            this.get("modeling").updateLabel(flow.target, label);
        }
        this.get("modeling").updateLabel(flow, label);
        if (isLast) {
            this.get("modeling").updateProperties(gateway, { default: flow.businessObject });
        } else {
            this.setCondition(flow, `outcome == '${key}'`);
        }
    }

    // ------------------------------------------------------------- tools

    /** Arrange anew; false when the diagram has lanes, which the tool would drop. */
    async tidy() {
        if (this.get("canvas").getRootElement().type !== "bpmn:Process") {
            return false;
        }
        const laidOut = await this.bundle.layoutProcess(this.serialize());
        const moddle = this.get("moddle");
        const { rootElement } = await moddle.fromXML(laidOut);
        const drawn = rootElement.diagrams.flatMap((one) => one.plane.planeElement || []);
        this.get("bpmSteps").compose(() => this.place(drawn));
        this.fit();
        return true;
    }

    place(drawn) {
        const modeling = this.get("modeling");
        const found = drawn
            .map((di) => [di, this.element(di.bpmnElement?.id)])
            .filter(([, element]) => element?.parent);
        for (const [{ bounds }, shape] of found.filter(([di]) => di.bounds)) {
            const delta = {
                x: bounds.x + bounds.width / 2 - shape.x - shape.width / 2,
                y: bounds.y + bounds.height / 2 - shape.y - shape.height / 2,
            };
            if (!shape.host && shape.type !== "label") {
                modeling.moveElements([shape], delta, shape.parent, { autoResize: false });
            }
        }
        for (const [{ waypoint }, flow] of found.filter(([di]) => di.waypoint)) {
            const points = waypoint.map(({ x, y }) => ({ x, y }));
            modeling.updateWaypoints(flow, points);
        }
    }

    simulate(on) {
        this.get("toggleMode").toggleMode(on);
    }

    mark(problems) {
        const canvas = this.get("canvas");
        for (const element of this.elements()) {
            for (const level of ["error", "warning"]) {
                canvas.removeMarker(element, `o_bpm_${level}`);
            }
        }
        for (const { element, level } of problems) {
            const shape = element && this.element(element);
            if (shape) {
                canvas.addMarker(shape, `o_bpm_${level}`);
            }
        }
    }

    async svg() {
        const { svg } = await this.js.saveSVG();
        return svg;
    }
}
