import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { formatDateTime } from "@web/core/l10n/dates";
import { BpmnDesigner } from "./designer";
import { Recovery } from "./recovery";

const SAVE_DELAY = 400;

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
        this.notification = useService("notification");
        this.state = useState({ key: 0, found: null, stored: null, hotCount: 0 });
        this.designer = null;
        this.waits = false;
        this.commitSoon = useDebounced(() => this.commit(), SAVE_DELAY);
        this.hot = new Map();
        const { bus } = this.record.model;
        useBus(bus, "NEED_LOCAL_CHANGES", ({ detail }) => {
            this.keepStarter();
            this.designer?.diagram?.finish();
            detail.proms.push(this.commit());
        });
        useBus(bus, "WILL_SAVE_URGENTLY", () => {
            this.designer?.diagram?.finish();
            this.commit();
            this.sendHot();
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
            this.sendHot();
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
        this.shown = await this.readFresh(record);
        const isDraft = !this.isLocked && !this.props.readonly;
        this.state.found = isDraft ? this.recovery.find(this.shown) : null;
        this.state.stored = this.isLocked ? await this.readStored(record.resId) : null;
    }

    /** Forms open with what the browser remembers of them: too old a base to draw on. */
    async readFresh(record) {
        const xml = record.data[this.props.name] || "";
        if (!record.resId || record.dirty) {
            return xml;
        }
        const [row] = await this.orm.read(record.resModel, [record.resId], [this.props.name]);
        return row?.[this.props.name] || "";
    }

    async readStored(versionId) {
        return this.orm.searchRead(
            "bpm.element",
            [["version_id", "=", versionId]],
            ["element_id", "name", "settings"]
        );
    }

    /** Discarded, reloaded or another record: show what the record says now. */
    async onRecord(record) {
        const xml = record.data[this.props.name] || "";
        const openedFor = `${record.resId}-${record.data.state}`;
        if (!this.isOpen) {
            return;
        }
        if (!record.dirty && this.shown && this.savedXml(record) === this.shown) {
            this.recovery.forget();
        }
        if (openedFor !== this.openedFor) {
            this.waits = false;
            await this.open(record);
            this.state.key++;
        } else if (xml !== this.shown && !this.waits) {
            this.shown = xml;
            this.designer?.load(xml);
        }
    }

    /** What the server is known to have; a page that closes only hopes to have sent it. */
    savedXml(record) {
        return record._values?.[this.props.name] || "";
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

    async commit() {
        this.designer?.diagram?.flush();
        if (!this.waits || !this.designer) {
            return;
        }
        this.waits = false;
        const saved = this.savedXml(this.record);
        this.shown = this.designer.serialize();
        this.recovery.keep(this.shown, saved);
        await this.record.update({ [this.props.name]: this.shown });
        this.record.model.bus.trigger("FIELD_IS_DIRTY", false);
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

    restore() {
        const { xml } = this.state.found;
        this.state.found = null;
        this.designer.load(xml).then(() => this.onChange());
    }

    dismiss() {
        this.recovery.forget();
        this.state.found = null;
    }

    // ------------------------------------------------------ published version

    onHot(elementId, values) {
        this.hot.set(elementId, values);
        this.state.hotCount = this.hot.size;
    }

    async dropHot() {
        this.hot.clear();
        this.state.hotCount = 0;
        await this.showStored(this.record.resId);
    }

    /** What changes at once on a version in use, for running instances too (HU-20). */
    async sendHot() {
        this.designer?.diagram?.flush();
        const changes = [...this.hot];
        this.hot.clear();
        this.state.hotCount = 0;
        const versionId = this.record.resId;
        try {
            for (const [elementId, { settings, name }] of changes) {
                const values = [[versionId], elementId, settings, name];
                await this.orm.call("bpm.process.version", "set_hot", values);
            }
        } catch (error) {
            // Refused: it can be put right in the panel, or dropped.
            this.hot = new Map([...changes, ...this.hot]);
            this.state.hotCount = this.hot.size;
            throw error;
        }
        if (changes.length) {
            this.notification.add(_t("Changed at once, for running instances too."), {
                type: "success",
            });
        }
    }

    async showStored(versionId) {
        const stored = await this.readStored(versionId);
        this.state.stored = stored;
        this.designer?.showStored(stored);
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
    ],
};

registry.category("fields").add("bpmn_designer", bpmnDesignerField);
