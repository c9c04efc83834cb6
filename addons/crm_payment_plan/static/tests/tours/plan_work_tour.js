import { registry } from "@web/core/registry";

const LATE = ".o_data_row:contains(Late part)";

/** What a person cannot see without scrolling sideways is a fault of the screen. */
function checkWidth() {
    const boxes = document.querySelectorAll("html, .o_content, .o_list_renderer, .modal-body");
    for (const box of boxes) {
        if (box.scrollWidth > box.clientWidth + 1) {
            const width = `${box.scrollWidth} px wide in ${box.clientWidth} px`;
            throw new Error(`${location.pathname} ${box.className}: ${width}`);
        }
    }
}

/** Look at the page once this is seen, then go to the next one. */
export const look = (trigger, next) => ({
    trigger,
    run() {
        checkWidth();
        if (next) {
            window.location.href = next;
        }
    },
    expectUnloadPage: Boolean(next),
});

/** PF-17, EC-18, IM-14: from the invoice to the payment, and what the plan says of it. */
registry.category("web_tour.tours").add("crm_payment_plan_accountant", {
    steps: () => [
        {
            content: "the payer's class in the list of invoices",
            trigger: ".o_data_row:contains(Tour Payer) .badge:contains(Disloyal payer)",
        },
        {
            content: "and the planned payment",
            trigger:
                ".o_data_row:contains(Tour Payer) [name=crm_contract_payment_ids]:contains(Tour part)",
        },
        {
            trigger:
                ".o_data_row:contains(Tour Payer) td[name=partner_id], .o_data_row:contains(Tour Payer) td[name=invoice_partner_display_name]",
            run: "click",
        },
        {
            trigger:
                ".o_form_view .o_field_widget[name=payer_class] .badge.text-bg-danger:contains(Disloyal payer)",
        },
        { trigger: ".o_form_view .o_field_widget[name=crm_contract_id]" },
        {
            content: "the planned payment of the line",
            trigger:
                ".o_field_widget[name=invoice_line_ids] td[name=crm_contract_payment_id]:contains(Tour part)",
        },
        { trigger: "button[name=action_register_payment]:visible", run: "click" },
        { trigger: ".modal .o_field_widget[name=crm_contract_payment_ids]:contains(Tour part)" },
        { trigger: ".modal button[name=action_create_payments]", run: "click" },
        { trigger: "body:not(:has(.modal)) button[name=action_view_crm_contracts]", run: "click" },
        {
            content: "the contract says it at once",
            trigger: ".o_form_view .o_crm_contract_money:contains(Paid):contains(60.00)",
        },
        look(".o_form_view .o_crm_contract_money", "/odoo/receipts-plan"),
        {
            trigger: ".o_searchview_facet:contains(Planned) .o_facet_remove",
            run: "click",
        },
        { trigger: ".o_data_row:contains(Tour part) .badge.text-bg-success:contains(Received)" },
    ],
});

/** EC-19, EC-20, EC-23: account and deal from the row; columns and a filter of one's own. */
registry.category("web_tour.tours").add("crm_payment_plan_links", {
    steps: () => [
        { content: "overdue is red", trigger: `${LATE}.text-danger, ${LATE} td.text-danger` },
        { trigger: `${LATE} .badge.text-bg-danger:contains(Planned)` },
        look(`${LATE} td[name=lead_id]:contains(Tour deal)`),
        { trigger: `${LATE} td[name=partner_id] a.o_form_uri`, run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=name] :value(Buyer Ltd)" },
        { trigger: ".o_breadcrumb a:contains(Receipts Plan), .o_back_button", run: "click" },
        { trigger: `${LATE} td[name=lead_id] a.o_form_uri`, run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=name] :value(Tour deal)" },
        { trigger: ".o_breadcrumb a:contains(Receipts Plan), .o_back_button", run: "click" },
        { trigger: ".o_list_view:not(:has(th[data-name=kind]))" },
        { trigger: ".o_optional_columns_dropdown button", run: "click" },
        { trigger: ".o-dropdown--menu input[name=kind]", run: "click" },
        { trigger: ".o_list_view th[data-name=kind]" },
        { trigger: `${LATE} td[name=kind]:contains(Advance)` },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_add_custom_filter", run: "click" },
        {
            trigger: ".modal .o_tree_editor_condition input.o-autocomplete--input",
            run: "edit Colleague",
        },
        { trigger: ".o-autocomplete--dropdown-item:contains(Colleague)", run: "click" },
        { trigger: ".modal .o_tree_editor_condition .o_tag:contains(Colleague)" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: `.o_list_view:not(:has(${LATE})) .o_data_row:contains(Part 1)` },
        { trigger: ".o_searchview_facet:contains(Colleague)" },
    ],
});

/** EC-22, EC-23: on a phone the card's menu changes the status and takes a comment. */
registry.category("web_tour.tours").add("crm_payment_plan_phone_menu", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Late part) .text-danger [aria-label=Overdue]",
        },
        { trigger: ".o_kanban_record:contains(Late part) .o_dropdown_kanban button", run: "click" },
        { trigger: ".o-dropdown--menu [name=action_comment]", run: "click" },
        { trigger: ".modal [name=text] textarea", run: "edit He is ill" },
        { trigger: ".modal button[name=action_apply]:visible", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_kanban_record:contains(Late part) .o_dropdown_kanban button", run: "click" },
        { trigger: ".o-dropdown--menu [name=action_set_cancelled]", run: "click" },
        look("body:not(:has(.o_kanban_record:contains(Late part)))"),
        { trigger: ".o_kanban_record:contains(Next part)", run: "click" },
        look(".o_form_view .o_field_widget[name=amount]", "/odoo/contracts"),
        look(".o_kanban_record:contains(Buyer Ltd), .o_data_row:contains(Buyer Ltd)"),
        {
            trigger: ".o_kanban_record:contains(Buyer Ltd), .o_data_row:contains(Buyer Ltd)",
            run: "click",
        },
        look(".o_form_view .o_crm_contract_money", "/odoo/reminders-to-review"),
        look(".o_reminder_run .o_kanban_record:contains(Buyer Ltd)", "/odoo/debts"),
        look(".o_kanban_record:contains(Buyer Ltd):contains(overdue for)", "/odoo/overdue-week"),
        look(
            ".o_kanban_record:contains(Buyer Ltd):contains(overdue for)",
            "/odoo/action-crm_payment_plan.crm_reconciliation_action"
        ),
        look(".modal button[name=action_print]:visible", "/odoo/payment-calendar"),
        look(
            ".o_calendar_view .o_crm_day_balance, .o_calendar_view .o_event",
            "/odoo/cash-budgets"
        ),
        {
            trigger: ".o_kanban_record:contains(Tour budget), .o_data_row:contains(Tour budget)",
            run: "click",
        },
        look(
            ".o_form_view .o_field_widget[name=line_ids] .o_kanban_record:contains(55)",
            "/odoo/action-crm_payment_plan.crm_payment_scheme_action"
        ),
        { trigger: ".o_data_row:contains(12 equal) td[name=name]", run: "click" },
        look(".o_form_view .o_field_widget[name=line_ids]", "/odoo/customers-watched"),
        { trigger: ".o_kanban_record:contains(Buyer Ltd)", run: "click" },
        look(".o_form_view .o_field_widget[name=name]"),
    ],
});
