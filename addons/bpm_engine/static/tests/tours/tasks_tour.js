import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** No screen may need horizontal scrolling. */
function assertNoSideScroll() {
    const boxes = document.querySelectorAll(".o_content, .o_list_renderer, .modal-body");
    for (const element of [document.documentElement, ...boxes]) {
        if (element.scrollWidth > element.clientWidth + 1) {
            const name = element.className || "page";
            throw new Error(`${name}: ${element.scrollWidth} > ${element.clientWidth}`);
        }
    }
}

tours.add("bpm_engine_activity_outcomes", {
    steps: () => [
        {
            content: "The chatter's activity has the outcomes, and no way to drop it",
            trigger: ".o-mail-Activity:contains(Check) .o_bpm_outcome[data-outcome=approved]",
        },
        { trigger: ".o-mail-Activity:not(:contains(Mark Done)):not(:contains(Cancel))" },
        {
            content: "A refusal asks for the reason",
            trigger: ".o-mail-Activity .o_bpm_outcome[data-outcome=refused]",
            run: "click",
        },
        { trigger: ".modal .o_bpm_asked:contains(needs a comment)", run: assertNoSideScroll },
        { trigger: ".modal .o_bpm_comment", run: "edit Too dear" },
        { trigger: ".modal .o_bpm_outcome[data-outcome=refused]", run: "click" },
        { trigger: ".o_notification:contains(Check: Refuse)" },
        {
            content: "The chatter keeps outcome and reason, the next task stands there",
            trigger: ".o-mail-Message:contains(Refuse: Too dear)",
        },
        {
            content: "One click on an outcome without comment is enough",
            trigger: ".o-mail-Activity:contains(Tell) .o_bpm_outcome",
            run: "click",
        },
        { trigger: ".o_notification:contains(Tell: Done)" },
    ],
});

tours.add("bpm_engine_my_tasks_phone", {
    steps: () => [
        { trigger: ".o_kanban_record:contains(Check) .o_bpm_outcome", run: assertNoSideScroll },
        {
            content: "The task in full: form of the record, comment, outcomes",
            trigger: ".o_kanban_record:contains(Check) .o_bpm_more",
            run: "click",
        },
        { trigger: ".modal .o_bpm_instruction:contains(Look closely)", run: assertNoSideScroll },
        { trigger: ".modal .o_field_widget[name=phone] input", run: "edit +7 831 && press Tab" },
        { trigger: ".modal .o_bpm_outcome[data-outcome=approved]", run: "click" },
        { trigger: ".o_notification:contains(Check: Approve)" },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "The card is gone, the following task has come by itself",
            trigger: ".o_kanban_record:contains(Sign) .o_bpm_outcome",
            run: assertNoSideScroll,
        },
    ],
});

tours.add("bpm_engine_systray_phone", {
    steps: () => [
        { trigger: ".o_menu_systray .fa-clock-o", run: "click" },
        { trigger: ".o_bpm_systray_task:contains(Check):contains(Visa)", run: assertNoSideScroll },
        { trigger: ".o_bpm_systray_task [data-outcome=approved]", run: "click" },
        {
            content: "The menu stays open and shows the task that follows",
            trigger: ".o_bpm_systray_task:contains(Sign) .o_bpm_outcome",
            run: "click",
        },
        { trigger: ".o_bpm_systray_tasks:not(:has(.o_bpm_systray_task))" },
    ],
});

tours.add("bpm_engine_systray_keys", {
    steps: () => [
        { trigger: ".o-mail-Activity:contains(Check)", run: "press alt+shift+p" },
        { trigger: ".o_bpm_systray_task:contains(Check)", run: "press ArrowDown" },
        { trigger: ".o_bpm_my_tasks.focus", run: "press ArrowDown" },
        { trigger: ".o_bpm_systray_open.focus", run: "press ArrowDown" },
        {
            trigger: ".o_bpm_systray_task .o_bpm_outcome[data-outcome=approved].focus",
            run: "press ArrowDown",
        },
        {
            content: "A refusal asks for its reason over the page, the menu gives way",
            trigger: ".o_bpm_systray_task .o_bpm_outcome[data-outcome=refused].focus",
            run: "press Enter",
        },
        { trigger: "body:not(:has(.o_bpm_systray_tasks)) .modal .o_bpm_comment", run: "edit No" },
        { trigger: ".modal .o_bpm_outcome[data-outcome=refused]", run: "click" },
        { trigger: ".o_notification:contains(Check: Refuse)" },
        {
            content: "The record that stands below shows the next task by itself",
            trigger: ".o-mail-Activity:contains(Tell)",
        },
        { trigger: ".o-mail-Chatter:not(:has(.o-mail-Activity:contains(Check)))" },
    ],
});

