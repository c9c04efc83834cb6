import { registry } from "@web/core/registry";

const CANVAS = ".o_bpm_canvas";
const NAME = ".o_bpm_panel [data-name=name] input";
const TITLE = ".o_field_widget[name=name] input";
const DIALOG = ".modal .o_bpm_record_processes";

/** Acts of the mouse, as a newcomer makes them; typing without a click before is free. */
let clicks = 0;

function click(trigger, content) {
    return {
        content,
        trigger,
        run(helpers) {
            clicks++;
            return helpers.click();
        },
    };
}

/** Text into a field; a click more if the field does not have the focus. */
function type(trigger, text) {
    return {
        content: `type ${text}`,
        trigger,
        async run(helpers) {
            clicks += document.activeElement !== this.anchor;
            await helpers.edit(text);
            this.anchor.dispatchEvent(new Event("change", { bubbles: true }));
        },
    };
}

function choose(id) {
    return {
        content: `choose ${id}`,
        trigger: `${CANVAS} .djs-element[data-element-id="${id}"] .djs-hit`,
        run() {
            clicks++;
            const box = this.anchor.getBoundingClientRect();
            const place = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
            for (const name of ["mouseover", "mousedown", "mouseup", "click"]) {
                const options = { bubbles: true, button: 0, view: window, ...place };
                this.anchor.dispatchEvent(new MouseEvent(name, options));
            }
        },
    };
}

/** Letters typed while a step is chosen become its name. */
function typeOnSheet(text) {
    return [
        {
            content: `${text}: typed at once`,
            trigger: `${CANVAS} .djs-container`,
            run() {
                const options = { key: text[0], bubbles: true, cancelable: true };
                this.anchor.dispatchEvent(new KeyboardEvent("keydown", options));
            },
        },
        writeLabel(text),
    ];
}

/** The name that is asked for on the sheet. */
function writeLabel(text) {
    return {
        trigger: `${CANVAS} .djs-direct-editing-content`,
        run() {
            this.anchor.textContent = text;
            this.anchor.dispatchEvent(new Event("input", { bubbles: true }));
        },
    };
}

function assertClicks(limit) {
    return {
        content: `not more than ${limit} clicks`,
        trigger: "body",
        run() {
            if (clicks > limit) {
                throw new Error(`${clicks} clicks instead of ${limit}`);
            }
        },
    };
}

function begin(name) {
    return [
        {
            trigger: ".o_control_panel button.o-kanban-button-new",
            run(helpers) {
                clicks = 1;
                return helpers.click();
            },
        },
        type(TITLE, name),
        { trigger: ".o_field_widget[name=model_id] input", run: "edit Contact" },
        click(".o-autocomplete--dropdown-item a:text(Contact)", "on contacts"),
        click("button[name=action_open_designer]:visible", "draw"),
        { content: "the first step waits for its name", trigger: `${NAME}:focus` },
    ];
}

/** In use, on a record: the answers are buttons of one dialog. */
function run(...answers) {
    return [
        click("button[name=action_publish_and_start]", "in use, and begin"),
        click(
            ".o_data_row:contains(Vector) .o_data_cell:first, .o_kanban_record:contains(Vector)",
            "on whom"
        ),
        click(`${DIALOG} .o_bpm_startable button`, "start it"),
        ...answers.flatMap(([step, answer]) => [
            { trigger: `${DIALOG} .o_bpm_run_task:contains(${step})` },
            click(
                `${DIALOG} .o_bpm_run_task:contains(${step}) button:contains(${answer})`,
                `${step}: ${answer}`
            ),
        ]),
    ];
}

/** A process of three steps with a condition from the sample, drawn, published and run. */
registry.category("web_tour.tours").add("bpm_engine_newcomer_sample", {
    steps: () => [
        ...begin("Discount"),
        click("button[name=sample_approval]", "a request and its approval"),
        { trigger: `${CANVAS} [data-element-id=Gateway_1]` },
        { trigger: `${NAME}:focus` },
        type(NAME, "Ask for a discount"),
        choose("Task_2"),
        ...typeOnSheet("Decide about it"),
        choose("Task_3"),
        ...typeOnSheet("Tell the customer"),
        ...run(
            ["Ask for a discount", "Done"],
            ["Decide about it", "Approve"],
            ["Tell the customer", "Done"]
        ),
        { trigger: `${DIALOG} .o_bpm_ended:contains(Done)` },
        assertClicks(12),
    ],
});

/** The same by hand, from the step that every process begins with. */
registry.category("web_tour.tours").add("bpm_engine_newcomer_by_hand", {
    steps: () => [
        ...begin("Complaint"),
        type(NAME, "Note the complaint"),
        click("button[name=add_step]", "a task after it"),
        writeLabel("Look at the complaint"),
        click(".o_bpm_outcomes button[name=yes_no]", "two answers, a way for each"),
        click(".o_bpm_steps button:contains(Approve)", "the way of the first"),
        { content: "its condition is there", trigger: ".o_bpm_preview:contains(Approve)" },
        click("button[name=insert_step]", "a task on it"),
        writeLabel("Send a new one"),
        ...run(
            ["Note the complaint", "Done"],
            ["Look at the complaint", "Approve"],
            ["Send a new one", "Done"]
        ),
        { trigger: `${DIALOG} .o_bpm_ended:contains(Done)` },
        assertClicks(13),
    ],
});
