import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_payer_chart", {
    steps: () => [
        {
            content: "Strict payers are green in the chart as they are on their cards",
            trigger: ".o_graph_renderer canvas",
            run() {
                const { datasets } = window.Chart.getChart(this.anchor).data;
                const strict = datasets.find(({ label }) => label === "Strict payer");
                if (strict?.backgroundColor !== "#28a745") {
                    throw new Error(`strict payers are ${strict?.backgroundColor}`);
                }
            },
        },
        {
            content: "The same as a pie",
            trigger: ".o_graph_button[data-mode=pie]",
            run: "click",
        },
        { trigger: ".o_graph_button[data-mode=pie].active" },
        { trigger: ".o_graph_renderer canvas" },
        { content: "Who they are", trigger: ".o_switch_view.o_list", run: "click" },
        { trigger: ".o_list_view .o_data_row .badge:contains('Strict payer')" },
    ],
});
