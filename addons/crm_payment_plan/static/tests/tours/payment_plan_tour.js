import { registry } from "@web/core/registry";

const ROW = ".o_data_row:contains(Late part)";

/** EC-20, EC-22, EC-23: status, question and links from a row of the receipts plan. */
registry.category("web_tour.tours").add("crm_payment_plan_receipts", {
    steps: () => [
        { content: "five sections", trigger: ".o_group_name:contains(This week)" },
        { content: "overdue is marked", trigger: `${ROW} [aria-label=Overdue]` },
        { trigger: `${ROW} .o_crm_row_menu button`, run: "click" },
        { trigger: ".o-dropdown-item[data-method=action_ask]", run: "click" },
        { trigger: ".modal [name=text] textarea", run: "edit When will they pay?" },
        { trigger: ".modal button[name=action_apply]:visible", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: `${ROW} .o_crm_row_menu button`, run: "click" },
        { trigger: ".o-dropdown-item[data-method=action_set_received]", run: "click" },
        { content: "no longer planned", trigger: `.o_list_view:not(:has(${ROW}))` },
        { trigger: ".o_data_row:contains(Next part) td[name=name]", run: "click" },
        { content: "the card", trigger: ".o_form_view h1 input:value(Next part)" },
        {
            content: "the card's buttons",
            trigger: "button[name=action_set_received]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Received)" },
        { trigger: "button[name=action_set_planned]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Planned)" },
        {
            content: "cancelled by the card's button",
            trigger: "button[name=action_set_cancelled]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Cancelled)" },
    ],
});

/** TN-23, AL-15: a contract from the form: plan by a scheme, approval. */
registry.category("web_tour.tours").add("crm_payment_plan_contract", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=partner_id] input", run: "edit Tour Buyer" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Tour Buyer)", run: "click" },
        { trigger: ".o_field_widget[name=amount_total] input", run: "edit 100" },
        { trigger: ".o_field_widget[name=scheme_id] input", run: "edit 12 equal" },
        { trigger: ".o-autocomplete--dropdown-item:contains(12 equal)", run: "click" },
        { trigger: "button[name=action_generate_plan]", run: "click" },
        { trigger: ".o_field_widget[name=payment_ids] .o_data_row:contains(8.34)" },
        {
            content: "the bar",
            trigger: ".o_crm_contract_money:contains(Remaining):contains(100.00)",
        },
        { trigger: "button[name=action_approve]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Approved)" },
    ],
});

/** EC-16, EC-17: the head's board opens the section that was clicked. */
registry.category("web_tour.tours").add("crm_payment_plan_board", {
    steps: () => [
        {
            trigger: ".o_crm_tile_receipts [data-section='3_week']:contains(This week)",
            run: "click",
        },
        { trigger: ".o_breadcrumb:contains(This week)" },
        { trigger: ".o_data_row:contains(Next part)" },
    ],
});
