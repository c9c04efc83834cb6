import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function click(trigger, content) {
    return { content, trigger, run: "click" };
}

const MAPPING = ".o_bpm_mapping .o_data_row:contains(Sign)";

/** What differs, as the pictures show it. */
const marked = [
    { trigger: "[name=old_xml] .djs-element.o_bpm_is_removed[data-element-id=Sign]" },
    { trigger: "[name=new_xml] .djs-element.o_bpm_is_added[data-element-id=Agree]" },
];

/** Published while some run: who moves, who needs a decision, who stays and why. */
tours.add("bpm_engine_publish_and_move", {
    steps: () => [
        click("button[name=action_ask_publish]"),
        { content: "the check opens", trigger: ".o_field_widget[name=count_moves]:contains(1)" },
        { trigger: ".o_field_widget[name=count_mapping]:contains(1)" },
        { trigger: ".o_field_widget[name=count_blocked]:contains(1)" },
        ...marked,
        click(`${MAPPING} td[name=new_element_id]`, "where does “Sign” go on?"),
        { trigger: `${MAPPING} td[name=new_element_id] input`, run: "edit Agree" },
        click(".o-autocomplete--dropdown-item a:contains(Agree)"),
        click("button[name=action_check]"),
        { trigger: ".o_field_widget[name=count_moves]:contains(2)" },
        click("button[name=action_open_instances]", "each with its reason"),
        { trigger: ".o_data_row:contains(“Sign” goes on with “Agree”)" },
        { trigger: ".o_data_row:contains(“Wait” is in progress but gone)" },
        click(".o_breadcrumb .o_back_button a, .o_breadcrumb .breadcrumb-item:last a", "back"),
        click("button[name=action_move]"),
        click(".modal-footer .btn-primary"),
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Moved)" },
        { trigger: ".o_field_widget[name=count_moved]:contains(2)" },
        { trigger: ".o_field_widget[name=count_blocked]:contains(1)" },
    ],
});

/** The version in use: beside the one before; open tasks follow what was changed at once. */
tours.add("bpm_engine_compare_and_apply", {
    steps: () => [
        click("button[name=action_compare]"),
        { content: "in words", trigger: "[name=differences_html] dd:contains(Agree)" },
        ...marked,
        click(".o_breadcrumb .o_back_button a, .o_breadcrumb .breadcrumb-item:last a", "back"),
        click(".o_notebook [name=elements]", "who does what"),
        click(".o_data_row:contains(Pay) td[name=summary]"),
        click("button[name=action_hand_over]:visible", "open tasks follow"),
        click(".modal:last .modal-footer .btn-primary"),
        { trigger: ".o_notification:contains(1 open tasks have changed)" },
    ],
});
