import { Component, onWillStart, useState } from "@odoo/owl";
import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { redirect } from "@web/core/utils/urls";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useProposals } from "../proposals/use_proposals";
import { BpmnViewer } from "../viewer/viewer";
import { durationText, momentText, percentText } from "../common/words";

const { DateTime } = luxon;
/** What colours the picture: the figure of an element and how it is said. */
const METRICS = {
    median: { label: _t("Median time"), text: durationText },
    count: { label: _t("Times passed"), text: String },
    waiting: { label: _t("Waiting"), text: String },
    overdue_share: { label: _t("Overdue"), text: percentText },
};
const COLUMNS = [
    { key: "name", label: _t("Step") },
    { key: "count", label: _t("Passed"), text: String },
    { key: "median", label: _t("Median"), text: durationText },
    { key: "p90", label: _t("90th percentile"), text: durationText, wide: true },
    { key: "waiting", label: _t("Waiting"), text: String },
    { key: "overdue_share", label: _t("Overdue"), text: percentText },
];

/** The record that was chosen in a select; false: all of them. */
function chosenId(ev) {
    return Number(ev.target.value) || false;
}

/**
 * Where a process spends its time: its diagram coloured by a figure, the same figures in a
 * table, and its versions side by side. Every figure opens its list.
 */
