import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function assertNoSideScroll() {
    const boxes = [document.documentElement, ...document.querySelectorAll(".o_content")];
    const wide = boxes.find((box) => box.scrollWidth > box.clientWidth + 1);
    if (wide) {
        throw new Error(`Scrolls sideways: ${wide.className} ${wide.scrollWidth}`);
    }
}

const instanceSteps = [
    {
        content: "The sentence, the token and the history of a running instance",
        trigger: ".o_bpm_sentence:contains(Anna is late with “Check invoice”)",
        run: assertNoSideScroll,
    },
    { trigger: ".o_bpm_viewer .djs-element.o_bpm_is_late[data-element-id=Check]" },
    { trigger: ".o_bpm_viewer:has(.o_bpm_is_passed[data-element-id=F1])" },
    { trigger: ".o_bpm_badge_late:contains(Anna · 2 d)" },
    { trigger: ".o_bpm_line_open:contains(Check invoice):contains(Anna)" },
];

tours.add("bpm_engine_sight_instance", {
    steps: () => [
        ...instanceSteps,
        {
            content: "Gateways and the like stand there when asked for",
            trigger: ".o_bpm_timeline .form-check-input",
            run: "click",
        },
        { trigger: ".o_bpm_line:contains(Invoice came)" },
        {
            content: "As it stood before it began",
            trigger: "#o_bpm_moment",
            run() {
                this.anchor.value = "2020-01-01T00:00";
                this.anchor.dispatchEvent(new Event("change"));
            },
        },
        { trigger: ".o_bpm_sentence:contains(nothing was open)" },
        { trigger: ".o_bpm_moment button:contains(Show now)", run: "click" },
        { trigger: ".o_bpm_sentence:contains(Anna is late)" },
        {
            content: "A manager suspends it and says why",
            trigger: "button[name=action_ask_suspend]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit Audit && press Tab" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: ".o_bpm_sentence:contains(Suspended)" },
        { trigger: ".o_bpm_line:contains(Audit)" },
    ],
});

