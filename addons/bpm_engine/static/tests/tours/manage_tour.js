import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** The background's work, done now. */
function runCron(xmlid) {
    const [module, name] = xmlid.split(".");
    const call = (model, method, args) =>
        rpc(`/web/dataset/call_kw/${model}/${method}`, { model, method, args, kwargs: {} });
    return call("ir.model.data", "check_object_reference", [module, name]).then(([model, id]) =>
        call(model, "method_direct_trigger", [[id]])
    );
}

/** Checked and moved in the background while the form watches, taken back. */
tours.add("bpm_engine_migration", {
    steps: () => [
        {
            content: "the check says how far it is",
            trigger: ".o_widget_bpm_reload [role=status]:contains(0 of 3)",
            run: () => runCron("bpm_engine.ir_cron_migration"),
        },
        { trigger: ".o_notification:contains(3 instances were checked)" },
        { trigger: ".o_field_widget[name=count_moves]:contains(3)" },
        { trigger: "button[name=action_move]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        {
            content: "it says how far it is, and that one may leave",
            trigger: ".o_widget_bpm_reload [role=status]:contains(0 of 3)",
            run: () => runCron("bpm_engine.ir_cron_migration"),
        },
        {
            content: "without a click it shows the end",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Moved)",
        },
        { trigger: ".o_notification:contains(3 instances follow the new version)" },
        { trigger: ".o_form_view:not(:has(.o_widget_bpm_reload [role=status]))" },
        { trigger: "button[name=action_undo]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: ".o_form_view:contains(All run on their former version again)" },
    ],
});

