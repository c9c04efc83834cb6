import {
    Component,
    markRaw,
    onMounted,
    onWillStart,
    onWillUnmount,
    onWillUpdateProps,
    useRef,
    useState,
} from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { BPM_MODDLE } from "@bpm_engine/common/bpm_moddle";
import { loadBpmn } from "@bpm_engine/common/bpmn_bundle";
import { touchCanvas } from "@bpm_engine/common/touch_canvas";

const PADDING = 24;
/** Below this scale the texts cannot be read: then the place that matters is shown instead. */
const READABLE = 0.7;
/** Steps of the colour scale, from little to much. */
const HEAT_STEPS = 5;

/** A word and a sign for each state: colour never speaks alone. */
function states() {
    return {
        done: { label: _t("done"), icon: "fa-check" },
        active: { label: _t("here now"), icon: "fa-play" },
        late: { label: _t("here now, late"), icon: "fa-clock-o" },
        error: { label: _t("does not go on"), icon: "fa-exclamation-triangle" },
        added: { label: _t("new"), icon: "fa-plus" },
        removed: { label: _t("gone"), icon: "fa-minus" },
        changed: { label: _t("changed flow or behaviour"), icon: "fa-random" },
        texts: { label: _t("changed people, times or texts"), icon: "fa-pencil" },
        about: { label: _t("what it is about"), icon: "fa-lightbulb-o" },
    };
}

/**
 * A diagram with the state of an instance or the heat of many.
 *
 * Reusable: give it XML and what is to be marked, everything else is optional.
 */
export class BpmnViewer extends Component {
    static template = "bpm_engine.Viewer";
    static props = {
        /** BPMN 2.0 with layout. */
        xml: String,
        /** [{element, state: "done"|"active"|"late"|"error", badge?, title?}] */
        marks: { type: Array, optional: true },
        /** Ids of the arrows that were passed. */
        flows: { type: Array, optional: true },
        /** [{element, value: 0..1, badge?, title?}]: colour scale with figures. */
        heat: { type: Array, optional: true },
        /** {element: number of proposals about it} */
        proposals: { type: Object, optional: true },
        /** What the scale shows: {title?, min?, max?} as text. */
        scale: { type: Object, optional: true },
        legend: { type: Boolean, optional: true },
        /** Id of the element to show as chosen. */
        selected: { type: [String, Boolean], optional: true },
        /** Called with id and name of an element that was clicked, or null. */
        onSelect: { type: Function, optional: true },
        /** CSS height of the canvas. */
        height: { type: String, optional: true },
    };
    static defaultProps = {
        marks: [],
        flows: [],
        heat: [],
        proposals: {},
        legend: true,
        height: "320px",
    };

    setup() {
        this.canvas = useRef("canvas");
        this.state = useState({ failed: "", isLoading: true });
        this.steps = Array.from({ length: HEAT_STEPS }, (_item, index) => index + 1);
        onWillStart(async () => {
            this.bundle = await loadBpmn();
        });
        onMounted(() => this.start());
        onWillUpdateProps((next) => this.update(next));
        onWillUnmount(() => this.stop());
    }

    async start() {
        const { NavigatedViewer } = this.bundle;
        const moddleExtensions = { bpm: BPM_MODDLE };
        this.js = markRaw(new NavigatedViewer({ container: this.canvas.el, moddleExtensions }));
        this.js.get("eventBus").on("element.click", ({ element }) => this.clicked(element));
        this.letGo = touchCanvas(this.canvas.el, this.js.get("canvas"));
        // In a dialog or a tab the size comes later than the drawing.
        this.sizes = new ResizeObserver(() => this.show(this.props));
        this.sizes.observe(this.canvas.el);
        await this.load(this.props);
    }

    stop() {
        this.sizes?.disconnect();
        this.letGo?.();
        this.js?.destroy();
        this.js = null;
    }

    async load(props) {
        const { js } = this;
        this.shown = props.xml;
        this.marked = [];
        this.state.failed = "";
        try {
            await js.importXML(props.xml);
        } catch (error) {
            this.state.failed = error.message;
        }
        this.state.isLoading = false;
        if (js === this.js && !this.state.failed) {
            this.show(props);
            this.mark(props);
        }
    }

    async update(next) {
        if (!this.js) {
            return;
        }
        if (next.xml !== this.shown) {
            await this.load(next);
        } else if (!this.state.failed && !this.state.isLoading) {
            this.mark(next);
        }
    }

    /** The whole diagram if it can be read then, else where it stands, else its beginning. */
    show(props) {
        const sizes = this.measure();
        if (!sizes) {
            return;
        }
        if (sizes.scale >= READABLE) {
            this.fit();
            return;
        }
        const { inner, outer } = sizes;
        const width = outer.width / READABLE;
        const height = outer.height / READABLE;
        const { x, y } = this.focusOf(props) || { x: inner.x, y: inner.y + inner.height / 2 };
        // Never further out than the diagram goes; a diagram that is smaller stands in the middle.
        const place = (middle, size, from, length) =>
            size > length + 2 * PADDING
                ? from - (size - length) / 2
                : Math.min(
                      Math.max(middle - size / 2, from - PADDING),
                      from + length + PADDING - size
                  );
        this.js.get("canvas").viewbox({
            x: place(x, width, inner.x, inner.width),
            y: place(y, height, inner.y, inner.height),
            width,
            height,
        });
    }

