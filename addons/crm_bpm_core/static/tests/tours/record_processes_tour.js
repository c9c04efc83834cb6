import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** A sale's menu offers its processes; started there, one is seen with whom it waits for. */
tours.add("crm_bpm_core_sale_processes", {
    steps: () => [
        { trigger: ".o_cp_action_menus button", run: "click" },
        { trigger: ".o_menu_item:contains(Processes)", run: "click" },
        {
            trigger: ".o_bpm_startable button:contains(Corporate sale)",
            run: "click",
        },
        { trigger: ".o_bpm_run[data-state=running]:contains(Corporate sale)" },
        { trigger: ".o_bpm_run .o_bpm_next" },
    ],
});

/** A kind of record without processes has no such entry, beside its usual ones. */
tours.add("crm_bpm_core_no_processes", {
    steps: () => [
        { trigger: ".o_cp_action_menus button", run: "click" },
        {
            trigger:
                ".o-dropdown--menu:has(.o_menu_item:contains(Delete)):not(:has(.o_menu_item:contains(Process)))",
        },
    ],
});
