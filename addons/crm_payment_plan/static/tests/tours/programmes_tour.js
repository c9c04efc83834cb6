import { registry } from "@web/core/registry";

const PAGE = ".tab-pane.active .o_field_widget";

registry.category("web_tour.tours").add("crm_payment_plan_programmes", {
    steps: () => [
        {
            content: "the student's programmes and payments",
            trigger: "a[name=crm_programmes]",
            run: "click",
        },
        {
            content: "his programme, which his firm pays for",
            trigger: `${PAGE}[name=crm_programme_ids] .o_data_row:contains('Lathes'):contains('40')`,
        },
        {
            content: "the late payment says so in a sign of its own",
            trigger: `${PAGE}[name=crm_payment_ids] .o_data_row:contains('Part 2') [aria-label=Overdue]`,
        },
        {
            content: "the programme in short",
            trigger: `${PAGE}[name=crm_programme_ids] .o_data_cell:contains('Lathes')`,
            run: "click",
        },
        {
            content: "the confirmation goes to the student",
            trigger: ".modal footer button[name=action_send_certificate]",
            run: "click",
        },
        {
            content: "with its PDF",
            trigger: ".modal .o_mail_composer_form, .modal .o_form_view:contains('Maria Student')",
        },
        {
            content: "nothing is sent yet",
            trigger: ".modal .o_field_widget[name=subject] input:value(Confirmation)",
        },
    ],
});
