import { registry } from "@web/core/registry";

const CANVAS = ".o_bpm_canvas";
const NAME = ".o_bpm_panel [data-name=name] input";
const isDrawn = (name) => `${CANVAS} .djs-element:contains(${name})`;

function click(trigger, content) {
    return { content, trigger, run: "click" };
}

/** The canvas listens to the mouse, at the place where the sign is. */
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

function drop(text, name) {
    return {
        content: `open the file ${name}`,
        trigger: ".o_bpm_toolbar button[name=fit]",
        run() {
            const input = document.querySelector("input[name=bpmn_file]");
            const files = new DataTransfer();
            files.items.add(new File([text], name));
            input.files = files.files;
            input.dispatchEvent(new Event("change"));
        },
    };
}

const leave = [
    click(".o_breadcrumb a, .breadcrumb-item a, .o_back_button a", "leave by the breadcrumb"),
    { content: "the form is left", trigger: ".o_list_view" },
];

const isOpen = { content: "the diagram is open", trigger: `${NAME}:value(/./)` };

/** A newcomer: the first step is chosen; answers, ways, a step, a condition, a person. */
registry.category("web_tour.tours").add("bpm_engine_draw", {
    steps: () => [
        isOpen,
        { trigger: NAME, run: "edit Check the deal && press Tab" },
        { content: "the drawing follows", trigger: isDrawn("deal") },
        { trigger: "[data-name=who] select[name=kind]", run: "select starter_manager" },
        click(".o_bpm_outcomes button[name=yes_no]", "two answers"),
        click(".o_bpm_outcomes button[name=branch]", "a way for each"),
        click(".o_bpm_steps button:contains(Approve)", "the first way"),
        { trigger: ".o_bpm_preview code:contains(outcome == 'approved')" },
        click("button[name=add_row]", "one more condition"),
        { trigger: ".o_bpm_condition_row:last select[name=kind]", run: "select variable" },
        {
            trigger: ".o_bpm_condition_row:last [data-name=variable] input",
            run: "edit amount && press Tab",
        },
        { trigger: ".o_bpm_condition_row:last select[name=op]", run: "select >" },
        {
            trigger: ".o_bpm_condition_row:last [data-name=value] input",
            run: "edit 1000 && press Tab",
        },
        { trigger: ".o_bpm_preview code:contains(outcome == 'approved' and amount > 1000)" },
        click("button[name=insert_step]", "a task on this way"),
        {
            content: "its name is asked for on the drawing",
            trigger: `${CANVAS} .djs-direct-editing-content`,
            run() {
                this.anchor.textContent = "Send the offer";
                this.anchor.dispatchEvent(new Event("input", { bubbles: true }));
            },
        },
        choose("Start_1"),
        { trigger: isDrawn("offer") },
        // Left at once: nothing was saved by hand, the last text not even committed.
        choose("End_1"),
        { trigger: `.o_bpm_panel [data-element=End_1] input`, run: "edit Offer sent" },
        ...leave,
    ],
});

/** Undo, a tab away, a file refused with the place. */
registry.category("web_tour.tours").add("bpm_engine_tools", {
    steps: () => [
        isOpen,
        { trigger: NAME, run: "edit Wrong && press Tab" },
        { trigger: isDrawn("Wrong") },
        click(".o_bpm_toolbar button[name=undo]:enabled", "take it back"),
        { trigger: isDrawn("First") },
        click(".o_bpm_toolbar button[name=redo]:enabled", "and again"),
        { trigger: isDrawn("Wrong") },
        click(".o_bpm_toolbar button[name=undo]:enabled", "take it back"),
        drop("<bpmn:definitions", "torn.bpmn"),
        { content: "refused by name", trigger: ".modal-title:contains(torn.bpmn)" },
        { content: "with the place", trigger: ".modal-body:contains(line 1)" },
        click(".modal-footer .btn-primary", "close"),
        { content: "the drawing stays", trigger: isDrawn("First") },
        click(".o_bpm_toolbar button[name=simulate]", "try it"),
        { trigger: ".o_bpm_simulating .bts-palette" },
        click(".o_bpm_toolbar button[name=simulate]", "back"),
        { trigger: ".o_bpm_designer:not(.o_bpm_simulating)" },
        click(".o_bpm_toolbar button[name=full]", "the whole screen"),
        click(".o_bpm_full button[name=full]", "and back"),
        { trigger: ".o_bpm_designer:not(.o_bpm_full)" },
        ...leave,
    ],
});

/** A version in use: no palette, but who and texts change at once. */
registry.category("web_tour.tours").add("bpm_engine_hot", {
    steps: () => [
        { trigger: ".o_bpm_locked" },
        { trigger: `${CANVAS}:not(:has(.djs-palette))` },
        isOpen,
        { trigger: NAME, run: "edit Look at it && press Tab" },
        { trigger: "[data-name=who] select[name=kind]", run: "select starter_manager" },
        click("button[name=apply_hot]", "at once"),
        { trigger: ".o_notification:contains(Changed at once)" },
        { trigger: isDrawn("Look") },
    ],
});

/** The same for one who may not manage: nothing can be changed. */
registry.category("web_tour.tours").add("bpm_engine_locked", {
    steps: () => [
        { trigger: ".o_bpm_locked:contains(Only to read)" },
        isOpen,
        { trigger: `${NAME}[readonly]` },
        { trigger: "[data-name=who] select[name=kind]:disabled" },
    ],
});
