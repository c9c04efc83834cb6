import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useBus } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { formatDateTime } from "@web/core/l10n/dates";
import { BpmnDesigner } from "./designer";
import { HotDesk } from "./hot_changes";
import { Recovery } from "./recovery";

const SAVE_DELAY = 400;
const BASE = "diagram_base";

/**
 * The diagram of a process version as a field of its form.
 *
 * Every way of leaving keeps the drawing: the record is marked as changed with the first
 * stroke, the text follows within 400 ms or when the form asks for it, and what did not
 * reach the server waits in the browser.
 */
export class BpmnDesignerField extends Component {
    static template = "bpm_engine.DesignerField";
    static components = { BpmnDesigner };
    static props = { ...standardFieldProps };

    setup() {
        // Not useService: what is sent on leaving must not stop with the component.
        this.orm = this.env.services.orm;
        this.state = useState({ key: 0, found: null });
        this.hot = new HotDesk(this.orm, () => this.designer);
        this.designer = null;
        this.waits = false;
        this.commitSoon = useDebounced(() => this.commit(), SAVE_DELAY);
        const { bus } = this.record.model;
        useBus(bus, "NEED_LOCAL_CHANGES", ({ detail }) => {
            this.keepStarter();
            this.designer?.diagram?.finish();
            detail.proms.push(this.commit());
        });
        useBus(bus, "WILL_SAVE_URGENTLY", () => {
            this.designer?.diagram?.finish();
            this.commit(true);
        });
        onWillStart(async () => {
            this.isManager = await user.hasGroup("bpm_engine.group_manager");
            await this.open(this.record);
            this.isOpen = true;
        });
        useRecordObserver((record) => this.onRecord(record));
        onWillUnmount(() => {
            this.designer?.diagram?.finish();
            this.commit();
        });
    }

    get record() {
        return this.props.record;
    }

    get xml() {
        return this.record.data[this.props.name] || "";
    }

    get isLocked() {
        const { state } = this.record.data;
        return Boolean(state) && state !== "draft";
    }

    get isReadonly() {
        if (this.isLocked) {
            return this.record.data.state !== "published" || !this.isManager;
        }
        return this.props.readonly;
    }

    get processId() {
        return this.record.data.process_id?.id || false;
    }

    get title() {
        return this.record.data.process_id?.display_name || "";
    }

    // ------------------------------------------------- opening and leaving

    async open(record) {
        this.openedFor = `${record.resId}-${record.data.state}`;
        this.recovery = new Recovery(record.resId);
        this.seen = this.textOf(record);
        this.knownBase = this.savedBase(record);
        [this.shown, this.base] = await this.readFresh(record);
        const isDraft = !this.isLocked && !this.props.readonly;
        this.state.found = isDraft ? this.recovery.find(this.shown, this.base) : null;
        const { isLocked } = this;
        await this.hot.open(record.resId, { isLocked, mayChange: isLocked && !this.isReadonly });
    }

    /**
     * Forms open with what the browser remembers of them: too old a base to draw on.
     *
     * @returns {[string, string]} the diagram and its fingerprint
     */
    async readFresh(record) {
        if (!record.resId || record.dirty) {
            return [this.textOf(record), this.savedBase(record)];
        }
        const names = [this.props.name, BASE];
        const [row] = await this.orm.read(record.resModel, [record.resId], names);
        return [row?.[this.props.name] || "", row?.[BASE] || ""];
    }

    /** Discarded, reloaded or another record: show what the record says now. */
    async onRecord(record) {
        const xml = this.textOf(record);
        const openedFor = `${record.resId}-${record.data.state}`;
        if (!this.isOpen) {
            return;
        }
        if (!record.dirty && this.shown && this.savedXml(record) === this.shown) {
            this.recovery.forget();
        }
        const isOther = xml !== this.seen && xml !== this.shown;
        this.seen = xml;
        if (openedFor !== this.openedFor) {
            this.waits = false;
            await this.open(record);
            this.state.key++;
        } else if (isOther && !this.waits) {
            await this.showOther(record);
        }
    }

    /** Discarded: what was given up is forgotten, unless somebody else's drawing forced it. */
    async showOther(record) {
        const { base } = this;
        await this.open(record);
        if (this.state.found && this.base === base) {
            this.dismiss();
        }
        this.designer?.load(this.shown);
    }

