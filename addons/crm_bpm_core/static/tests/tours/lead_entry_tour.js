import { registry } from "@web/core/registry";

/** The need is chosen late: the panel says what is missing, and the deal begins anew. */
registry.category("web_tour.tours").add("crm_bpm_stage_entry", {
    steps: () => [
        { trigger: "[name=need_id] input", run: "edit Late choice" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Late choice)", run: "click" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_bpm_stage_panel .modal-title:contains(Regulation “Sale”)" },
        { trigger: ".o_bpm_stage_panel .o_bpm_stage_entering" },
        { trigger: ".o_bpm_stage_panel li:contains(Budget known)" },
        { trigger: ".o_bpm_stage_panel li:contains(“Call” belongs to the stage “First”)" },
        { trigger: ".o_bpm_stage_begin:contains(Begin at “First”)", run: "click" },
        { trigger: ".o_bpm_stage_bar:contains(Call)" },
        { trigger: ".o_form_saved" },
    ],
});
