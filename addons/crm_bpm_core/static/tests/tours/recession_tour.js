import { assertNoSideScroll } from "./calls_today_tour";
import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_bpm_core_recession_backtest", {
    steps: () => [
        { trigger: "button[name=action_open_backtest]", run: "click" },
        {
            content: "All three, from the own history, with the one in use marked",
            trigger: ".o_recession_choices [data-sensitivity=standard]:contains(In use)",
        },
        { trigger: "[data-sensitivity=standard]:contains(1 of 1 past losses caught)" },
        { trigger: "[data-sensitivity=standard]:contains(waited for 28 days)" },
        { trigger: ".o_recession_chart canvas", run: assertNoSideScroll },
        {
            content: "The dialog does not scroll sideways either",
            trigger: ".modal-body .o_recession_sensitivity",
            run() {
                const body = this.anchor.closest(".modal-body");
                if (body.scrollWidth > body.clientWidth + 1) {
                    throw new Error(`${body.scrollWidth} > ${body.clientWidth}`);
                }
            },
        },
        { trigger: "[data-sensitivity=early] button", run: "click" },
        { trigger: "[data-sensitivity=early]:contains(In use)" },
        {
            content: "Another period is read anew",
            trigger: ".o_recession_sensitivity .btn-group button:contains(6 months)",
            run: "click",
        },
        { trigger: "[data-sensitivity=early]:contains(In use)" },
        { trigger: ".modal-footer button[name=action_switch_on]", run: "click" },
        {
            trigger:
                "body:not(:has(.modal)) [name=state] [aria-checked=true]:contains(Switched on)",
        },
    ],
});
