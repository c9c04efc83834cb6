import { registry } from "@web/core/registry";

/** TN-20, TN-21: the realisation's money, and a supplier's contract added to its pool. */
registry.category("web_tour.tours").add("crm_payment_plan_realisation", {
    steps: () => [
        { trigger: ".o_data_row td[name=name]:contains(Tour Project)", run: "click" },
        {
            content: "income and margin of the pool",
            trigger: ".o_crm_realisation_money tr[data-row=margin]:contains(130.00)",
        },
        { trigger: ".o_field_widget[name=crm_contract_ids] .o_data_row:contains(Tour Maker)" },
        { trigger: "button[name=action_new_expense_contract]", run: "click" },
        {
            content: "the new contract stands in the project",
            trigger: ".o_field_widget[name=project_id] input:value(Tour Project)",
        },
        { trigger: ".o_field_widget[name=type_id] input:value(Purchase)" },
        { trigger: ".o_field_widget[name=partner_id] input", run: "edit Tour Maker" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Tour Maker)", run: "click" },
        { trigger: ".o_field_widget[name=amount_total] input", run: "edit 20" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: ".breadcrumb-item a:contains(Tour Project)", run: "click" },
        { trigger: ".o_crm_realisation_money tr[data-row=margin]:contains(110.00)" },
    ],
});

/** AL-15: a customer finds his contract in the portal and signs it. */
registry.category("web_tour.tours").add("crm_payment_plan_portal_sign", {
    steps: () => [
        { trigger: ".o_portal_my_doc_table:contains(Tour doors)" },
        {
            trigger: ".o_portal_my_doc_table tr:contains(Tour doors) a",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_crm_portal_payments:contains(Part 1)" },
        { trigger: "a[data-bs-target='#contract_accept']", run: "click" },
        { content: "the sheet has its size", trigger: "#contract_accept canvas:not([width='0'])" },
        { trigger: "#contract_accept .o_web_sign_name_input", run: "edit Anna Buyer" },
        { trigger: "#contract_accept .o_web_sign_auto_button", run: "click" },
        {
            trigger: "#contract_accept .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".alert-success:contains(Thank you)" },
        { trigger: ".badge:contains(Waits for our signature)" },
    ],
});

/** EC-22: the card in a pop-up from the row, and the answer to a question on it. */
registry.category("web_tour.tours").add("crm_payment_plan_popup", {
    steps: () => [
        {
            content: "a sign of the open question",
            trigger: ".o_data_row:contains(Asked part) .o_crm_row_menu .fa-question-circle",
        },
        { trigger: ".o_data_row:contains(Asked part) .o_crm_row_menu button", run: "click" },
        { trigger: ".o-dropdown-item[data-method=action_open_popup]", run: "click" },
        { trigger: ".modal .o_field_widget[name=question_ids]:contains(When?)" },
        { trigger: ".modal .o_field_widget[name=question_ids]:contains(On Friday)" },
        { trigger: ".modal .o_field_widget[name=name] input", run: "edit Renamed part" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: ".o_data_row:contains(Renamed part) td[name=name]", run: "click" },
        {
            content: "the person asked answers on the card",
            trigger: ".o-mail-Activity:contains(How much?) .o-mail-Activity-markDone",
            run: "click",
        },
        { trigger: ".o-mail-ActivityMarkAsDone textarea", run: "edit Ninety today" },
        { trigger: ".o-mail-ActivityMarkAsDone button[aria-label=Done]", run: "click" },
        {
            content: "and the answer stands beside the question",
            trigger: ".o_form_view .o_field_widget[name=question_ids]:contains(Ninety today)",
        },
    ],
});

/** EC-19: quick search, the filter tree and a filter, together. */
registry.category("web_tour.tours").add("crm_payment_plan_search", {
    steps: () => [
        { trigger: ".o_search_panel:contains(Responsible)" },
        { trigger: ".o_searchview_input", run: "edit Late" },
        { trigger: ".o_searchview_autocomplete .o-dropdown-item:first", run: "click" },
        { trigger: ".o_list_view:not(:has(.o_data_row:contains(Next part)))" },
        { trigger: ".o_data_row:contains(Late part)" },
        { trigger: ".o_searchview_facet:contains(Late) .o_facet_remove", run: "click" },
        { trigger: ".o_data_row:contains(Next part)" },
        { trigger: ".o_search_panel_filter_value:contains(Advance) input", run: "click" },
        { trigger: ".o_list_view:not(:has(.o_data_row:contains(Next part)))" },
    ],
});

/** EC-21: on a phone the plan opens at the first section in which there is something. */
registry.category("web_tour.tours").add("crm_payment_plan_phone", {
    steps: () => [
        { trigger: ".o_kanban_group:first .o_kanban_record:contains(Next part)" },
        { trigger: "body:not(:has(.o_kanban_group:contains(Earlier)))" },
    ],
});
