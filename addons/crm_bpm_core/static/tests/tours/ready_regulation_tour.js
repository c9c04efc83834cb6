import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** Neither the catalogue nor its dialog may need horizontal scrolling. */
function assertNoSideScroll() {
    const boxes = document.querySelectorAll(".o_content, .modal-body, .o_bpm_board");
    for (const element of [document.documentElement, ...boxes]) {
        if (element.scrollWidth > element.clientWidth + 1) {
            const name = element.className || "page";
            throw new Error(`${name}: ${element.scrollWidth} > ${element.clientWidth}`);
        }
    }
}

const CARD = ".o_kanban_record:contains(Corporate sale to a chain)";

/** Found in the catalogue, seen before it is made, made, published. */
const useSteps = (line) => [
    { trigger: `${CARD}:contains(Qualification → Presentation)`, run: assertNoSideScroll },
    { trigger: `${CARD} button[name=action_use]`, run: "click" },
    {
        content: "What will be made is said before it is made",
        trigger: `.modal ${line}:contains(Qualification):contains(Visa of the head)`,
        run: assertNoSideScroll,
    },
    { trigger: ".modal [name=created_count]:contains(4)" },
    { trigger: ".modal button[name=action_use]", run: "click" },
    {
        content: "The draft opens as a row of stages",
        trigger: "body:not(:has(.modal)) [data-stage=Presentation] .o_bpm_board_head",
        run: "click",
    },
    {
        trigger: "[data-stage=Presentation] .o_bpm_board_step:contains(catalogue)",
        run: assertNoSideScroll,
    },
    {
        content: "On a phone each stage is opened by its head",
        trigger: "[data-stage=Qualification] .o_bpm_board_head",
        run: "click",
    },
    { trigger: "[data-stage=Qualification] .o_bpm_board_step:contains(Visa of the head)" },
    { trigger: "[data-stage=Qualification] .o_bpm_board_fact:contains(meets the requirements)" },
];

const publishSteps = [
    { trigger: "button[name=action_publish]", run: "click" },
    { trigger: ".modal footer .btn-primary", run: "click" },
    { trigger: ".o_bpm_board:not(:has(.o_bpm_add_step))" },
];

tours.add("crm_bpm_ready_regulation", {
    steps: () => [...useSteps(".o_data_row"), ...publishSteps],
});

tours.add("crm_bpm_ready_regulation_phone", {
    steps: () => useSteps(".o_kanban_record"),
});
