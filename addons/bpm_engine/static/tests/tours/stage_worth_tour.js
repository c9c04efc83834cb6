import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const PART = (name) => `.o_bpm_worth_part:contains(${name})`;
const CHANGE = ".o_bpm_worth_card[data-version='2']";

/** The cells of a row, from left to right. */
function assertCells(row, expected) {
    const cells = [...row.children].map((cell) => cell.textContent.trim());
    if (cells.join("|") !== expected.join("|")) {
        throw new Error(`${cells.join("|")} instead of ${expected.join("|")}`);
    }
}

/** The rows "with" and "without" below the name of an obligation. */
function assertFigures(part, withIt, without) {
    const first = part.nextElementSibling;
    assertCells(first, withIt);
    assertCells(first.nextElementSibling, without);
}

const figures = [
    {
        content: "A dropped step: until when, and what its records had ahead of the others",
        trigger: `${PART("Meeting")}:contains(Demanded until version 1):contains(+100 points)`,
        run() {
            const withIt = ["with", "4", "100 %", "2 d", "0 %"];
            assertFigures(this.anchor, withIt, ["without", "5", "0 %", "2 d", "0 %"]);
        },
    },
    {
        content: "A fact with too few records says so, and gives no difference",
        trigger: `${PART("Phone known")}:contains(Too few records):not(:contains(points))`,
        run() {
            const withIt = ["with", "3", "100 %", "2 d", "0 %"];
            assertFigures(this.anchor, withIt, ["without", "1", "100 %", "2 d", "0 %"]);
        },
    },
    { trigger: `${PART("Meeting")} .o_bpm_worth_by_version`, run: "click" },
    {
        trigger: ".o_bpm_worth_version:contains(Version 1, with):not(:contains(without))",
        run() {
            assertCells(this.anchor, ["Version 1, with", "4", "100 %", "2 d", "0 %"]);
        },
    },
    {
        content: "Before and after the change, under its note",
        trigger: `${CHANGE}:contains(Version 2: Meetings dropped):not(:contains(Too few))`,
        run() {
            const [closed, won] = this.anchor.querySelectorAll("tbody tr");
            assertCells(closed, ["Closed", "5", "4", ""]);
            assertCells(won, ["Won", "80 %", "0 %", "-80"]);
        },
    },
    {
        content: "Time in the stage against its norm",
        trigger: ".o_bpm_worth:last tbody tr:contains(Qualification)",
        run() {
            assertCells(this.anchor, ["Qualification", "10", "2 d", "3 d", "0"]);
        },
    },
];

tours.add("bpm_engine_stage_worth", {
    steps: () => [
        { trigger: "button[name=action_open_worth]", run: "click" },
        ...figures,
        {
            trigger: ".o_bpm_worth_overrides:contains(reason: 1)",
            run: "click",
        },
        { trigger: ".o_facet_values:contains(Overrides), .o_facet_value:contains(Overrides)" },
        { trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row:contains(Phone known)" },
        { trigger: ".o_breadcrumb .o_back_button", run: "click" },
        { trigger: ".o_bpm_worth_page" },
        { trigger: ".o_breadcrumb .o_back_button", run: "click" },
        {
            content: "The same list behind the figure on the regulation",
            trigger: "button[name=action_open_overrides]:contains(1)",
            run: "click",
        },
        { trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row:contains(Phone known)" },
        { trigger: ".o_breadcrumb .o_back_button", run: "click" },
        { trigger: "button[name=action_open_bypasses]:contains(1)", run: "click" },
        {
            trigger:
                ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row:contains(By the exchange)",
        },
        { trigger: ".o_breadcrumb .o_back_button", run: "click" },
        { trigger: "button[name=action_open_versions]:contains(2)", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Meetings dropped):contains(In force)" },
    ],
});

tours.add("bpm_engine_stage_worth_phone", {
    steps: () => [
        { trigger: ".o_bpm_worth_page select", run: "selectByLabel Sale with meetings" },
        ...figures,
        {
            trigger: ".o_bpm_worth_page",
            run() {
                const page = document.documentElement;
                for (const box of [
                    page,
                    this.anchor,
                    ...document.querySelectorAll(".o_bpm_worth"),
                ]) {
                    if (box.scrollWidth > box.clientWidth + 1) {
                        throw new Error(
                            `${box.className}: ${box.scrollWidth} > ${box.clientWidth}`
                        );
                    }
                }
            },
        },
    ],
});