export class HeatMap extends Component {
    static template = "bpm_engine.HeatMap";
    // Those of its action: a page that is loaded again has no list before its process.
    static path = "process-heat";
    static displayName = _t("Heat Map");
    static components = { Layout, BpmnViewer };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.proposals = useProposals(() => this.load());
        this.ui = useState(useService("ui"));
        Object.assign(this, { METRICS, COLUMNS, chosenId, durationText, momentText, percentText });
        this.periods = [7, 30, 90];
        this.state = useState({
            processes: [],
            processId: false,
            days: 30,
            from: "",
            to: "",
            versionId: false,
            userId: false,
            companyId: false,
            metric: "median",
            sort: { key: "median", down: true },
            selected: "",
            data: null,
            comparison: null,
            first: false,
            second: false,
        });
        onWillStart(() => this.start());
    }

    async start() {
        this.state.processes = await this.orm.searchRead(
            "bpm.process",
            [["version_ids.state", "!=", "draft"]],
            ["name"]
        );
        const { context = {}, params = {} } = this.props.action;
        const asked = [
            this.props.resId,
            params.process_id,
            context.active_model === "bpm.process" && context.active_id,
        ].find((id) => this.state.processes.some((process) => process.id === id));
        this.state.processId = asked || this.state.processes[0]?.id || false;
        await this.load();
    }

    get options() {
        const { days, from, to, versionId, userId, companyId } = this.state;
        const since = days ? serializeDate(DateTime.now().minus({ days })) : from;
        return {
            date_from: since || false,
            date_to: (days ? "" : to) || false,
            version_id: versionId,
            user_id: userId,
            company_id: companyId,
        };
    }

    async load() {
        const { processId } = this.state;
        if (!processId) {
            return;
        }
        this.props.updateActionState?.({ resId: processId });
        // Answers to what was asked before the last choice come too late.
        const options = (this.asked = this.options);
        const data = await this.orm.call("bpm.heat", "get_heat", [processId, options]);
        if (options !== this.asked) {
            return;
        }
        this.state.data = data;
        const [first, second] = this.data.versions.slice(-2).map((row) => row.version_id);
        Object.assign(this.state, { first, second, comparison: null });
        if (second) {
            await this.compare();
        }
    }

    async compare() {
        const { processId, first, second } = this.state;
        this.state.comparison = await this.orm.call("bpm.heat", "compare_versions", [
            processId,
            first,
            second,
            this.options,
        ]);
    }

    get data() {
        return this.state.data;
    }

    set(values) {
        Object.assign(this.state, values);
        return this.load();
    }

    setProcess(processId) {
        return this.set({ processId, versionId: false, userId: false, selected: "" });
    }

    /** One of the two versions that are compared. */
    setSide(side, versionId) {
        this.state[side] = versionId;
        return this.compare();
    }

    setDay(values) {
        const { from, to } = { ...this.state, ...values };
        Object.assign(this.state, values, { days: false });
        if (from && to && from > to) {
            this.asked = null;
            return;
        }
        return this.load();
    }

    get isPeriodWrong() {
        const { days, from, to } = this.state;
        return !days && from && to && from > to;
    }

    // The picture

    get largest() {
        return Math.max(0, ...this.data.elements.map((row) => row[this.state.metric]));
    }

    get heat() {
        const { text, label } = METRICS[this.state.metric];
        return this.data.elements
            .filter((row) => row[this.state.metric])
            .map((row) => ({
                element: row.element,
                value: row[this.state.metric] / this.largest,
                badge: text(row[this.state.metric]),
                title: `${row.name}: ${label} ${text(row[this.state.metric])}`,
            }));
    }

    get scale() {
        const { text, label } = METRICS[this.state.metric];
        return { title: label, max: text(this.largest) };
    }

    // The table

    get rows() {
        const { key, down } = this.state.sort;
        const rows = this.data.elements.filter(
            (row) => (row.count || row.waiting) && !row.is_silent
        );
        const order = (a, b) => (key === "name" ? a.name.localeCompare(b.name) : a[key] - b[key]);
        return rows.sort((a, b) => (down ? -order(a, b) : order(a, b)));
    }

    sortBy(key) {
        const { sort } = this.state;
        this.state.sort = { key, down: sort.key === key ? !sort.down : key !== "name" };
    }

    sortIcon(key) {
        const { sort } = this.state;
        return sort.key === key ? `fa-sort-${sort.down ? "desc" : "asc"}` : "fa-sort";
    }

    ariaSort(key) {
        const { sort } = this.state;
        return sort.key === key ? (sort.down ? "descending" : "ascending") : "none";
    }

    get selected() {
        return this.data.elements.find((row) => row.element === this.state.selected);
    }

    select(element) {
        const row = this.data.elements.find((known) => known.element === element);
        this.state.selected = row && this.state.selected !== element ? element : "";
    }

    get versionRows() {
        return this.data.versions;
    }

    resultText(row) {
        return row.results
            .map((result) => `${result.name} ${percentText(result.share)}`)
            .join(", ");
    }

    // Every figure opens its list

    /** @param {string} what the figure, as bpm.heat.get_list() names it */
    async openList(what, key, name) {
        const { processId } = this.state;
        const values = [processId, what, key, this.options];
        const { model, domain } = await this.orm.call("bpm.heat", "get_list", values);
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain,
        });
    }

    openPasses(row) {
        return this.openList("passes", row.element, row.name);
    }

    openOverdue(row) {
        return this.openList("overdue", row.element, _t("Done late: %s", row.name));
    }

    openWaiting(row) {
        return this.openList("waiting", row.element, _t("Waiting: %s", row.name));
    }

    openLate(row) {
        return this.openList("late", row.element, _t("Late: %s", row.name));
    }

    propose(row) {
        const { proposal_version_id: version } = this.data;
        return this.proposals.propose("bpm.process.version", version, [row.element]);
    }

    openProposals(row) {
        return this.proposals.open(this.state.processId, row.element, row.name);
    }

    openVersion(row) {
        return this.openList("ended", row.version_id, row.name);
    }

    openCycleTimes() {
        return this.action.doAction("bpm_engine.bpm_cycle_report_action", {
            additionalContext: {
                search_default_process_id: this.state.processId,
            },
        });
    }

    openProcesses() {
        return this.action.doAction("bpm_engine.bpm_process_action");
    }

    exportLog() {
        const { date_from, date_to, version_id, company_id } = this.options;
        const values = { date_from, date_to, version_id, company_id };
        const query = new URLSearchParams({ company_ids: user.activeCompanies.map((c) => c.id) });
        for (const [key, value] of Object.entries(values)) {
            if (value) {
                query.set(key, value);
            }
        }
        redirect(`/bpm/xes/${this.state.processId}?${query}`);
    }
}

registry.category("actions").add("bpm_engine.heat_map", HeatMap);
