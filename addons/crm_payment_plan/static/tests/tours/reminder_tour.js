import { registry } from "@web/core/registry";

const row = (name) => `.o_field_widget[name=reminder_ids] .o_data_row:contains('${name}')`;

registry.category("web_tour.tours").add("crm_payment_reminder", {
    steps: () => [
        {
            content: "One button for all that became overdue this week",
            trigger: "button[name=action_overdue_week]",
            run: "click",
        },
        { trigger: ".o_reminder_run .o_reminder_counts:contains('2')" },
        {
            content: "Who promised to pay is held back, and it is said why",
            trigger: `${row("Promised Ltd")} .badge:contains('Promise is open')`,
        },
        {
            content: "Not this one",
            trigger: `${row("Orion Parts")} [name=chosen] input`,
            run: "click",
        },
        {
            content: "Look at the mail of a customer",
            trigger: `${row("Vector Auto")} [name=partner_id]`,
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=document_ids] .o_data_row" },
        { trigger: ".modal .nav-link:contains('Text')", run: "click" },
        { trigger: ".modal .o_field_widget[name=body] table:contains('Total')" },
        {
            trigger: ".modal .o_field_widget[name=subject] input",
            run: "edit About your invoice, Ivan",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "button[name=action_send]", run: "click" },
        { trigger: ".modal .modal-footer .btn-primary", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Sent')" },
        { trigger: `${row("Vector Auto")}:contains('In the outbox')` },
    ],
});

registry.category("web_tour.tours").add("crm_payment_reminder_review", {
    steps: () => [
        {
            content: "The list of all whose turn has come is dropped",
            trigger: ".o_reminder_run button[name=action_cancel]",
            run: "click",
        },
        { trigger: ".modal .modal-footer .btn-primary", run: "click" },
        {
            content: "and offers the next one",
            trigger: ".o_reminder_run button[name=action_new_list]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains('To review')" },
        {
            content: "What is held back is ticked by a person who has seen why",
            trigger: `${row("Orion Parts")} .badge:contains('Promise is open')`,
        },
        { trigger: `${row("Orion Parts")} [name=chosen] input`, run: "click" },
        {
            content: "Nobody to write to: no tick",
            trigger: `${row("Mute Ltd")}:has([name=chosen] input:disabled) .badge:contains('No e-mail')`,
        },
        { trigger: `${row("Mute Ltd")} [name=partner_id]`, run: "click" },
        { trigger: ".modal .alert:contains('give a contact the role')" },
        { trigger: ".modal .o_field_widget[name=level_id] input", run: "edit Posted letter" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Posted letter)",
            run: "click",
        },
        {
            content: "a letter needs no address of a mail",
            trigger: ".modal:not(:has(.o_field_widget[name=recipient_ids]))",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: `${row("Mute Ltd")}:contains('Posted letter')` },
        { trigger: ".o_reminder_run .o_form_button_save:visible", run: "click" },
        { trigger: ".o_reminder_run .o_reminder_counts:contains('3')" },
        { trigger: "button[name=action_send]", run: "click" },
        { trigger: ".modal .modal-footer .btn-primary", run: "click" },
        {
            content: "More than a person waits for leaves in the background",
            trigger: ".o_arrow_button_current:contains('Sending')",
        },
        { trigger: ".o_reminder_run .alert:contains('you may leave the page')" },
    ],
});

/** On a phone the lists are cards; the button stands above them. */
registry.category("web_tour.tours").add("crm_payment_reminder_phone", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('Vector Auto')" },
        { trigger: "button[name=action_overdue_week]:visible", run: "click" },
        { trigger: ".o_reminder_run .o_kanban_record:contains('Vector Auto')", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=document_ids] .o_kanban_record",
            run() {
                const wide = document.documentElement.scrollWidth;
                const dialog = document.querySelector(".modal-body");
                if (wide > 391 || dialog.scrollWidth > dialog.clientWidth + 1) {
                    throw new Error(`The reminder is ${dialog.scrollWidth} px wide`);
                }
            },
        },
        { trigger: ".modal .nav-link:contains('Text')", run: "click" },
        { trigger: ".modal .o_field_widget[name=body] table:contains('Total')" },
    ],
});

registry.category("web_tour.tours").add("crm_payment_promise", {
    steps: () => [
        {
            content: "He said on the phone when he will pay",
            trigger: ".o_payment_talk button[name=action_payment_promise]",
            run: "click",
        },
        { trigger: ".modal [name=amount] input", run: "edit 300" },
        { trigger: ".modal [name=note] input", run: "edit On Friday, says the director" },
        { trigger: ".modal .o_field_widget[name=date] input", run: "edit 12/31/2027 && press Tab" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: ".o_payment_talk:contains('1 open')" },
    ],
});
