import { registry } from "@web/core/registry";
import { look } from "./plan_work_tour";

const TASK = ".o_kanban_record:contains(Attach the proof of payment)";
const FIELD = ".modal .o_field_widget[name=crm_bill_proof_ids]";

/** HU-08: the task of a process takes the file that it asks for. */
registry.category("web_tour.tours").add("crm_payment_plan_bill_proof", {
    steps: () => [
        { trigger: `${TASK} .o_bpm_more`, run: "click" },
        look(`${FIELD} .o_attach`),
        {
            trigger: `${FIELD} .o_attach`,
            run({ anchor }) {
                const input = anchor.closest(".o_field_widget").querySelector("input[type=file]");
                const transfer = new DataTransfer();
                transfer.items.add(new File(["Payment order 7"], "order.txt"));
                input.files = transfer.files;
                input.dispatchEvent(new Event("change"));
            },
        },
        look(`${FIELD} .o_attachment:contains(order.txt)`),
        { trigger: ".modal .o_bpm_outcome[data-outcome=attached]", run: "click" },
        { trigger: `body:not(:has(.modal)):not(:has(${TASK}))` },
    ],
});