    textOf(record) {
        return record.data[this.props.name] || "";
    }

    /** What the server is known to have; a page that closes only hopes to have sent it. */
    savedXml(record) {
        return record._values?.[this.props.name] || "";
    }

    savedBase(record) {
        return record._values?.[BASE] || "";
    }

    /** Fingerprint of the drawing on the server that this one goes on from. */
    baseOf(record) {
        const known = this.savedBase(record);
        if (known !== this.knownBase) {
            // Saved or read again since it was opened.
            this.knownBase = this.base = known;
        }
        return this.base;
    }

    /** Sent from a page that seemed to close and did not: is that what stands there now? */
    async confirmSent(record) {
        const { sent } = this;
        this.sent = null;
        const [row] = await this.orm.read(record.resModel, [record.resId], [this.props.name, BASE]);
        if (row?.[this.props.name] === sent) {
            this.base = row[BASE];
        }
    }

    register(designer) {
        this.designer = designer;
    }

    onChange() {
        this.waits = true;
        this.onTyping();
        this.commitSoon();
    }

    onTyping() {
        if (!this.isLocked) {
            // The form looks at this flag, and only at it, when it is left by a breadcrumb.
            this.record.dirty = true;
            this.record.model.bus.trigger("FIELD_IS_DIRTY", true);
        }
    }

    /**
     * Give the drawing to the record.
     *
     * @param {boolean} [isUrgent] the page closes: nothing can be waited for
     */
    async commit(isUrgent) {
        this.designer?.diagram?.flush();
        if (!this.waits || !this.designer) {
            return;
        }
        const { record } = this;
        let xml = this.designer.serialize();
        this.recovery.keep(xml, this.baseOf(record));
        if (isUrgent) {
            this.sent = record.resId ? xml : null;
        } else {
            await this.waitForBase(record);
            if (!this.waits) {
                return;
            }
            // Drawn on meanwhile, or left.
            xml = this.designer ? this.designer.serialize() : xml;
        }
        this.waits = false;
        this.shown = xml;
        await record.update({ [this.props.name]: xml, [BASE]: this.baseOf(record) });
        record.model.bus.trigger("FIELD_IS_DIRTY", false);
    }

    /** A save under way changes what the next one goes on from. */
    async waitForBase(record) {
        await record.model.mutex.getUnlockedDef();
        if (this.sent) {
            await this.confirmSent(record);
        }
    }

    /** The first diagram is drawn for the user: saving or publishing it as it is keeps it. */
    keepStarter() {
        if (this.designer?.isStarter && !this.xml && !this.isLocked && !this.props.readonly) {
            this.waits = true;
        }
    }

    get foundAt() {
        return formatDateTime(luxon.DateTime.fromMillis(this.state.found.at));
    }

    async restore() {
        const { xml } = this.state.found;
        this.state.found = null;
        await this.designer.replace(xml, _t("What you drew"));
    }

    dismiss() {
        this.recovery.forget();
        this.state.found = null;
    }

    /** A version in use: kept until it is applied. */
    onHot(elementId, values) {
        this.hot.set(elementId, values);
    }

    // -------------------------------------------------------------- the server

    lint(xml) {
        return this.orm.silent.call("bpm.process.version", "lint_xml", [xml, this.processId]);
    }

    checkFile(xml, chosen) {
        const values = [xml, this.processId, chosen || false];
        return this.orm.call("bpm.process.version", "read_bpmn", values);
    }

    importOthers(xml, chosen) {
        const values = [xml, this.processId, chosen];
        return this.orm.call("bpm.process.version", "import_other_pools", values);
    }
}

export const bpmnDesignerField = {
    component: BpmnDesignerField,
    displayName: _t("Process Designer"),
    supportedTypes: ["text"],
    fieldDependencies: [
        { name: "model", type: "char" },
        { name: "process_id", type: "many2one", relation: "bpm.process" },
        { name: "state", type: "selection" },
        // Sent with the diagram, so that the server sees on which one it was drawn.
        { name: BASE, type: "char", readonly: false },
    ],
};

registry.category("fields").add("bpmn_designer", bpmnDesignerField);
