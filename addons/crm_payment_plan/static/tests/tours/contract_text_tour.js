import { registry } from "@web/core/registry";

const DIALOG = ".modal:has([name=body])";

/** TN-28, AL-15: a clause edited with values from the menu, previewed, and printed. */
registry.category("web_tour.tours").add("crm_payment_plan_contract_text", {
    steps: () => [
        { trigger: ".o_notebook .nav-link:contains(Text and Printing)", run: "click" },
        { trigger: "button[name=action_edit_clauses]", run: "click" },
        { trigger: ".o_field_widget[name=clause_ids] .o_data_row:contains(Warranty)" },
        {
            trigger: ".o_data_row:contains(warrants the equipment) td[name=summary]",
            run: "click",
        },
        { trigger: `${DIALOG} .odoo-editor-editable p`, run: "click" },
        { trigger: `${DIALOG} .odoo-editor-editable`, run: "editor Warranty until the end of" },
        { trigger: `${DIALOG} .o_crm_clause_bar button:contains(Insert value)`, run: "click" },
        { trigger: ".o_crm_clause_values [data-value=date_end]", run: "click" },
        { trigger: `${DIALOG} .odoo-editor-editable:contains({{date_end}})` },
        { trigger: `${DIALOG} .o_form_button_save`, run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            trigger:
                ".o_field_widget[name=clause_ids] .o_data_row:contains(Warranty until the end of)",
        },
        { trigger: "button[name=action_preview]", run: "click" },
        {
            content: "the value is in the text, and what is missing is named",
            trigger: ".modal .o_form_paper:contains(Warranty until the end of)",
        },
        { trigger: ".modal .alert:contains(Who signs)" },
        { trigger: ".modal button[special=cancel]:visible", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "button[name=action_approve]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Approved)" },
        { content: "it can be printed now", trigger: "button[name=action_print]:enabled" },
    ],
});
