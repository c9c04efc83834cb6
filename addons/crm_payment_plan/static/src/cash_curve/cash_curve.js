import { serializeDate, today } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

const SEPARATOR = " / ";

/** Plan and fact cumulated; what has not happened yet is no flat line of the fact. */
export class CashCurveRenderer extends GraphRenderer {
    /** First day of each place on the axis, as the groups' domains tell it; "" if none does. */
    getStarts() {
        const { datasets, labels } = this.model.data;
        return labels.map((_label, place) => {
            const leaves = datasets.flatMap((dataset) => dataset.domains[place] || []);
            const days = leaves
                .filter((leaf) => leaf[0] === "date" && leaf[1] === ">=")
                .map((leaf) => leaf[2]);
            return days.sort().at(-1) || "";
        });
    }

    /** Weeks without any row come as a group of their own, of no kind: they are no line. */
    isGap(dataset) {
        return [...dataset.identifiers].every((key) => key.includes('{"kind":false}'));
    }

    getLineChartData() {
        const data = super.getLineChartData();
        const { selection } = this.model.metaData.fields.kind;
        const [, fact] = selection.find(([kind]) => kind === "fact");
        const starts = this.getStarts();
        const now = serializeDate(today());
        data.datasets = data.datasets.filter((dataset) => !this.isGap(dataset));
        for (const dataset of data.datasets) {
            if (dataset.label.split(SEPARATOR).includes(fact)) {
                dataset.data = dataset.data.map((sum, place) => (starts[place] > now ? null : sum));
            }
        }
        return data;
    }
}

registry.category("views").add("crm_cash_curve", { ...graphView, Renderer: CashCurveRenderer });
