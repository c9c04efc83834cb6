import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const STAGE = (name) => `.o_bpm_board_stage[data-stage="${name}"]`;
const STEP = (stage, name) => `${STAGE(stage)} .o_bpm_board_step:contains(${name})`;
const FACT = (stage, name) => `${STAGE(stage)} .o_bpm_board_fact:contains(${name})`;
const IDLE = "body:not(:has(.modal)):not(:has(.o-dropdown--menu))";

const edit = (trigger, text) => ({ trigger, run: `edit ${text}` });
const click = (trigger, content) => ({ content, trigger, run: "click" });
const pick = (field, text) => [
    edit(`.modal [name=${field}] input`, text),
    click(`.o-autocomplete--dropdown-item:contains(${text}):eq(0)`),
];
const choose = (field, label) => [
    click(`.modal [name=${field}] input`),
    // On a phone the choices come up from below, outside the dialog.
    click(`body .o_select_menu_item:contains(${label})`),
];
const name = (text) => edit(".modal [name=name] input, .modal [name=name] textarea", text);
const save = () => [click(".modal .o_form_button_save"), { trigger: IDLE }];

/** A field in Odoo's list of conditions, found by its label. */
const FIELD = (label) => `.o_model_field_selector_popover_item_name:text(${label})`;
const chooseField = (root, label) => [
    click(`${root} .o_tree_editor_condition .o_model_field_selector`),
    edit(".o_model_field_selector_popover input", label),
    click(FIELD(label)),
    { trigger: `${root} .o_model_field_selector_chain_part:text(${label})` },
];

/** Which records, which stages; nothing of it is a technical name. */
const define = [
    click(".o_list_button_add"),
    edit(".o_field_widget[name=name] input, [name=name] textarea", "Equipment"),
    edit("[name=model_id] input", "Lead"),
    click(".o-autocomplete--dropdown-item a:text(Lead)"),
    {
        content: "The field of the stages is proposed, by its name",
        trigger: "[name=stage_field_id] input:value(Stage)",
    },
    click("[name=domain] a:contains(New Rule)", "Which records: by their need"),
    ...chooseField("[name=domain]", "Need"),
    edit("[name=domain] .o_tree_editor_condition .o-autocomplete input", "Machines"),
    click(".o-autocomplete--dropdown-item:contains(Machines):eq(0)"),
    { trigger: "[name=domain] .o_tag:contains(Machines)" },
    click(".o_form_button_save"),
    click("button[name=action_open_draft]"),
];

/** How many records match a condition now; it is counted after each change. */
const COUNT = (count) =>
    `.modal [name=domain] .o_domain_show_selection_button:contains(${count} record)`;

const approvalAfterCall = [
    click(`${STAGE("First")} .o_bpm_add_step`),
    name("Call"),
    ...choose("assign_kind", "Role on the record"),
    click(".modal [name=assign_path] .o_model_field_selector", "The role is picked by names"),
    edit(".o_model_field_selector_popover input", "Sales Team"),
    click(
        `.o_model_field_selector_popover_item:has(${FIELD("Sales Team")}) ` +
            ".o_model_field_selector_popover_item_relation"
    ),
    click(FIELD("Team Leader")),
    { trigger: ".modal [name=assign_path] .o_model_field_selector_chain_part:contains(Leader)" },
    ...save(),
    { trigger: `${STEP("First", "Call")}:contains(Sales Team › Team Leader)` },
    click(`${STAGE("First")} .o_bpm_add_step`),
    name("Discount allowed"),
    ...choose("kind", "Approval"),
    ...choose("assign_kind", "Leader"),
    ...pick("after_id", "Call"),
    click(".modal [name=domain] a:contains(New Rule)"),
    ...chooseField(".modal [name=domain]", "Expected Revenue"),
    { trigger: COUNT(1) },
    {
        trigger: ".modal [name=domain] .o_tree_editor_condition > div:eq(1) select",
        run: "selectByLabel greater than",
    },
    {
        content: "How many match now is counted at once",
        trigger: COUNT(0),
    },
    edit(".modal [name=domain] .o_tree_editor_condition > div:eq(2) input", "1000"),
    ...save(),
    { trigger: `${STEP("First", "Discount")}:contains(After “Call”):contains(condition)` },
];

