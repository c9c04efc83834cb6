import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

/** The colours of the badges: green is strict, red is disloyal, everywhere. */
export const CLASS_COLORS = {
    strict: "#28a745",
    hesitant: "#ffac00",
    disloyal: "#dc3545",
    unrated: "#adb5bd",
};
const SEPARATOR = " / ";

/** A chart whose bars and sectors have the colours of the payers' classes. */
export class PayerGraphRenderer extends GraphRenderer {
    /** Colour of a series or sector, by the class that its label names; else undefined. */
    getClassColor(label) {
        const { selection } = this.model.metaData.fields.payer_class;
        const words = label.split(SEPARATOR);
        const found = selection.find(([, word]) => words.includes(word));
        return found && CLASS_COLORS[found[0]];
    }

    getBarChartData() {
        const data = super.getBarChartData();
        for (const dataset of this.model.data.datasets) {
            const columns = data.labels.map((label) => this.getClassColor(label));
            const own = dataset.backgroundColor;
            dataset.backgroundColor = columns.some(Boolean)
                ? columns.map((color) => color || own)
                : this.getClassColor(dataset.label) || this.getRestColor(own);
        }
        return data;
    }

    /** Who has no class is grey where the others have one. */
    getRestColor(color) {
        const { datasets } = this.model.data;
        const isByClass = datasets.some((dataset) => this.getClassColor(dataset.label));
        return isByClass ? CLASS_COLORS.unrated : color;
    }

    getPieChartData() {
        const data = super.getPieChartData();
        for (const dataset of data.datasets) {
            if (Array.isArray(dataset.backgroundColor)) {
                dataset.backgroundColor = dataset.hoverBackgroundColor =
                    dataset.backgroundColor.map(
                        (color, index) => this.getClassColor(data.labels[index] || "") || color
                    );
            }
        }
        return data;
    }
}

registry.category("views").add("crm_payer_graph", { ...graphView, Renderer: PayerGraphRenderer });
