import { registry } from "@web/core/registry";

function assertNoSideScroll() {
    const boxes = [document.documentElement, ...document.querySelectorAll(".o_content")];
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
const click = (trigger) => ({ trigger, run: "click" });
const shows = (name, trigger) => [
    {
        content: `open ${name}`,
        trigger: ".o_main_navbar",
        run() {
            const { action } = odoo.__WOWL_DEBUG__.root.env.services;
            return action.doAction(`bpm_engine.${name}`, { clearBreadcrumbs: true });
        },
    },
    fits(trigger),
];

/** The designer on the version of that state, with something drawn. */
const draws = (state, trigger) => [
    {
        content: `open the version: ${state}`,
        trigger: ".o_main_navbar",
        async run() {
            const { action, orm } = odoo.__WOWL_DEBUG__.root.env.services;
            const resModel = "bpm.process.version";
            const domain = [
                ["process_id.key", "=", "fits"],
                ["state", "=", state],
            ];
            const [resId] = await orm.search(resModel, domain);
            await action.doAction({
                type: "ir.actions.act_window",
                res_model: resModel,
                res_id: resId,
                views: [[false, "form"]],
            });
        },
    },
    { trigger },
    fits(".o_bpm_canvas .djs-element[data-element-id]"),
];

/** Every screen of processes that has no tour of its own on a phone: nothing is cut off. */
registry.category("web_tour.tours").add("bpm_engine_screens_phone", {
    steps: () => [
        ...shows("bpm_process_action", ".o_kanban_record:contains(Fits)"),
        click(".o_kanban_record:contains(Fits)"),
        fits(".o_form_view .o_field_widget[name=name]"),
        ...draws("published", ".o_bpm_locked"),
        ...draws("draft", ".o_field_bpmn_designer:not(:has(.o_bpm_locked))"),
        ...shows("bpm_migration_action", ".o_kanban_record:contains(Fits), .o_view_nocontent"),
        ...shows("bpm_proposal_action", ".o_kanban_record:contains(Shorter)"),
        click(".o_kanban_record:contains(Shorter)"),
        fits(".o_form_view .o_field_widget[name=name]"),
        ...shows("bpm_process_template_action", ".o_kanban_record:contains(Request)"),
        ...shows("bpm_cycle_report_action", ".o_graph_renderer canvas"),
        ...shows("bpm_task_report_action", ".o_graph_renderer canvas"),
        ...shows("bpm_log_action", ".o_kanban_record, .o_data_row"),
        ...shows("bpm_action_action", ".o_kanban_record, .o_data_row"),
        ...shows("bpm_task_action_all", ".o_kanban_record:contains(Azure)"),
    ],
});
