import { registry } from "@web/core/registry";

/** From nothing to a process in use: a name, a kind of record, two clicks. */
registry.category("web_tour.tours").add("bpm_engine_new_process", {
    steps: () => [
        { trigger: ".o_control_panel button.o-kanban-button-new", run: "click" },
        { trigger: ".o_field_widget[name=name] input", run: "edit Welcome a customer" },
        { trigger: ".o_field_widget[name=model_id] input", run: "edit Contact" },
        {
            trigger: ".o-autocomplete--dropdown-item a:text(Contact)",
            run: "click",
        },
        { trigger: "button[name=action_open_designer]:visible", run: "click" },
        { trigger: ".o_field_bpmn_designer [data-element-id=Task_1]" },
        { trigger: "button[name=action_ask_publish]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(In use)" },
    ],
});

/** The count of what runs opens exactly that. */
registry.category("web_tour.tours").add("bpm_engine_running_count", {
    steps: () => [
        {
            trigger:
                ".o_kanban_record:contains(Welcome a customer) a[name=action_open_running]:contains(2 running)",
            run: "click",
        },
        { trigger: ".o_breadcrumb:contains(Welcome a customer: running)" },
        {
            trigger: ".o_data_row:contains(Vector), .o_kanban_record:contains(Vector)",
        },
    ],
});

/** Somebody without any process right finds a process, proposes and votes. */
registry.category("web_tour.tours").add("bpm_engine_propose", {
    steps: () => [
        { trigger: ".o_kanban_record:contains(Welcome a customer)", run: "click" },
        { trigger: "button[name=action_propose]:visible", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Greet by phone && press Tab",
        },
        { trigger: ".modal button[name=action_send]", run: "click" },
        { trigger: ".o_notification:contains(Thank you)" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

/** A colleague reads the proposal and votes for it, then thinks better of it. */
registry.category("web_tour.tours").add("bpm_engine_vote", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Greet by phone) [name=action_vote_for].btn-light",
            run: "click",
        },
        {
            trigger:
                ".o_kanban_record:contains(Greet by phone) [name=action_vote_for].btn-success:contains(1)",
        },
        {
            trigger: ".o_kanban_record:contains(Greet by phone) [name=action_vote_against]",
            run: "click",
        },
        {
            trigger:
                ".o_kanban_record:contains(Greet by phone) [name=action_vote_against].btn-danger:contains(1)",
        },
        {
            trigger:
                ".o_kanban_record:contains(Greet by phone) [name=action_vote_for].btn-light:contains(0)",
        },
    ],
});