/** bpmn.io listens to the mouse at the place where the sign is. */
function clickElement(id, where = "") {
    return {
        content: `click ${id} in the diagram`,
        trigger: `${where} .o_bpm_viewer .djs-element[data-element-id=${id}] .djs-hit`,
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

/** Who noticed something on a running process pins it to the step, or to another one. */
tours.add("bpm_engine_sight_propose", {
    steps: () => [
        { trigger: ".o_bpm_line_open:contains(Check invoice)" },
        clickElement("Check"),
        { trigger: ".o_bpm_ideas button[name=propose]:contains(here)", run: "click" },
        { trigger: ".modal .o_field_widget[name=element_name]:contains(Check invoice)" },
        clickElement("Pay", ".modal"),
        { trigger: ".modal .o_field_widget[name=element_name]:contains(Pay)" },
        clickElement("Check", ".modal"),
        { trigger: ".modal .o_field_widget[name=element_name]:contains(Check invoice)" },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Check only large ones && press Tab",
        },
        { trigger: ".modal button[name=action_send]", run: "click" },
        { content: "a badge on the step", trigger: ".o_bpm_badge_about:contains(1)" },
        { trigger: ".o_bpm_ideas button[name=proposals]:contains(1)", run: "click" },
        { trigger: ".o_kanban_record:contains(Check only large ones):contains(Check invoice)" },
    ],
});

/** A colleague votes, from the heat map. */
tours.add("bpm_engine_sight_vote", {
    steps: () => [
        { trigger: ".o_bpm_viewer .o_bpm_badge_about:contains(1)" },
        { trigger: "tr[data-element=Check]", run: "click" },
        { trigger: ".o_bpm_element button[name=propose]" },
        { trigger: ".o_bpm_element button[name=proposals]:contains(1)", run: "click" },
        { trigger: ".o_kanban_record button[name=action_vote_for]", run: "click" },
        { trigger: ".o_kanban_record button[name=action_vote_for].btn-success:contains(1)" },
    ],
});

/** The manager takes it up: it hangs on the draft. */
tours.add("bpm_engine_sight_accept", {
    steps: () => [
        { trigger: ".o_kanban_record:contains(Check only large ones)", run: "click" },
        { trigger: "button[name=action_accept]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Accepted)" },
        { trigger: "button[name=action_open_draft]", run: "click" },
        { trigger: ".o_field_bpmn_designer [data-element-id=Check]" },
    ],
});

/** In use for a while: what it brought stands on the proposal, and it is talked about. */
tours.add("bpm_engine_sight_effect", {
    steps: () => [
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(In effect)" },
        { trigger: "[name=effect_html] th:contains(Before)" },
        { trigger: "[name=effect_html] th:contains(After)" },
        {
            content: "three before, one after, and so little proves nothing",
            trigger: "[name=effect_html] tr:contains(Instances that ended):contains(3):contains(1)",
        },
        { trigger: "[name=effect_html] tr:contains(median, hours):contains(2.0)" },
        { trigger: "[name=effect_html]:contains(Small samples)" },
        { trigger: ".o-mail-Chatter-sendMessage", run: "click" },
        {
            trigger: ".o-mail-Composer-input, .o-mail-Composer-html[contenteditable=true]",
            run: "edit It was worth it",
        },
        { trigger: ".o-mail-Composer-send:enabled", run: "click" },
        { trigger: ".o-mail-Message:contains(It was worth it)" },
    ],
});

tours.add("bpm_engine_sight_instance_phone", { steps: () => instanceSteps });

tours.add("bpm_engine_sight_heat", {
    steps: () => [
        {
            content: "opened by its address it is called what it is",
            trigger: ".o_breadcrumb:contains(Heat Map):not(:contains(Unnamed))",
        },
        {
            trigger: ".o_menu_brand:contains(Processes), .o_main_navbar",
            run: () => window.location.reload(),
            expectUnloadPage: true,
        },
        { trigger: ".o_breadcrumb:contains(Heat Map):not(:contains(Unnamed))" },
        {
            trigger: ".o_bpm_sentence:contains(The slowest step is “Check invoice”)",
            run: assertNoSideScroll,
        },
        { trigger: ".o_bpm_viewer .djs-element.o_bpm_heat_5[data-element-id=Check]" },
        { trigger: ".o_bpm_badge:contains(2 h)" },
        { content: "Another figure colours it", trigger: "[data-metric=waiting]", run: "click" },
        { trigger: ".o_bpm_badge_heat:contains(1)" },
        { content: "The table sorts", trigger: "[data-sort=count]", run: "click" },
        { trigger: "th[aria-sort=descending] [data-sort=count]" },
        { content: "A step opens its lists", trigger: "tr[data-element=Check]", run: "click" },
        { trigger: ".o_bpm_element button[name=passes]:contains(3)" },
        { trigger: ".o_bpm_element button[name=waiting]", run: "click" },
        { trigger: ".o_breadcrumb:contains(Waiting: Check invoice)" },
        { trigger: ".o_data_row:contains(Vector), .o_kanban_record:contains(Vector)" },
    ],
});

const passes = (number) => ({
    trigger: `tr[data-element=Check]:has(td:first-of-type:text(${number}))`,
});

/** The dates of a period are set as a person leaves the field. */
const setDay = (name, value) => ({
    trigger: `.o_bpm_days input[name=${name}]`,
    run() {
        this.anchor.value = value;
        this.anchor.dispatchEvent(new Event("change"));
    },
});

const choose = (name, label) => ({
    content: `${name}: ${label}`,
    trigger: `.o_bpm_filters select[name=${name}]:has(option:contains(${label}))`,
    run() {
        const option = [...this.anchor.options].find((one) => one.text.includes(label));
        this.anchor.value = option.value;
        this.anchor.dispatchEvent(new Event("change"));
    },
});

/** What is written to the disk of the reader is fetched here instead. */
function fetchInsteadOfLeaving() {
    const { location } = window;
    Object.defineProperty(browser, "location", {
        configurable: true,
        get: () => ({
            origin: location.origin,
            pathname: location.pathname,
            assign: async (url) => {
                Object.defineProperty(browser, "location", {
                    configurable: true,
                    get: () => location,
                });
                const answer = await fetch(url);
                const log = new DOMParser().parseFromString(await answer.text(), "text/xml");
                document.body.dataset.traces = log.querySelectorAll("trace").length;
            },
        }),
    });
}

/** Every choice of the heat map, and the charts behind it. */
tours.add("bpm_engine_sight_heat_choices", {
    steps: () => [
        passes(5),
        { trigger: "[data-metric=count]", run: "click" },
        { trigger: ".o_bpm_viewer .o_bpm_badge_heat:contains(5)" },
        { trigger: "[data-metric=overdue_share]", run: "click" },
        { content: "one of five was late", trigger: ".o_bpm_badge_heat:contains(20)" },
        { trigger: ".o_bpm_filters .btn-group button:contains(7 days)", run: "click" },
        passes(4),
        { trigger: ".o_bpm_filters .btn-group button:contains(90 days)", run: "click" },
        passes(5),
        choose("version", "version 1"),
        passes(1),
        choose("version", "All versions"),
        passes(5),
        choose("person", "Boris"),
        passes(1),
        choose("person", "Everybody"),
        passes(5),
        { content: "two versions in a sentence", trigger: ".o_bpm_comparison:contains(median)" },
        { content: "and that they are few", trigger: ".o_bpm_compare .text-warning-emphasis" },
        {
            trigger: ".o_bpm_filters button[name=export]",
            run() {
                fetchInsteadOfLeaving();
                this.anchor.click();
            },
        },
        { content: "the log of six instances", trigger: "body[data-traces='6']" },
        setDay("from", "2020-02-01"),
        setDay("to", "2020-01-01"),
        { trigger: ".o_bpm_heat .text-danger:contains(ends before it begins)" },
        setDay("to", "2020-03-01"),
        { trigger: ".o_bpm_sentence:contains(In this period nothing was finished)" },
        { trigger: ".o_bpm_versions:contains(no instance ended)" },
        setDay("to", ""),
        passes(5),
        { trigger: ".o_bpm_versions header button:contains(Charts)", run: "click" },
        { content: "cycle times as bars", trigger: ".o_graph_renderer canvas" },
        { trigger: ".o_facet_value:contains(Invoice payment)" },
        { trigger: ".o_switch_view.o_pivot", run: "click" },
        { trigger: ".o_pivot tbody tr:contains(version 1):contains(4.02)" },
        { trigger: ".o_pivot tbody tr:contains(version 2):contains(2.52)" },
    ],
});

tours.add("bpm_engine_sight_heat_phone", {
    steps: () => [
        { trigger: ".o_bpm_sentence:contains(The slowest step)", run: assertNoSideScroll },
        { trigger: "tr[data-element=Check]", run: "click" },
        { trigger: ".o_bpm_element h3:contains(Check invoice)", run: assertNoSideScroll },
    ],
});

tours.add("bpm_engine_sight_board", {
    steps: () => [
        { trigger: "[data-holder=Anna] [name=overdue]:contains(1)", run: assertNoSideScroll },
        { trigger: "[data-holder=Anna] .o_bpm_holder_name", run: "click" },
        { trigger: "[data-holder=Anna] li .form-check-input", run: "click" },
        { trigger: "[data-holder=Anna] [name=target] input", run: "edit Boris" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Boris Later)",
            run: "click",
        },
        { trigger: "[data-holder=Anna] button[name=reassign]:contains(1)", run: "click" },
        { trigger: ".o_notification:contains(Given to Boris Later: 1)" },
        { trigger: "[data-holder='Boris Later'] button[name=open]", run: "click" },
        {
            trigger:
                ".o_data_row:contains(Check invoice), .o_kanban_record:contains(Check invoice)",
        },
    ],
});
