import { registry } from "@web/core/registry";

const DIALOG = ".modal:has(.o_field_widget[name=difference_count])";

/** TN-25: the comparison with accounting shows how far it is, stops, goes on and repairs. */
registry.category("web_tour.tours").add("crm_payment_plan_contract_check", {
    steps: () => [
        { trigger: "[data-menu-xmlid='crm_payment_plan.menu_contracts']", run: "click" },
        { trigger: "[data-menu-xmlid='crm_payment_plan.menu_check']", run: "click" },
        { trigger: ".modal .o_crm_check_stop", run: "click" },
        {
            content: "stopped: what is done is told, the rest waits",
            trigger: ".modal .o_crm_contract_check:contains(of 5 contracts compared)",
        },
        { trigger: ".modal:not(:has(button[name=action_repair]:visible))" },
        { trigger: ".modal .o_crm_check_go_on", run: "click" },
        { trigger: `${DIALOG}:not(:has(.o_crm_contract_check)):contains(differences in)` },
        { trigger: ".modal .o_field_widget[name=line_ids] .o_data_row:eq(2)" },
        { trigger: ".modal button[name=action_repair]", run: "click" },
        { trigger: ".modal p:contains(every figure is what accounting says)" },
        { trigger: ".modal footer button:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
