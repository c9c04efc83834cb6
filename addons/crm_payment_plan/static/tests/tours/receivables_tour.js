import { registry } from "@web/core/registry";

// The file itself is chosen by the test: a browser lets no script choose files.
registry.category("web_tour.tours").add("crm_receivable_import", {
    steps: () => [
        {
            content: "The file waits to be read",
            trigger: "button[name=action_read]",
            run: "click",
        },
        {
            content: "Nothing has changed yet; the difference is shown",
            trigger: ".o_form_view button[name=action_view_rows]:contains('New'):contains('4')",
        },
        { trigger: ".o_field_widget[name=row_ids] .o_data_row:contains('R-1')" },
        {
            content: "One firm has the very name of a customer",
            trigger: ".alert:contains('exactly the name') button[name=action_accept_proposed]",
            run: "click",
        },
        { trigger: ".o_form_view:not(:has(button[name=action_accept_proposed]))" },
        { content: "Apply", trigger: "button[name=action_apply]", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Applied')" },
        {
            content: "Who is nobody's customer yet?",
            trigger: ".oe_stat_button[name=action_view_unmatched]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains('Вектор')" },
    ],
});

registry.category("web_tour.tours").add("crm_receivable_firm", {
    steps: () => [
        {
            content: "Say once which customer it is",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Vector Auto",
        },
        { trigger: ".ui-menu-item a:contains('Vector Auto')", run: "click" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_view:contains('By hand')" },
    ],
});

registry.category("web_tour.tours").add("crm_payer_override", {
    steps: () => [
        {
            content: "The class stands on the card, in words",
            trigger: ".o_payer .badge:contains('Disloyal payer')",
        },
        { trigger: ".o_payer:contains('overdue')" },
        {
            content: "Why?",
            trigger: "button[name=action_view_payer_discipline]",
            run: "click",
        },
        { trigger: ".o_form_view:contains('overdue for too long')" },
        { trigger: "button[name=action_override]", run: "click" },
        { trigger: ".modal .o_radio_item:contains('Hesitant') input", run: "click" },
        { trigger: ".modal [name=reason] input", run: "edit Agreed a plan" },
        { trigger: ".modal button[name=action_set]", run: "click" },
        { trigger: ".o_form_view .alert:contains('Agreed a plan')" },
        { trigger: ".oe_title .badge:contains('Hesitant payer')" },
        { trigger: "button[name=action_end_override]", run: "click" },
        { trigger: ".oe_title .badge:contains('Disloyal payer')" },
    ],
});