    /** The middle of the element that matters most, or undefined. */
    focusOf({ marks, heat, selected }) {
        const registry = this.js.get("elementRegistry");
        const first = (...wanted) => marks.find(({ state }) => wanted.includes(state))?.element;
        const hottest = heat.reduce(
            (most, one) => (most && most.value >= one.value ? most : one),
            null
        );
        const ids = [
            selected,
            first("error", "late"),
            first("active", "about"),
            first("added", "changed", "removed", "texts"),
            hottest?.element,
        ];
        const shape = ids.map((id) => id && registry.get(id)).find((one) => one && !one.waypoints);
        return shape && { x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 };
    }

    /** Extents of diagram and canvas, and the scale at which it fits; undefined when hidden. */
    measure() {
        if (!this.js || this.state.isLoading || this.state.failed) {
            return undefined;
        }
        const canvas = this.js.get("canvas");
        canvas.resized();
        const { inner, outer } = canvas.viewbox();
        if (!inner.width || !outer.width || !outer.height) {
            return undefined;
        }
        const room = (size) => Math.max(40, size - 2 * PADDING);
        const scale = Math.min(
            room(outer.width) / inner.width,
            room(outer.height) / inner.height,
            1
        );
        return { inner, outer, scale };
    }

    /** The whole diagram, however small. */
    fit() {
        const sizes = this.measure();
        if (!sizes) {
            return;
        }
        const { inner, outer, scale } = sizes;
        this.js.get("canvas").viewbox({
            x: inner.x - (outer.width / scale - inner.width) / 2,
            y: inner.y - (outer.height / scale - inner.height) / 2,
            width: outer.width / scale,
            height: outer.height / scale,
        });
    }

    zoom(factor) {
        const canvas = this.js.get("canvas");
        canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)));
    }

    // ---------------------------------------------------------------- marks

    mark({ marks, flows, heat, proposals, selected }) {
        const canvas = this.js.get("canvas");
        for (const [id, marker] of this.marked) {
            canvas.removeMarker(id, marker);
        }
        this.js.get("overlays").clear();
        this.marked = [];
        for (const { element, state, badge, title } of marks) {
            this.addMarker(element, `o_bpm_is_${state}`);
            this.addBadge(element, state, badge, title || states()[state]?.label);
        }
        for (const flow of flows) {
            this.addMarker(flow, "o_bpm_is_passed");
        }
        for (const { element, value, badge, title } of heat) {
            this.addMarker(element, `o_bpm_heat_${this.stepOf(value)}`);
            this.addBadge(element, "heat", badge, title);
        }
        for (const [element, count] of Object.entries(proposals)) {
            const title = _t("Proposals to improve this step: %s", count);
            this.addBadge(element, "about", count, title, { bottom: 10, left: -8 });
        }
        if (selected) {
            this.addMarker(selected, "o_bpm_is_selected");
        }
    }

    stepOf(value) {
        return Math.min(HEAT_STEPS, Math.max(1, Math.ceil((Number(value) || 0) * HEAT_STEPS)));
    }

    addMarker(id, marker) {
        if (this.js.get("elementRegistry").get(id)) {
            this.js.get("canvas").addMarker(id, marker);
            this.marked.push([id, marker]);
        }
    }

    addBadge(id, state, text, title, position = { top: -12, right: 14 }) {
        const shape = this.js.get("elementRegistry").get(id);
        const icon = states()[state]?.icon;
        if (!shape || shape.waypoints || (!text && !icon)) {
            return;
        }
        const html = document.createElement("span");
        html.className = `o_bpm_badge o_bpm_badge_${state}`;
        html.title = title || "";
        if (icon) {
            const sign = document.createElement("i");
            sign.className = `fa ${icon}`;
            html.append(sign);
        }
        if (text) {
            html.append(String(text));
        }
        this.js.get("overlays").add(id, "bpm", { position, html });
    }

    clicked(element) {
        const target = element.labelTarget || element;
        const isRoot = !target.parent;
        this.props.onSelect?.(isRoot ? null : target.id, target.businessObject?.name || "");
    }

    // --------------------------------------------------------------- legend

    get legendStates() {
        const present = new Set(this.props.marks.map((mark) => mark.state));
        return Object.entries(states())
            .filter(([state]) => present.has(state))
            .map(([state, { label, icon }]) => ({ state, label, icon }));
    }

    get hasLegend() {
        return this.props.legend && (this.legendStates.length || this.props.heat.length);
    }
}
