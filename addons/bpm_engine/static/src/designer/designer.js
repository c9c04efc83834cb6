import {
    Component,
    markRaw,
    onMounted,
    onWillStart,
    onWillUnmount,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { downloadFile } from "@web/core/network/download";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { loadBpmn } from "@bpm_engine/common/bpmn_bundle";
import { Diagram } from "./diagram";
import { Panel, titleOf } from "./panel/panel";
import { ImportNotes, PoolDialog } from "./import_dialogs";
import { pngOf } from "./picture";
import { isLaidOut, textOf } from "./text_file";
import { isUntouched, samples, starterXml } from "./starter";

const LINT_DELAY = 500;
const FIRST_TITLE = "[data-name=name] input:not([readonly])";

/**
 * Canvas, tools, properties and problems of one diagram.
 *
 * The owner keeps the XML: it gets ``onChange`` after each change and asks for the text
 * by ``serialize`` of the object handed to ``register``.
 */
export class BpmnDesigner extends Component {
    static template = "bpm_engine.Designer";
    static components = { Panel };
    static props = {
        /** Empty: the diagram begins with start, one step and end. */
        xml: String,
        model: { type: [String, Boolean], optional: true },
        title: { type: String, optional: true },
        /** Structure is fixed: a published version. */
        locked: { type: Boolean, optional: true },
        /** Settings are fixed as well. */
        readonly: { type: Boolean, optional: true },
        /** Settings in force on a published version: rows of bpm.element. */
        stored: { type: Array, optional: true },
        lint: Function,
        checkFile: Function,
        importOthers: Function,
        onChange: Function,
        /** A text is being typed that is not in the diagram yet. */
        onTyping: Function,
        onHot: Function,
        register: Function,
    };

    setup() {
        this.notification = useService("notification");
        this.dialog = useService("dialog");
        this.canvas = useRef("canvas");
        this.file = useRef("file");
        this.panel = useRef("panel");
        this.samples = samples();
        this.state = useState({
            element: null,
            revision: 0,
            problems: [],
            checked: false,
            simulating: false,
            full: false,
            canUndo: false,
            canRedo: false,
            failed: "",
            isLoading: true,
        });
        this.lintSoon = useDebounced(() => this.lint(), LINT_DELAY);
        onWillStart(async () => {
            this.bundle = await loadBpmn();
        });
        onMounted(() => this.start());
        onWillUnmount(() => this.stop());
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev), { capture: true });
    }

    async start() {
        this.diagram = new Diagram(this.bundle, this.canvas.el, {
            locked: Boolean(this.props.locked || this.props.readonly),
            onChange: () => this.changed(),
            onTyping: () => this.props.onTyping(),
            onHot: (element) => this.hotChanged(element),
            onSelect: (element) => {
                // Its own identity: bpmn.io compares elements, and a proxy is another one.
                this.state.element = element && markRaw(element);
            },
            onSimulate: (active) => {
                this.state.simulating = active;
            },
        });
        this.props.register(this);
        await this.load(this.props.xml);
        this.selectFirst();
    }

    /** A drawing of one step is about that step; of a new one its title is asked for at once. */
    selectFirst() {
        const tasks = this.diagram?.humanTasks() || [];
        if (tasks.length === 1 || this.isSample) {
            this.diagram.select(tasks[0].id);
        }
        if (this.isSample || this.canBegin) {
            requestAnimationFrame(() => this.panel.el?.querySelector(FIRST_TITLE)?.select());
        }
    }

    /** Nothing was drawn yet: it can begin with a sample. */
    get canBegin() {
        const { revision, isLoading, failed, simulating, canUndo } = this.state;
        const isDraft = !this.props.locked && !this.props.readonly;
        return (
            Boolean(
                revision &&
                    this.diagram &&
                    isDraft &&
                    !isLoading &&
                    !failed &&
                    !simulating &&
                    !canUndo
            ) && isUntouched(this.diagram.elements())
        );
    }

    async beginWith(sample) {
        this.diagram.flush();
        await this.diagram.load(sample.xml(this.diagram.processObject().id));
        this.isSample = true;
        this.changed();
        this.selectFirst();
        this.isSample = false;
    }

    stop() {
        const { diagram } = this;
        if (diagram) {
            diagram.flush();
            this.props.register(null);
            this.diagram = null;
            diagram.destroy();
        }
    }

    async load(xml) {
        const { diagram } = this;
        this.state.failed = "";
        this.isStarter = !xml;
        try {
            await diagram.load(xml || starterXml());
        } catch (error) {
            this.state.failed = error.message;
        }
        if (diagram !== this.diagram) {
            return;
        }
        if (this.props.stored && !this.state.failed) {
            diagram.applyStored(this.props.stored);
        }
        this.state.isLoading = false;
        this.state.element = null;
        this.refresh();
        this.lintSoon();
    }

    refresh() {
        const stack = this.diagram.get("commandStack", false);
        this.state.canUndo = Boolean(stack?.canUndo());
        this.state.canRedo = Boolean(stack?.canRedo());
        this.state.revision++;
    }

    changed() {
        this.isStarter = false;
        this.refresh();
        this.props.onChange();
        this.lintSoon();
    }

    hotChanged(element) {
        this.state.revision++;
        this.props.onHot(element.id, {
            name: element.businessObject.get("name") || "",
            settings: this.diagram.storedSettings(element),
        });
    }

    showStored(rows) {
        this.diagram.applyStored(rows);
        this.state.revision++;
    }

    serialize() {
        this.diagram.flush();
        return this.diagram.serialize();
    }

    // ------------------------------------------------------------- problems

    async lint() {
        if (!this.diagram || this.diagram.locked || this.state.failed || this.state.simulating) {
            return;
        }
        const problems = await this.props.lint(this.diagram.serialize());
        if (this.diagram && problems) {
            this.state.problems = problems;
            this.state.checked = true;
            this.diagram.mark(problems);
        }
    }

    get errors() {
        return this.state.problems.filter((problem) => problem.level === "error").length;
    }

    /** Elements without a name are called by what they are, not by their id. */
    messageOf({ element: id, message }) {
        const element = id && this.diagram?.element(id);
        return element ? message.replace(`“${id}”`, `“${titleOf(element)}”`) : message;
    }

    show(problem) {
        if (problem.element) {
            this.diagram.select(problem.element);
        }
    }

    // ---------------------------------------------------------------- tools

    undo() {
        this.diagram.flush();
        this.diagram.get("commandStack").undo();
    }

    redo() {
        this.diagram.get("commandStack").redo();
    }

    fit() {
        this.diagram.fit();
    }

    zoom(factor) {
        this.diagram.zoom(factor);
    }

    async tidy() {
        this.diagram.flush();
        if (!(await this.diagram.tidy())) {
            this.notification.add(
                _t("A diagram with lanes is arranged by hand: arranging it would drop the lanes."),
                { type: "info" }
            );
        }
    }

    simulate() {
        this.diagram.flush();
        this.diagram.simulate(!this.state.simulating);
    }

    toggleFull() {
        this.state.full = !this.state.full;
        requestAnimationFrame(() => {
            this.diagram?.get("canvas").resized();
            this.diagram?.fit();
        });
    }

    onKeydown(ev) {
        if (ev.key === "Escape" && this.state.full && !document.querySelector(".modal, .popover")) {
            ev.stopPropagation();
            this.toggleFull();
        }
        if (!this.diagram || this.diagram.locked || !(ev.ctrlKey || ev.metaKey)) {
            return;
        }
        const inText = ev.target.closest("input, textarea, [contenteditable=true]");
        const onCanvas = this.canvas.el?.contains(ev.target);
        if (inText || onCanvas || ev.target.closest(".modal")) {
            // The canvas has keys of its own; a text field undoes its text.
            return;
        }
        const key = ev.key.toLowerCase();
        if (key === "z" || key === "y") {
            ev.preventDefault();
            return key === "y" || ev.shiftKey ? this.redo() : this.undo();
        }
    }

    // ------------------------------------------------------ files, pictures

    get fileName() {
        return (this.props.title || _t("process")).replace(/[\\/:*?"<>|]+/g, " ").trim();
    }

    exportFile() {
        downloadFile(this.serialize(), `${this.fileName}.bpmn`, "application/xml");
    }

    async exportSvg() {
        downloadFile(await this.diagram.svg(), `${this.fileName}.svg`, "image/svg+xml");
    }

    async exportPng() {
        downloadFile(await pngOf(await this.diagram.svg()), `${this.fileName}.png`, "image/png");
    }

    async onFile(ev) {
        const [file] = ev.target.files;
        ev.target.value = "";
        if (file) {
            await this.importText(await textOf(file), file.name);
        }
    }

    /**
     * Take the file (what can be put right here is listed), or refuse it in one message that
     * names the place and the reason. Of several pools one is chosen first.
     */
    async importText(text, name, chosen) {
        const { xml, problems, pools, notes } = await this.props.checkFile(text, chosen);
        if (!xml && pools.length > 1 && !chosen) {
            this.dialog.add(PoolDialog, {
                name,
                pools,
                choose: (pool, others) => this.importPool(text, name, pool, others),
            });
            return;
        }
        if (!xml) {
            this.refuse(name, problems);
            return;
        }
        const before = this.serialize();
        try {
            await this.diagram.load(isLaidOut(xml) ? xml : await this.bundle.layoutProcess(xml));
        } catch (error) {
            await this.diagram.load(before);
            this.refuse(name, [{ message: error.message }]);
            return;
        }
        this.imported(before, name);
        if (notes.length) {
            this.dialog.add(ImportNotes, { name, notes, show: (note) => this.show(note) });
        }
    }

    async importPool(text, name, pool, others) {
        await this.importText(text, name, pool);
        if (others) {
            const made = await this.props.importOthers(text, pool);
            const names = made.map((process) => process.name).join(", ");
            this.notification.add(_t("New draft processes: %s", names), { type: "success" });
        }
    }

    refuse(name, problems) {
        const lines = problems.slice(0, 10).map(({ message }) => `• ${message}`);
        this.dialog.add(ConfirmationDialog, {
            title: _t("%s cannot be used", name),
            body: `${_t("The diagram stays as it was. What is in the way:")}\n${lines.join("\n")}`,
            confirmLabel: _t("Close"),
            confirm: () => {},
        });
    }

    /** Another drawing in place of this one, which can be taken back. */
    async replace(xml, name) {
        const before = this.serialize();
        await this.load(xml);
        this.imported(before, name);
    }

    imported(before, name) {
        this.state.element = null;
        this.changed();
        const close = this.notification.add(_t("%s has replaced the diagram.", name), {
            type: "success",
            sticky: true,
            buttons: [
                {
                    name: _t("Take it back"),
                    onClick: async () => {
                        close();
                        await this.diagram?.load(before);
                        if (this.diagram) {
                            this.changed();
                        }
                    },
                },
            ],
        });
    }
}
