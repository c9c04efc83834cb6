import { Component, onWillStart, useState } from "@odoo/owl";
import { serializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { momentText, relativeText } from "../common/words";
import { useProposals } from "../proposals/use_proposals";
import { BpmnViewer } from "../viewer/viewer";

const { DateTime } = luxon;
const LINE_ICONS = {
    started: "fa-play",
    ended: "fa-flag-checkered",
    migrated: "fa-random",
    open: "fa-hourglass-half",
    done: "fa-check",
    withdrawn: "fa-ban",
};

/** A running process as people see it: what comes next, where it stands, what happened. */
export class InstanceSight extends Component {
    static template = "bpm_engine.InstanceSight";
    static components = { BpmnViewer };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.proposals = useProposals(() => this.load());
        this.ui = useState(useService("ui"));
        this.state = useState({
            sight: null,
            moment: "",
            every: false,
            selected: "",
            selectedName: "",
        });
        Object.assign(this, { momentText, relativeText });
        onWillStart(() => this.load());
        // After a task was done or a button pressed, the form reloads its record.
        useRecordObserver((record) => {
            const stamp = `${record.resId} ${record.data.state} ${record.data.next_step}`;
            if (this.stamp && stamp !== this.stamp) {
                this.load(record.resId);
            }
            this.stamp = stamp;
        });
    }

    async load(resId = this.props.record.resId) {
        if (resId) {
            this.state.sight = await this.orm.call("bpm.instance", "get_sight", [[resId]], {
                moment: this.utcMoment,
            });
        }
    }

    get sight() {
        return this.state.sight;
    }

    get utcMoment() {
        return this.state.moment ? serializeDateTime(DateTime.fromISO(this.state.moment)) : false;
    }

    onMoment(ev) {
        this.state.moment = ev.target.value;
        return this.load();
    }

    showNow() {
        this.state.moment = "";
        return this.load();
    }

    /** The newest first: what happened last is what people look for. */
    get lines() {
        const { selected, every } = this.state;
        return this.sight.history
            .filter((line) => (selected ? line.element === selected : every || !line.quiet))
            .reverse();
    }

    get hiddenCount() {
        return this.sight.history.filter((line) => line.quiet).length;
    }

    get selectedName() {
        const line = this.sight.history.find((row) => row.element === this.state.selected);
        return line?.name || this.state.selectedName || this.state.selected;
    }

    select(element, name = "") {
        this.state.selectedName = name;
        this.state.selected = !element || this.state.selected === element ? "" : element;
    }

    propose() {
        const { id } = this.sight;
        return this.proposals.propose("bpm.instance", id, [this.state.selected || false]);
    }

    openProposals() {
        return this.proposals.open(this.sight.process_id, this.state.selected, this.selectedName);
    }

    get proposalCount() {
        return this.sight.proposals[this.state.selected] || 0;
    }

    icon(line) {
        return LINE_ICONS[line.state] || "fa-circle-o";
    }

    took(line) {
        if (line.state === "open") {
            return _t("open since %s", momentText(line.at));
        }
        if (line.state === "withdrawn") {
            return _t("withdrawn after %s", line.took);
        }
        return line.until ? _t("took %s", line.took) : "";
    }
}

registry.category("view_widgets").add("bpm_instance_sight", {
    component: InstanceSight,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "next_step", type: "char" },
    ],
});
