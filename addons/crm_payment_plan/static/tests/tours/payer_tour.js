import { registry } from "@web/core/registry";
import { look } from "./plan_work_tour";

const BADGE = ".badge.text-bg-danger:contains(Disloyal payer)";

/** PF-18: how the customer pays, on the row of the call and on the realisation. */
registry.category("web_tour.tours").add("crm_payment_plan_payer", {
    steps: () => [
        { trigger: `.o_crm_call:contains(Buyer Ltd) ${BADGE}` },
        look(
            ".o_crm_call:contains(Buyer Ltd) .o_crm_call_payer_overdue:contains(12,345)",
            "/odoo/realisations"
        ),
        look(`.o_kanban_record:contains(Tour Project) ${BADGE}`),
        { trigger: ".o_kanban_record:contains(Tour Project)", run: "click" },
        { trigger: `.o_form_view .o_field_widget[name=payer_class] ${BADGE}` },
        look(".o_form_view .o_field_widget[name=payer_overdue_amount]:contains(12,345)"),
    ],
});
