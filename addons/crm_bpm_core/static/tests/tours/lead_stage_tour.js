import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/**
 * No screen of ours may need horizontal scrolling. On a lead's form only the bar is looked
 * at: the head of Odoo's own chatter is wider than a phone.
 */
function assertNoSideScroll() {
    const boxes = document.querySelectorAll(".o_bpm_stage_bar, .o_bpm_board, .modal-body");
    for (const element of [document.documentElement, ...boxes]) {
        if (element.scrollWidth > element.clientWidth + 1) {
            const name = element.className || "page";
            throw new Error(`${name}: ${element.scrollWidth} > ${element.clientWidth}`);
        }
    }
}

/** A list behind a figure of the preview holds the one deal; and back to the draft. */
const theDealAlone = (title) => [
    { trigger: `.o_last_breadcrumb_item:contains(${title})` },
    { trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row:contains(Deal)" },
    { trigger: ".o_breadcrumb .o_back_button", run: "click" },
    { trigger: "body:not(:has(.modal)) .o_bpm_board_stage:eq(0)" },
];

tours.add("crm_bpm_stage_define", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_field_widget[name=name] input, [name=name] textarea",
            run: "edit Sale in steps",
        },
        { trigger: "[name=model_id] input", run: "edit Lead" },
        { trigger: ".o-autocomplete--dropdown-item a:text(Lead)", run: "click" },
        { trigger: "[name=stage_field_id] input:value(Stage)" },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "A draft has the stages of the field at once",
            trigger: "button[name=action_open_draft]",
            run: "click",
        },
        { trigger: ".o_bpm_board_stage:eq(0) .o_bpm_add_fact", run: assertNoSideScroll },
        { trigger: ".o_bpm_board_stage:eq(0) .o_bpm_add_fact", run: "click" },
        {
            trigger: ".modal [name=name] input, .modal [name=name] textarea",
            run: "edit Budget known",
        },
        { trigger: ".modal [name=field_id] input", run: "edit Expected Revenue" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Expected Revenue):eq(0)",
            run: "click",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: ".o_bpm_board_stage:eq(0) .o_bpm_board_fact:contains(Budget known)" },
        {
            trigger: "body:not(:has(.modal)) .o_bpm_board_stage:eq(0) .o_bpm_add_step",
            run: "click",
        },
        { trigger: ".modal [name=name] input, .modal [name=name] textarea", run: "edit Call" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: ".o_bpm_board_stage:eq(0) .o_bpm_board_step:contains(Call)" },
        {
            content: "Preview: what would it hold back?",
            trigger: "body:not(:has(.modal)) .o_bpm_preview",
            run: "click",
        },
        { trigger: ".o_bpm_preview_total:contains(1 of):contains(would be blocked)" },
        { trigger: ".o_bpm_preview_fact:contains(Budget known):contains(1 record)" },
        {
            content: "A required step holds back as well; behind the figure is its list",
            trigger: ".o_bpm_preview_undone:contains(Call) button:contains(1 record)",
            run: "click",
        },
        ...theDealAlone("Call"),
        { trigger: ".o_bpm_preview", run: "click" },
        { trigger: ".o_bpm_preview_blocked", run: "click" },
        ...theDealAlone("Would be held back"),
        { trigger: "body:not(:has(.modal)) .o_bpm_try", run: "click" },
        { trigger: ".o_bpm_try_record input", run: "edit Deal" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Deal):eq(0)", run: "click" },
        {
            content: "On trial the record shows its bar, without buttons",
            trigger: ".modal .o_bpm_stage_bar:not(:has(.o_bpm_stage_do)) [data-step=Call]",
        },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: "body:not(:has(.modal)) button[name=action_publish]", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: ".o_arrow_button_current:contains(In force)" },
        { trigger: ".o_bpm_board:not(:has(.o_bpm_add_step))" },
    ],
});

