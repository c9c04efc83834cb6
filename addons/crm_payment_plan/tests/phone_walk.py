"""A walk through screens in one browser: each shows a record and is no wider than the phone."""

import json

#: What a screen shows when there is something: a card or a line, a figure, a chart, a form.
RECORD = ".o_kanban_record:not(.o_kanban_ghost), .o_data_row"
FIGURE = ".o_pivot td.o_pivot_cell_value"
CHART = ".o_graph_view canvas"
FORM = ".o_form_view .o_field_widget"

#: One page load for all: actions are opened as a click in a menu opens them.
WALK = """
(async () => {
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    const empty = ".o_view_nocontent, .o_view_sample_data";
    for (const [name, target, seen] of SCREENS) {
        await action.doAction(target, { clearBreadcrumbs: true });
        const end = Date.now() + 60000;
        while (!document.querySelector(seen) || document.querySelector(empty)) {
            if (Date.now() > end) {
                throw new Error(`${name} shows nothing: ${seen}`);
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        // A pivot scrolls inside of its own box.
        const boxes = document.querySelector(".o_pivot") ? "html" : "html, .o_content";
        for (const box of document.querySelectorAll(boxes)) {
            if (box.scrollWidth > box.clientWidth + 1) {
                throw new Error(`${name}: ${box.className} is ${box.scrollWidth} px wide`);
            }
        }
    }
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


def form(record):
    """The action that opens a record."""
    return {
        "type": "ir.actions.act_window",
        "name": record.display_name,
        "res_model": record._name,
        "res_id": record.id,
        "views": [[False, "form"]],
    }


def walk(case, screens, login):
    """Open the screens one after the other; fail at the first that is empty or too wide.

    :param case: an HttpCase with the size of the phone
    :param screens: tuples of path or action, and the selector of what must be seen there
    """
    named = [
        (target if isinstance(target, str) else target["name"], target, seen)
        for target, seen in screens
    ]
    case.browser_js(
        "/odoo/debts",
        WALK.replace("SCREENS", json.dumps(named)),
        ready="!!document.querySelector('.o_action_manager .o_view_controller')",
        login=login,
        timeout=240,
    )
