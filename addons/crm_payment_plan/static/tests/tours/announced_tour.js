import { registry } from "@web/core/registry";

const MARK = ".o_crm_announced:contains(Announced)";

/** TN-26: money that is announced stands under Received and beside its row, and is no receipt. */
registry.category("web_tour.tours").add("crm_payment_plan_announced", {
    steps: () => [
        {
            content: "the bar says it",
            trigger:
                ".o_crm_contract_money .text-muted:contains(Announced, not booked):contains(60.00)",
        },
        {
            content: "nothing is paid yet",
            trigger: ".o_crm_contract_money span:contains(Paid) b:contains(0.00)",
        },
        {
            content: "the row that it will close is marked",
            trigger: `.o_data_row:contains(Part 1) ${MARK}, .o_kanban_record:contains(Part 1) ${MARK}`,
        },
        { trigger: ".o_field_widget[name=announced_total]:contains(60.00)" },
        {
            content: "no other row is, and the screen does not scroll sideways",
            trigger: ".o_form_view",
            run() {
                const marks = document.querySelectorAll(".o_crm_announced");
                if (marks.length !== 1) {
                    throw new Error(`${marks.length} rows are marked`);
                }
                for (const box of document.querySelectorAll("html, .o_content")) {
                    if (box.scrollWidth > box.clientWidth + 1) {
                        throw new Error(`${box.className}: ${box.scrollWidth} px wide`);
                    }
                }
            },
        },
    ],
});
