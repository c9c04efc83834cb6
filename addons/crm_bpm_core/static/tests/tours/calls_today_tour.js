import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** No screen may need horizontal scrolling. */
export function assertNoSideScroll() {
    const boxes = document.querySelectorAll(".o_content, .o_list_renderer");
    for (const element of [document.documentElement, ...boxes]) {
        if (element.scrollWidth > element.clientWidth + 1) {
            throw new Error(
                `${element.className || "page"} scrolls sideways: ` +
                    `${element.scrollWidth} > ${element.clientWidth}`
            );
        }
    }
}

tours.add("crm_bpm_core_calls_today", {
    steps: () => [
        {
            content: "The calls of the day open by themselves, the promised one first",
            trigger: ".o_crm_call.o_selected:contains(Promised Ltd)",
        },
        { trigger: "[data-count=due] b:contains(3)", run: assertNoSideScroll },
        { trigger: ".o_crm_call:contains(Falling Ltd) .o_crm_spark" },
        {
            content: "A key opens the result with this choice",
            trigger: ".o_crm_call.o_selected",
            run: "press 2",
        },
        {
            trigger: ".o_crm_strip [data-result=order][aria-checked=true]",
        },
        {
            trigger: ".o_crm_strip_comment",
            run: "edit Sends the order today",
        },
        { trigger: ".o_crm_strip_comment", run: "press Enter" },
        { trigger: ".o_notification:contains(Will order)" },
        { trigger: "[data-count=done] b:contains(1)" },
        {
            content: "The next call is chosen: the recession",
            trigger: ".o_crm_call.o_selected:contains(Falling Ltd)",
            run: "press ArrowDown",
        },
        {
            trigger: ".o_crm_call.o_selected:contains(Quiet Ltd)",
            run: "press ArrowUp",
        },
        {
            trigger: ".o_crm_call.o_selected:contains(Falling Ltd)",
            run: "press ?",
        },
        { trigger: ".o_crm_keys kbd:contains(Esc)" },
        {
            trigger: "[data-filter=monitoring]",
            run: "click",
        },
        { trigger: ".o_crm_calls_list:not(:contains(Falling Ltd))" },
        { trigger: "[data-filter=all]", run: "click" },
        {
            trigger: ".o_crm_call:contains(Falling Ltd) .o_crm_result_button",
            run: "click",
        },
        { trigger: ".o_crm_strip [data-result=refused]", run: "click" },
        { trigger: ".o_crm_strip select", run: "select price" },
        { trigger: ".o_crm_strip_comment", run: "edit Found it cheaper" },
        { trigger: ".o_crm_strip_save", run: "click" },
        { trigger: "[data-count=done] b:contains(2)" },
        {
            trigger: ".o_crm_call.o_selected:contains(Quiet Ltd) .o_crm_call_name",
            run: "click",
        },
        { trigger: ".o_form_view .o_crm_card .o_crm_rhythm" },
    ],
});

tours.add("crm_bpm_core_chatter_call", {
    steps: () => [
        { trigger: ".o-mail-Activity-markDone", run: "click" },
        { trigger: ".modal div[name=comment] textarea", run: "edit All is well" },
        { trigger: ".modal footer button[name=action_save]", run: "click" },
        { trigger: "body:not(:has(.modal)):not(:has(.o-mail-Activity-markDone))" },
    ],
});

tours.add("crm_bpm_core_calls_phone", {
    steps: () => [
        { trigger: ".o_crm_call:contains(Promised Ltd)", run: assertNoSideScroll },
        { trigger: ".o_crm_calls_list:not(:contains(Falling Ltd))" },
        { trigger: ".o_crm_next", run: "click" },
        { trigger: ".o_crm_call:contains(Falling Ltd) .o_crm_result_button", run: "click" },
        { trigger: ".o_crm_strip [data-result=no_answer]", run: "click" },
        {
            content: "Saved without a word: the result says enough",
            trigger: ".o_crm_strip_save:enabled",
            run: assertNoSideScroll,
        },
        { trigger: ".o_crm_strip_save:enabled", run: "click" },
        { trigger: "[data-count=done] b:contains(1)" },
    ],
});

tours.add("crm_bpm_core_customers", {
    steps: () => [
        { trigger: ".o_kanban_record:contains(Falling Ltd) .badge:contains(recession)" },
        { trigger: ".o_switch_view.o_list", run: "click" },
        {
            trigger: ".o_data_row:contains(Listed Ltd):contains(no next step)",
            run: assertNoSideScroll,
        },
        {
            trigger: ".o_data_row:contains(Falling Ltd) .o_data_cell[name=complete_name]",
            run: "click",
        },
        { trigger: ".o_crm_card .badge:contains(Recession)" },
        { trigger: ".o_crm_step:contains(Falling Ltd)" },
        {
            trigger:
                ".o_field_statusbar .o_statusbar_status .o_arrow_button_current:contains(Permanent)",
        },
    ],
});