const waysAndAnswers = [
    click(`${STAGE("First")} .o_bpm_board_edit_stage`),
    ...pick("next_ids", "Second"),
    click(".modal [name=ask_comment] input"),
    ...save(),
    { trigger: `${STAGE("First")}:contains(Leads only to: Second):contains(Asks for a comment)` },
];

const publish = [
    click(`${IDLE} button[name=action_publish]`),
    click(".modal footer .btn-primary"),
    { trigger: ".o_arrow_button_current:contains(In force)" },
];

/** The next version: what is different is told; then the former wording is taken back. */
const secondVersion = [
    click(".o_breadcrumb .o_back_button, .breadcrumb-item:last a"),
    click("button[name=action_open_draft]:visible"),
    { trigger: `${IDLE} .o_form_view:contains(Nothing is different)` },
    click(`${STEP("First", "Discount")} .o_bpm_board_menu`),
    click(".o_bpm_card_remove"),
    click(".modal footer .btn-primary"),
    {
        content: "What is different is told as soon as it is",
        trigger: ".o_bpm_regulation_changes li:contains(Gone):contains(Discount allowed)",
    },
    edit("[name=change_note] input", "Nobody asked for discounts"),
    click(`${STAGE("First")} .o_bpm_board_edit_stage`),
    click(".modal [name=ask_comment] input"),
    ...save(),
    {
        content: "What was typed on the form stays",
        trigger: "[name=change_note] input:value(Nobody asked for discounts)",
    },
    {
        trigger:
            ".o_bpm_regulation_changes li:contains(Changed):contains(Comment on Leaving):contains(no)",
    },
    ...publish,
    click(".o_breadcrumb .o_back_button, .breadcrumb-item:last a"),
    click("button[name=action_open_versions]"),
    click(".o_data_row:contains(Retired) td[name=display_name]"),
    click("button[name=action_take_wording]"),
    { trigger: "[name=change_note] input:value(As version 1)" },
    { trigger: `${STEP("First", "Discount")}:contains(After “Call”)` },
];

tours.add("crm_bpm_stage_define_all", {
    steps: () => [...define, ...approvalAfterCall, ...waysAndAnswers, ...publish, ...secondVersion],
});

const drag = (from, to, content) => ({
    content,
    trigger: from,
    run: `drag_and_drop ${to}`,
});
const press = (trigger, keys) => ({
    trigger,
    async run(helpers) {
        this.anchor.focus();
        await helpers.press(keys);
    },
});

tours.add("crm_bpm_stage_arrange", {
    steps: () => [
        drag(
            `${STEP("First", "Call")} .o_bpm_board_open`,
            `${STAGE("Second")} .o_bpm_board_steps`,
            "A card goes to another stage by hand"
        ),
        { trigger: STEP("Second", "Call") },
        drag(`${FACT("First", "Budget")} .o_bpm_board_open`, FACT("Second", "Phone")),
        { trigger: FACT("Second", "Budget") },
        drag(`${STAGE("Third")} .o_bpm_board_head`, `${STAGE("First")} .o_bpm_board_head`),
        { trigger: ".o_bpm_board_stage:eq(0)[data-stage=Third]" },
        click(`${STEP("Second", "Call")} .o_bpm_board_menu`, "By its menu"),
        click(".o_bpm_card_duplicate"),
        { trigger: STEP("Second", "copy") },
        press(`${STEP("Second", "copy")} .o_bpm_board_open`, "Alt+ArrowLeft"),
        {
            content: "By the keyboard; the card keeps the focus",
            trigger: `${STEP("First", "copy")}:has(.o_bpm_board_open:focus)`,
        },
        press(`${STAGE("Third")} .o_bpm_board_edit_stage`, "Alt+ArrowRight"),
        { trigger: ".o_bpm_board_stage:eq(1)[data-stage=Third]" },
        click(".o_bpm_add_stage"),
        edit(".o_bpm_add_stage_name", "Trial delivery"),
        {
            trigger: ".o_bpm_add_stage_after",
            run: "selectByLabel behind “Second”",
        },
        click(".o_bpm_add_stage_save"),
        { trigger: `${IDLE} .o_bpm_board_stage:eq(3)[data-stage="Trial delivery"]` },
    ],
});

