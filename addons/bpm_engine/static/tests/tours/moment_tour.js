import { registry } from "@web/core/registry";

const CANVAS = ".o_bpm_canvas";
const click = (trigger, content) => ({ content, trigger, run: "click" });

function choose(id) {
    return {
        content: `choose ${id}`,
        trigger: `${CANVAS} .djs-element[data-element-id="${id}"] .djs-hit`,
        run() {
            const box = this.anchor.getBoundingClientRect();
            const place = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
            for (const name of ["mouseover", "mousedown", "mouseup", "click"]) {
                const options = { bubbles: true, button: 0, view: window, ...place };
                this.anchor.dispatchEvent(new MouseEvent(name, options));
            }
        },
    };
}

/**
 * When a timer goes off: a day from the calendar, a date of the record; for which list of the
 * record a step is done: nothing is typed.
 */
registry.category("web_tour.tours").add("bpm_engine_moment", {
    steps: () => [
        choose("Day"),
        { trigger: ".o_bpm_timer select[name=timer_kind]", run: "select timeDate" },
        {
            content: "it begins with tomorrow morning",
            trigger: ".o_bpm_moment input:value(/9:00|09:00/)",
            run: "edit 12/24/2030 10:30 && press Enter",
        },
        choose("Field"),
        { trigger: ".o_bpm_timer select[name=timer_kind]", run: "select timeDate" },
        { trigger: ".o_bpm_timer select[name=moment_kind]", run: "select field" },
        click(".o_bpm_timer .o_model_field_selector"),
        {
            trigger: ".o_model_field_selector_popover_search input",
            run: "edit Created on",
        },
        click(".o_model_field_selector_popover_item_name:contains(Created on)"),
        choose("Day"),
        {
            content: "said as it was chosen",
            trigger: ".o_bpm_moment input:value(/12.24.2030 10:30/)",
        },
        choose("Field"),
        { trigger: ".o_bpm_timer .o_model_field_selector:contains(Created on)" },
        choose("Each"),
        click(".o_bpm_more summary:contains(How often)"),
        { trigger: "select[name=repeat]", run: "select list" },
        { trigger: "select[name=collection_way]", run: "select field" },
        click("[data-name=collection] .o_model_field_selector"),
        click("li[data-name=child_ids] .o_model_field_selector_popover_item_name"),
        choose("Day"),
        choose("Each"),
        {
            content: "said as it was chosen",
            trigger: "[data-name=collection] .o_model_field_selector:contains(Contact)",
        },
        click(".o_form_button_save"),
        {
            trigger:
                ".o_form_saved, .o_form_status_indicator:not(:has(.o_form_button_save:visible))",
        },
    ],
});
