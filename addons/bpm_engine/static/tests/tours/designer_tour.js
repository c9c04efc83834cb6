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

const PICKED = ".o_model_field_selector_popover_item_name";

const isOpen = { content: "the diagram is open", trigger: `${NAME}:value(/./)` };

/** A newcomer: the first step is chosen; answers, ways, a step, a condition, a person. */
registry.category("web_tour.tours").add("bpm_engine_draw", {
    steps: () => [
        isOpen,
        { trigger: NAME, run: "edit Check the deal && press Tab" },
        { content: "the drawing follows", trigger: isDrawn("deal") },
        { trigger: "[data-name=who] select[name=kind]", run: "select starter_manager" },
        click(".o_bpm_outcomes button[name=yes_no]", "two answers, and a way for each"),
        click(".o_bpm_steps button:contains(Approve)", "the first way"),
        { content: "in words", trigger: ".o_bpm_preview:contains(the answer is “Approve”)" },
        { content: "without code", trigger: ".o_bpm_panel:not(:has(code))" },
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
        {
            trigger:
                ".o_bpm_preview:contains(the answer is “Approve” and amount is more than 1000)",
        },
        click("button[name=as_text]", "the code only when asked for"),
        { trigger: "[data-name=expression] textarea:value(outcome == 'approved')" },
        click("button[name=as_rows]", "back to the rows"),
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

/** Two pools, as other tools write them; in one of them a step leads nowhere. */
const POOLS = `<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="other"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
    <collaboration id="C"><participant id="P1" name="Shop" processRef="A"/>
        <participant id="P2" name="Warehouse" processRef="B"/></collaboration>
    <process id="A"><startEvent id="A1"/><userTask id="A2" name="Sell" camunda:formKey="f1"/>
        <userTask id="A3" name="Lost step"/><endEvent id="A4"/>
        <sequenceFlow id="AF1" sourceRef="A1" targetRef="A2"/>
        <sequenceFlow id="AF2" sourceRef="A2" targetRef="A4"/></process>
    <process id="B"><startEvent id="B1"/><userTask id="B2" name="Pack"/><endEvent id="B3"/>
        <sequenceFlow id="BF1" sourceRef="B1" targetRef="B2"/>
        <sequenceFlow id="BF2" sourceRef="B2" targetRef="B3"/></process>
</definitions>`;

/** Files of other tools: which pool, what was left out, what is wrong; arranged and saved. */
registry.category("web_tour.tours").add("bpm_engine_import", {
    steps: () => [
        isOpen,
        drop(POOLS, "two.bpmn"),
        { trigger: ".modal:contains(Which process)" },
        click(".modal [data-pool=A] input", "the shop"),
        click(".modal input[name=others]", "and the other one as a draft"),
        click(".modal button[name=take]", "take it"),
        { content: "what was left out", trigger: ".modal:contains(the form “f1”)" },
        click(".modal .o_bpm_notes button:contains(Sell)", "to the place"),
        { trigger: ".o_bpm_panel [data-element=A2]" },
        { trigger: ".o_notification:contains(New draft processes: Warehouse)" },
        { trigger: isDrawn("Sell") },
        {
            content: "what is wrong is listed",
            trigger: ".o_bpm_problems li[data-code=dead_end] button:contains(Lost step)",
            run: "click",
        },
        { content: "and leads to the place", trigger: ".o_bpm_panel [data-element=A3]" },
        click(".o_bpm_toolbar button[name=tidy]", "arrange it"),
        {
            content: "nothing lies over another",
            trigger: `${CANVAS} .djs-element[data-element-id=A3]`,
            run() {
                const box = (id) =>
                    document
                        .querySelector(`${CANVAS} .djs-shape[data-element-id=${id}] .djs-hit`)
                        .getBoundingClientRect();
                const [one, other] = [box("A2"), box("A3")];
                const apart =
                    one.right < other.left ||
                    other.right < one.left ||
                    one.bottom < other.top ||
                    other.bottom < one.top;
                if (!apart) {
                    throw new Error("tidying leaves steps over each other");
                }
            },
        },
        ...leave,
    ],
});

const option = (text) => `.o-autocomplete--dropdown-item:contains(${text})`;
const pickField = (text) => [
    { trigger: ".o_model_field_selector_popover_search input", run: `edit ${text}` },
    click(`${PICKED}:contains(${text}):first`, text),
];

/** Who, until when, who is told: each with the widget a person uses. */
registry.category("web_tour.tours").add("bpm_engine_panel_people", {
    steps: () => [
        isOpen,
        { trigger: "[data-name=who] select[name=kind]", run: "select group" },
        { trigger: "[data-name=who] .o_bpm_picker input", run: "edit Lawyers of" },
        click(option("Lawyers of the Test"), "a group"),
        { trigger: "[data-name=deadline] select:first", run: "select after" },
        { trigger: "[data-name=deadline] [data-name=amount] input", run: "edit 2 && press Tab" },
        { trigger: "[data-name=deadline] [data-name=remind] input", run: "edit 4 && press Tab" },
        { trigger: "[data-name=deadline] .o_bpm_person select[name=kind]", run: "select role" },
        click("[data-name=deadline] .o_model_field_selector", "a person from the record"),
        { trigger: ".o_model_field_selector_popover_search input", run: "edit Vat checked" },
        {
            content: "what diagrams may not read is not offered",
            trigger: `.o_model_field_selector_popover:not(:has(${PICKED}:contains(Vat checked)))`,
        },
        ...pickField("Salesperson"),
        { trigger: "select[name=escalation_action]", run: "select reassign" },
        { trigger: "[data-name=deadline] [data-name=again] input", run: "edit 8 && press Tab" },
        { trigger: "[data-name=deadline] .form-text:contains(one step higher)" },
        click(".o_bpm_outcomes button[name=yes_no]", "two answers"),
        click(".o_bpm_steps button:contains(Approve)", "the first way"),
        click("button[name=add_row]", "one more condition"),
        { trigger: ".o_bpm_condition_row:last select[name=kind]", run: "select record" },
        click(".o_bpm_condition_row:last .o_model_field_selector", "a field of the record"),
        ...pickField("Reference"),
        {
            trigger: ".o_bpm_condition_row:last [data-name=value] input",
            run: "edit A-1 && press Tab",
        },
        {
            content: "in the words of the form",
            trigger: ".o_bpm_preview:contains(and “Reference” is A-1)",
        },
        ...leave,
    ],
});

/** One line of a file in windows-1251, as older tools write it. */
function oldFile(name) {
    const xml = `<?xml version="1.0" encoding="windows-1251"?>
        <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="old">
            <process id="Old"><startEvent id="Start_1"/><userTask id="Task_1" name="${name}"/>
            <endEvent id="End_1"/><sequenceFlow id="F1" sourceRef="Start_1" targetRef="Task_1"/>
            <sequenceFlow id="F2" sourceRef="Task_1" targetRef="End_1"/></process></definitions>`;
    const codes = [...xml].map((sign) => sign.codePointAt(0));
    return Uint8Array.from(codes.map((code) => (code < 128 ? code : code - 0x410 + 0xc0)));
}

/** A label that is still being written, and the browser's own way back. */
registry.category("web_tour.tours").add("bpm_engine_leave_label", {
    steps: () => [
        click(".o_data_row:contains(Deal) .o_data_cell", "open it"),
        isOpen,
        choose("Task_1"),
        { content: "a click does not close the panel", trigger: isOpen.trigger },
        drop(oldFile("Шаг"), "old.bpmn"),
        { content: "its letters are read", trigger: isDrawn("Шаг") },
        choose("Start_1"),
        {
            content: "write on the drawing",
            trigger: `${CANVAS} .djs-element[data-element-id="Start_1"] .djs-hit`,
            run() {
                this.anchor.dispatchEvent(
                    new MouseEvent("dblclick", { bubbles: true, button: 0, view: window })
                );
            },
        },
        {
            trigger: `${CANVAS} .djs-direct-editing-content`,
            run() {
                this.anchor.textContent = "Order came";
                this.anchor.dispatchEvent(new Event("input", { bubbles: true }));
                history.back();
            },
        },
        { content: "the form is left", trigger: ".o_list_view" },
    ],
});

/** No part of the column is cut off or lies over another. */
function assertPanelFits() {
    const panel = document.querySelector(".o_bpm_panel");
    const edge = panel.getBoundingClientRect().right;
    for (const element of panel.querySelectorAll("select, input, .o_bpm_picker, button")) {
        if (element.getBoundingClientRect().right > edge + 1) {
            throw new Error(`${element.name || element.className} is cut off`);
        }
    }
    if (panel.scrollWidth > panel.clientWidth + 1) {
        throw new Error(`the panel scrolls sideways: ${panel.scrollWidth}`);
    }
}

/** The parts of the column: approval, fields of the form, the action with its values. */
registry.category("web_tour.tours").add("bpm_engine_panel_parts", {
    steps: () => [
        { content: "the diagram is open", trigger: `${CANVAS} [data-element-id=Check]` },
        choose("Check"),
        click(".o_bpm_more summary:contains(Fields of the record)", "fields of the form"),
        { trigger: ".o_bpm_add_field .o_bpm_hint:contains(Add a field)" },
        click(".o_bpm_add_field .o_model_field_selector", "choose one"),
        {
            trigger: ".o_model_field_selector_popover_search input",
            run: "edit Reference",
        },
        click(`${PICKED}:contains(Reference):first`, "the reference"),
        { trigger: ".o_bpm_field[data-field=ref] select[name=way]", run: "select required" },
        click(".o_bpm_more summary:contains(Several people decide)", "several people"),
        click(".o_bpm_approval input[name=approval]", "yes"),
        { trigger: ".o_bpm_approval select[name=mode]", run: "select quorum" },
        { trigger: ".o_bpm_approval [data-name=quorum] input", run: "edit 2 && press Tab" },
        { trigger: ".o_bpm_approval select[name=order]", run: "select sequential" },
        click("button[name=add_approver]", "a second person"),
        {
            content: "each is chosen as anywhere else",
            trigger: ".o_bpm_approval select[name=kind]:last",
            run: "select starter_manager",
        },
        { trigger: ".o_bpm_approval", run: assertPanelFits },
        click("button[name=add_outcome]", "an answer of their own"),
        {
            content: "nobody says for them what it means",
            trigger: ".o_bpm_outcome:last select[name=style]",
            run() {
                if (this.anchor.value !== "") {
                    throw new Error(`the answer already means ${this.anchor.value}`);
                }
            },
        },
        { trigger: ".o_bpm_problems li[data-code=answer_meaning]" },
        { trigger: ".o_bpm_outcome:last select[name=style]", run: "select negative" },
        { trigger: ".o_bpm_problems:not(:has(li[data-code=answer_meaning]))" },
        choose("Note_paid"),
        { trigger: ".o_bpm_action select[name=action]", run: "select tell_test" },
        { trigger: ".o_bpm_action .form-text:contains(Tells everybody)" },
        { trigger: "[data-name=new_parameter] input", run: "edit company && press Tab" },
        { trigger: "[data-name=company] input", run: "edit base.main_company && press Tab" },
        {
            content: "what stands for a record is named",
            trigger: "[data-name=company] .form-text:contains(stands for)",
            run: assertPanelFits,
        },
        click(".o_bpm_action input[name=async]", "in the background"),
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