/** Nothing of ours is wider than the screen. */
const noSideScroll = (trigger) => ({
    trigger,
    run() {
        const boxes = document.querySelectorAll(".o_bpm_board, .o_bpm_stage_bar, .modal-body");
        for (const box of [document.documentElement, ...boxes]) {
            if (box.scrollWidth > box.clientWidth + 1) {
                throw new Error(`${box.className}: ${box.scrollWidth} > ${box.clientWidth}`);
            }
        }
    },
});

tours.add("crm_bpm_stage_arrange_phone", {
    steps: () => [
        click(`${STAGE("First")} .o_bpm_board_head h5`),
        click(`${STEP("First", "Call")} .o_bpm_board_menu`),
        click(".o_bpm_card_right"),
        {
            content: "The stage to which it goes opens",
            trigger: `${STAGE("Second")}.o_bpm_open .o_bpm_board_step:contains(Call)`,
        },
        click(`${STAGE("Third")} .o_bpm_board_stage_menu`),
        click(".o_bpm_stage_earlier"),
        { trigger: ".o_bpm_board_stage:eq(1)[data-stage=Third]" },
        noSideScroll(".o_bpm_board"),
    ],
});

/** On a phone all of it is there as well: a card, preview, trial, differences, publishing. */
tours.add("crm_bpm_stage_define_phone", {
    steps: () => [
        click(`${STAGE("First")} .o_bpm_board_head h5`),
        click(`${STAGE("First")}.o_bpm_open .o_bpm_add_fact`),
        name("Campaign known"),
        click(".modal [name=field_id] input", "On a phone Odoo lists them on a screen of its own"),
        click(".o_kanban_record:contains(Campaign):eq(0)"),
        noSideScroll(".modal [name=field_id] input:value(Campaign)"),
        ...save(),
        { trigger: FACT("First", "Campaign known") },
        click(`${STAGE("First")} .o_bpm_add_step`),
        name("Visit"),
        ...choose("assign_kind", "Leader"),
        noSideScroll(".modal [name=assign_kind]"),
        ...save(),
        noSideScroll(STEP("First", "Visit")),
        {
            content: "What is different stands below the cards",
            trigger: ".o_bpm_regulation_changes li:contains(Campaign known)",
        },
        noSideScroll(".o_bpm_regulation_changes li:contains(Visit)"),
        click(`${IDLE} .o_bpm_preview`),
        noSideScroll(".o_bpm_preview_total:contains(1 of 1 open record)"),
        { trigger: ".o_bpm_preview_fact:contains(Campaign known):contains(1 record)" },
        click(".modal footer .btn-primary"),
        click(`${IDLE} .o_bpm_try`),
        edit(".o_bpm_try_record input", "Deal"),
        click(".o-autocomplete--dropdown-item:contains(Deal):eq(0)"),
        click(".modal .o_bpm_stage_toggle"),
        noSideScroll(".modal .o_bpm_stage_bar [data-step=Visit]"),
        click(".modal footer .btn-primary"),
        click(`${IDLE} button[name=action_publish]`),
        click(".modal footer .btn-primary"),
        noSideScroll(".o_bpm_board:not(:has(.o_bpm_add_step))"),
    ],
});
