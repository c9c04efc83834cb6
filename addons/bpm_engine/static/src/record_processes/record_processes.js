import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";
import { momentText, relativeText } from "@bpm_engine/common/words";
import { StartButtons } from "@bpm_engine/record_processes/start_buttons";
import { OutcomeButtons } from "@bpm_engine/tasks/outcome_buttons";

const ICONS = {
    running: "fa-play",
    incident: "fa-exclamation-triangle",
    suspended: "fa-pause",
    done: "fa-check",
    cancelled: "fa-ban",
};

/** What runs on a record, what ran with which result, and what can be started. */
export class RecordProcesses extends Component {
    static template = "bpm_engine.RecordProcesses";
    static components = { Dialog, OutcomeButtons, StartButtons };
    static props = {
        resModel: String,
        resId: Number,
        name: { type: String, optional: true },
        /** Called after something has changed on the record. */
        onChanged: { type: Function, optional: true },
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({ instances: [], startable: [], opened: {} });
        Object.assign(this, { momentText, relativeText });
        onWillStart(() => this.load());
    }

    async load() {
        const { resModel, resId } = this.props;
        const found = await this.orm.call("bpm.instance", "get_record_processes", [
            resModel,
            resId,
        ]);
        Object.assign(this.state, found);
    }

    stepsTitle(instance) {
        return _t("What was done (%s)", instance.steps.length);
    }

    get running() {
        return this.state.instances.filter((item) => !["done", "cancelled"].includes(item.state));
    }

    get ended() {
        return this.state.instances.filter((item) => ["done", "cancelled"].includes(item.state));
    }

    icon(instance) {
        return ICONS[instance.state] || "fa-circle";
    }

    async changed() {
        await this.load();
        await this.props.onChanged?.();
    }

    async start(process) {
        await this.orm.call("bpm.process", "action_start", [[process.id], [this.props.resId]]);
        this.notification.add(_t("%s has started", process.name), { type: "success" });
        await this.changed();
    }

    toggle(instance) {
        this.state.opened[instance.id] = !this.state.opened[instance.id];
    }
}
