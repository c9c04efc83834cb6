import { registry } from "@web/core/registry";

/** TN-27: plan and fact of a realisation as two lines; the fact ends today. */
registry.category("web_tour.tours").add("crm_payment_plan_cash_curve", {
    steps: () => [
        { trigger: ".o_data_row td[name=name]:contains(Tour Project)", run: "click" },
        { trigger: "button[name=action_view_cash_curve]", run: "click" },
        {
            trigger: ".o_graph_renderer canvas",
            run() {
                const { datasets } = window.Chart.getChart(this.anchor).data;
                const sums = Object.fromEntries(datasets.map((one) => [one.label, one.data]));
                const last = (name) => sums[name].at(-1);
                const highest = Math.max(...sums.Fact);
                const right = last("Plan of contracts") === 100 && last("Fact") === null;
                if (!right || highest !== 30 || datasets.length !== 2) {
                    throw new Error(`the curve shows ${JSON.stringify(sums)}`);
                }
            },
        },
        { trigger: ".o_switch_view.o_list", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Fact)" },
    ],
});