/** A failed step is tried again in its row; others are skipped and given up, with a reason. */
tours.add("bpm_engine_incidents", {
    steps: () => [
        { trigger: ".o_data_row:contains(Vector):contains(no right)" },
        { trigger: ".o_data_row:contains(Vector) button[name=action_retry]", run: "click" },
        { trigger: ".o_list_view:not(:has(.o_data_row:contains(Vector)))" },
        { trigger: ".o_data_row:contains(Zarya) button[name=action_ask_skip]", run: "click" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit By phone && press Tab" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: ".o_list_view:not(:has(.o_data_row:contains(Zarya)))" },
        { trigger: ".o_data_row:contains(Orion) .o_list_record_selector input", run: "click" },
        { trigger: ".o_control_panel button[name=action_ask_cancel]", run: "click" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit Gone && press Tab" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { content: "all is in order", trigger: ".o_view_nocontent:contains(No incidents)" },
        { trigger: ".o_view_nocontent a:contains(See what is running)", run: "click" },
        { trigger: ".o_breadcrumb:contains(Running Processes)" },
    ],
});

/** Who owns the process repairs it where the message leads, without the rights of a manager. */
const repairs = (openMenu) => [
    { trigger: ".o_form_view .alert-danger:contains(no right)" },
    { trigger: "button[name=action_ask_suspend]" },
    ...openMenu,
    { trigger: "button[name=action_ask_cancel]" },
    { trigger: "[name=incident_job_ids] button[name=action_ask_skip]" },
    { trigger: "[name=incident_job_ids] button[name=action_retry]", run: "click" },
    { trigger: ".o_form_view:not(:has(.alert-danger[name=incident]))" },
];
tours.add("bpm_engine_owner_repairs", { steps: () => repairs([]) });

/** Another who has a part in it sees what is wrong, and no button. */
tours.add("bpm_engine_starter_looks", {
    steps: () => [
        { trigger: ".o_form_view .alert-danger:contains(no right)" },
        { trigger: ".o_form_view:not(:has(button[name=action_ask_cancel]))" },
        { trigger: ".o_form_view:not(:has(button[name=action_retry]))" },
    ],
});

/** Two records of a list, one click for both. */
tours.add("bpm_engine_start_on_several", {
    steps: () => [
        { trigger: ".o_data_row:contains(Vector) .o_list_record_selector input", run: "click" },
        { trigger: ".o_data_row:contains(Zarya) .o_list_record_selector input", run: "click" },
        { trigger: ".o_cp_action_menus button:contains(Actions)", run: "click" },
        { trigger: ".o-dropdown-item:contains(Start a process)", run: "click" },
        { trigger: ".modal:contains(On 2 chosen records) button:contains(Visa)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

/** Passed on with a word, from the task's own form over the calendar. */
const passOn = (choosePerson) => [
    { trigger: ".modal .o_field_widget[name=name]:contains(Check)" },
    { trigger: ".modal button[name=action_open_delegate]", run: "click" },
    ...choosePerson,
    {
        trigger:
            ".modal .o_field_widget[name=comment] input, .modal .o_field_widget[name=comment] textarea",
        run: "edit I am away && press Tab",
    },
    { trigger: ".modal button[name=action_delegate]", run: "click" },
    {
        content: "it went to the other one",
        trigger: "body:not(:has(.modal button[name=action_delegate]))",
    },
];

/** A task in the calendar, also without a deadline; passed on with a word. */
tours.add("bpm_engine_calendar", {
    steps: () => [
        { trigger: ".fc-event:contains(Check)", run: "click" },
        { trigger: ".o_cw_popover a.o_cw_popover_edit:contains(View)", run: "click" },
        ...passOn([
            { trigger: ".modal .o_field_widget[name=user_id] input", run: "edit bpm_other" },
            { trigger: ".o-autocomplete--dropdown-item a:contains(bpm_other)", run: "click" },
        ]),
    ],
});

/** The same by thumb; the person is chosen on a page of its own. */
tours.add("bpm_engine_calendar_phone", {
    steps: () => [
        { trigger: ".o_cp_switch_buttons button", run: "click" },
        { trigger: ".o-dropdown-item:contains(Calendar)", run: "click" },
        { trigger: ".fc-event:contains(Check)", run: "click" },
        { trigger: "a.o_cw_popover_edit:contains(View)", run: "click" },
        ...passOn([
            { trigger: ".modal .o_field_widget[name=user_id] input", run: "click" },
            { trigger: ".modal .o_kanban_record:contains(bpm_other)", run: "click" },
        ]),
    ],
});

// ------------------------------------------------------------------- on a phone

function assertNoSideScroll() {
    const boxes = [document.documentElement, ...document.querySelectorAll(".o_content, .modal")];
    const wide = boxes.find((box) => box.scrollWidth > box.clientWidth + 1);
    if (wide) {
        const beyond = [...wide.querySelectorAll("*")].filter(
            (inner) => inner.getBoundingClientRect().right > wide.clientWidth + 1
        );
        const names = beyond.map(
            (inner) => `${inner.tagName} of ${inner.closest("[name]")?.getAttribute("name")}`
        );
        throw new Error(`Scrolls sideways: ${wide.className}; ${names.join(" > ")}`);
    }
}

const fits = (trigger) => ({ trigger, run: assertNoSideScroll });
const card = (name) => `.o_kanban_record:contains(${name})`;
const giveReason = (text) => [
    { trigger: ".modal .o_field_widget[name=reason] input", run: `edit ${text} && press Tab` },
    fits(".modal button[name=action_apply]"),
    { trigger: ".modal button[name=action_apply]", run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

/** A finger that stays on a card chooses it. */
const hold = (name) => ({
    content: `choose ${name}`,
    trigger: card(name),
    async run() {
        this.anchor.dispatchEvent(new TouchEvent("touchstart", { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve, 800));
        this.anchor.dispatchEvent(new TouchEvent("touchend", { bubbles: true }));
    },
});

tours.add("bpm_engine_migration_phone", {
    steps: () => [
        {
            content: "the check says how far it is",
            trigger: ".o_widget_bpm_reload [role=status]:contains(0 of 3)",
            async run() {
                assertNoSideScroll();
                await runCron("bpm_engine.ir_cron_migration");
            },
        },
        fits(".o_field_widget[name=count_moves]:contains(3)"),
        { trigger: "button[name=action_move]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        {
            content: "it says how far it is",
            trigger: ".o_widget_bpm_reload [role=status]:contains(0 of 3)",
            async run() {
                assertNoSideScroll();
                await runCron("bpm_engine.ir_cron_migration");
            },
        },
        { trigger: ".o_notification:contains(3 instances follow the new version)" },
        fits(".o_field_widget[name=count_moved]:contains(3)"),
        { trigger: ".o_statusbar_buttons button.dropdown-toggle", run: "click" },
        { trigger: ".o-dropdown--menu button[name=action_undo]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        fits(".o_form_view:contains(All run on their former version again)"),
    ],
});

tours.add("bpm_engine_incidents_phone", {
    steps: () => [
        fits(`${card("Vector")}:contains(no right)`),
        { trigger: `${card("Vector")} button[name=action_retry]`, run: "click" },
        { trigger: `.o_kanban_view:not(:has(${card("Vector")}))` },
        { trigger: `${card("Zarya")} button[name=action_ask_skip]`, run: "click" },
        ...giveReason("By phone"),
        { trigger: `.o_kanban_view:not(:has(${card("Zarya")}))` },
        { trigger: `${card("Orion")} button[name=action_ask_cancel]`, run: "click" },
        ...giveReason("Gone"),
        fits(".o_view_nocontent:contains(No incidents)"),
        { trigger: ".o_view_nocontent a:contains(See what is running)", run: "click" },
        fits(`${card("Vector")}, .o_data_row:contains(Vector)`),
    ],
});

tours.add("bpm_engine_owner_repairs_phone", {
    steps: () =>
        repairs([{ trigger: ".o_statusbar_buttons button.dropdown-toggle", run: "click" }]),
});

tours.add("bpm_engine_start_on_several_phone", {
    steps: () => [
        hold("Vector"),
        { trigger: `${card("Vector")}.o_record_selected` },
        { trigger: card("Zarya"), run: "click" },
        { trigger: `${card("Zarya")}.o_record_selected` },
        {
            trigger: ".o_cp_action_menus button:has(.fa-cog), .o_cp_action_menus button",
            run: "click",
        },
        { trigger: ".o-dropdown-item:contains(Start a process)", run: "click" },
        fits(".modal:contains(On 2 chosen records) button:contains(Visa)"),
        { trigger: ".modal button:contains(Visa)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
