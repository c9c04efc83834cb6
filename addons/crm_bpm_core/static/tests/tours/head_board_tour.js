import { registry } from "@web/core/registry";
import { assertNoSideScroll } from "./calls_today_tour";

const tours = registry.category("web_tour.tours");

tours.add("crm_bpm_core_head_board", {
    steps: () => [
        { trigger: ".o_crm_recession:contains(Falling Ltd)", run: assertNoSideScroll },
        {
            content: "Drag the dearest recession to a person",
            trigger: ".o_crm_recession:contains(Falling Ltd) .o_crm_handle",
            run: ({ drag_and_drop }) => drag_and_drop(".o_crm_person:contains(Colleague) th", {}),
        },
        { trigger: ".o_notification:contains(Colleague calls this customer now)" },
        { trigger: ".o_crm_recession:contains(Falling Ltd):contains(To call)" },
        {
            content: "Choose the person of a listed one",
            trigger: ".o_crm_recession:contains(Listed Ltd) select",
            run: "selectByLabel Manager",
        },
        { trigger: ".o_notification:contains(Manager calls this customer now)" },
        { trigger: ".o_crm_recession:contains(Listed Ltd):contains(To call)" },
        {
            content: "A number opens its list",
            trigger: "[data-figure=without_step]",
            run: "click",
        },
        { trigger: ".o_list_view .o_breadcrumb:contains(Without next step)" },
        { trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        {
            trigger: ".o_crm_tile_recessions header .btn-link:first",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Falling Ltd)" },
    ],
});

tours.add("crm_bpm_core_head_board_phone", {
    steps: () => [
        { trigger: ".o_crm_recession:contains(Falling Ltd)", run: assertNoSideScroll },
        {
            trigger: ".o_crm_recession:contains(Falling Ltd) select",
            run: "selectByLabel Colleague",
        },
        { trigger: ".o_notification:contains(Colleague calls this customer now)" },
        {
            content: "The tiles stand below each other",
            trigger: ".o_crm_tiles",
            run() {
                const lefts = [...document.querySelectorAll(".o_crm_tile")].map(
                    (tile) => tile.getBoundingClientRect().left
                );
                if (new Set(lefts).size !== 1) {
                    throw new Error(`The tiles are not in one column: ${lefts}`);
                }
            },
        },
    ],
});