tours.add("bpm_engine_to_take", {
    steps: () => [
        { trigger: ".o_menu_systray .fa-clock-o", run: "click" },
        { trigger: ".o-mail-ActivityGroup:contains(Tasks to take)", run: "click" },
        { trigger: ".o_data_row:contains(Check) .o_bpm_claim", run: "click" },
        { trigger: ".o_view_nocontent:contains(Nothing waits to be taken)" },
    ],
});

tours.add("bpm_engine_record_processes", {
    steps: () => [
        { trigger: ".o_cp_action_menus button", run: "click" },
        { trigger: ".o_menu_item:contains(Processes)", run: "click" },
        { trigger: ".o_bpm_none:contains(No process has run here)" },
        { trigger: ".o_bpm_startable button:contains(Visa)", run: "click" },
        {
            content: "It runs at once: who holds it, what comes next, my buttons",
            trigger: ".o_bpm_run[data-state=running] .o_bpm_next:contains(“Check”)",
            run: assertNoSideScroll,
        },
        { trigger: ".o_bpm_run .o_bpm_outcome[data-outcome=approved]", run: "click" },
        { trigger: ".o_bpm_run_task:contains(Sign) .o_bpm_outcome", run: "click" },
        { trigger: ".o_bpm_ended:contains(Visa) .o_bpm_steps_toggle", run: "click" },
        { trigger: ".o_bpm_steps li:contains(Check):contains(approved)", run: assertNoSideScroll },
    ],
});

/** On a phone: away until a day, somebody stands in, what is open goes along. */
tours.add("bpm_engine_absence_phone", {
    steps: () => [
        { trigger: ".o-kanban-button-new, .o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=substitute_id] input", run: "click" },
        { trigger: ".modal .o_kanban_record:contains(bpm_other)", run: "click" },
        {
            trigger: ".o_field_widget[name=date_from] input[data-field=date_to]",
            run: "edit 12/31/2099 && press Tab",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_field_widget[name=own_count]:contains(1)", run: assertNoSideScroll },
        { trigger: ".o_form_statusbar button[name=action_hand_over]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { content: "the task is gone", trigger: ".o_field_widget[name=own_count]:contains(0)" },
        { trigger: ".o_field_widget[name=open_count]:contains(1)", run: assertNoSideScroll },
    ],
});

/** Back at work: it comes back. */
tours.add("bpm_engine_back_phone", {
    steps: () => [
        { trigger: ".o_form_statusbar button[name=action_end]", run: "click" },
        { trigger: ".o_field_widget[name=own_count]:contains(1)" },
        { trigger: ".o_field_widget[name=open_count]:contains(0)" },
    ],
});

/** A task of one's group, taken and given back. */
tours.add("bpm_engine_give_back_phone", {
    steps: () => [
        { trigger: ".o_kanban_record:contains(Sign) .o_bpm_claim", run: "click" },
        { trigger: ".o_view_nocontent a:contains(To my own tasks)", run: "click" },
        { trigger: ".o_kanban_record:contains(Sign) .o_bpm_outcome", run: assertNoSideScroll },
        { trigger: ".o_kanban_record:contains(Sign) .fw-bold", run: "click" },
        { trigger: ".o_form_statusbar .o_statusbar_buttons button.dropdown-toggle", run: "click" },
        { trigger: ".o-dropdown--menu button[name=action_release]", run: "click" },
        { trigger: ".o_form_view:not(:has(button[name=action_release]))" },
    ],
});