/** Who did a step and when, what is late, how long the deal stands there. */
const seenSteps = [
    {
        trigger: "[data-step=Greeting][data-state=done] .o_bpm_stage_who:contains(stage_ui_seller)",
        run({ anchor }) {
            const [, when] = anchor.textContent.split("stage_ui_seller");
            if (!/\d/.test(when)) {
                throw new Error(`No date beside who did it: ${anchor.textContent}`);
            }
        },
    },
    {
        content: "A late step says so by a sign with its word, and by how much",
        trigger:
            "[data-step=Leaflet] .text-danger-emphasis:has([title=Overdue]):contains(days ago)",
    },
    { trigger: "[data-step=Call]:not(:has([title=Overdue])) .o_bpm_stage_who:contains(in )" },
    {
        content: "The norm is passed",
        trigger:
            ".o_bpm_stage_bar header .text-danger-emphasis:has([title='Over the norm']):contains(of 2 d)",
    },
];

/** Refused, cured in place, gone on, with the one question of the next stage. */
const runSteps = (refuse, look = []) => [
    { trigger: ".o_bpm_stage_bar .o_bpm_stage_current", run: assertNoSideScroll },
    {
        content: "The next step is highlighted and has its button",
        trigger: ".o_bpm_next[data-step=Call] .o_bpm_stage_do[data-do=done]",
    },
    ...look,
    ...refuse,
    { trigger: ".o_bpm_stage_panel .o_bpm_stage_count:contains(2)", run: assertNoSideScroll },
    {
        trigger: ".o_bpm_stage_panel [data-kind=field] .o_bpm_stage_cure",
        run: "click",
    },
    { trigger: ".modal .o_bpm_record_form input", run: "edit 500" },
    { trigger: ".o_bpm_stage_fill_save", run: "click" },
    {
        trigger:
            ".o_bpm_stage_panel:not(:has([data-kind=field])) [data-kind=step] .o_bpm_stage_cure",
        run: "click",
    },
    { trigger: ".o_bpm_stage_step_comment", run: "edit They answered" },
    { trigger: ".o_bpm_stage_step_confirm", run: "click" },
    { trigger: ".o_bpm_stage_panel .o_bpm_stage_ready" },
    { trigger: ".o_bpm_stage_go", run: "click" },
    {
        content: "The comment that the stage demands is asked in the same dialog",
        trigger: ".o_bpm_stage_asked:contains(comment)",
    },
    { trigger: ".o_bpm_stage_comment", run: "edit They want it soon" },
    { trigger: ".o_bpm_stage_status", run: "selectByLabel Will think" },
    { trigger: ".o_bpm_stage_go", run: "click" },
    { trigger: "body:not(:has(.modal)) .o_bpm_stage_done, .o_bpm_stage_current:contains(Second)" },
    { trigger: ".o_bpm_stage_current[data-stage=Second]" },
    { trigger: ".o_bpm_stage_history", run: "click" },
    { trigger: ".o_bpm_stage_change:contains(They want it soon):contains(Will think)" },
    { trigger: ".modal .btn-close, .modal .oi-arrow-left", run: "click" },
];

tours.add("crm_bpm_stage_run", {
    steps: () =>
        runSteps(
            [
                {
                    content: "The bar stands in the place of Odoo's own",
                    trigger: ".o_form_view:not(:has(.o_statusbar_status:not(.d-none)))",
                },
                { trigger: ".o_bpm_stage[data-stage=Second]", run: "click" },
            ],
            seenSteps
        ),
});

tours.add("crm_bpm_stage_run_phone", {
    steps: () =>
        runSteps(
            [{ trigger: ".o_bpm_stage[data-stage=Second]", run: "click" }],
            [{ trigger: ".o_bpm_stage_toggle", run: "click" }, ...seenSteps]
        ),
});

tours.add("crm_bpm_stage_override", {
    steps: () => [
        { trigger: ".o_bpm_stage[data-stage=Second]", run: "click" },
        { trigger: ".o_bpm_stage_panel .o_bpm_stage_count:contains(2)", run: assertNoSideScroll },
        { trigger: ".o_bpm_stage_override", run: "click" },
        { trigger: ".o_bpm_stage_comment", run: "edit By phone" },
        { trigger: ".o_bpm_stage_status", run: "selectByLabel Will think" },
        { trigger: ".o_bpm_stage_go", run: "click" },
        { trigger: ".o_bpm_stage_asked:contains(rules)", run: assertNoSideScroll },
        { trigger: ".o_bpm_stage_reason", run: "edit An old friend" },
        { trigger: ".o_bpm_stage_go", run: "click" },
        { trigger: ".o_bpm_stage_current[data-stage=Second]" },
    ],
});
