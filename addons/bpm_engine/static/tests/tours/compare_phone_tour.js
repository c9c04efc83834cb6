import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function click(trigger, content) {
    return { content, trigger, run: "click" };
}

function assertNoSideScroll() {
    const boxes = [document.documentElement, ...document.querySelectorAll(".o_content")];
    const wide = boxes.find((box) => box.scrollWidth > box.clientWidth + 1);
    if (wide) {
        throw new Error(`Scrolls sideways: ${wide.className} ${wide.scrollWidth}`);
    }
}

/** What is marked can be seen: it lies within its picture, and the picture on the screen. */
function assertInPicture() {
    const box = this.anchor.closest(".o_bpm_viewer_box").getBoundingClientRect();
    const mark = this.anchor.getBoundingClientRect();
    const isInside =
        mark.left >= box.left - 1 &&
        mark.right <= box.right + 1 &&
        mark.top >= box.top - 1 &&
        mark.bottom <= box.bottom + 1;
    if (!isInside || box.right > window.innerWidth) {
        throw new Error(`Out of the picture: ${this.anchor.dataset.elementId}`);
    }
}

const removed = "[name=old_xml] .djs-element.o_bpm_is_removed[data-element-id=Sign]";
const added = "[name=new_xml] .djs-element.o_bpm_is_added[data-element-id=Agree]";
const seen = (trigger) => ({ trigger, run: assertInPicture });

/** Two versions on a phone: the words first, then each picture at the place that differs. */
tours.add("bpm_engine_compare_phone", {
    steps: () => [
        click(".o_statusbar_buttons button.dropdown-toggle"),
        click(".o-dropdown--menu button[name=action_compare]"),
        { trigger: "[name=differences_html] dd:contains(Agree)", run: assertNoSideScroll },
        { trigger: "[name=differences_html] dd:contains(Sign)" },
        {
            content: "arrows that came or went with a step are not told beside it",
            trigger: "[name=differences_html]:not(:contains(→ Sign)):not(:contains(→ Agree))",
        },
        { trigger: "[name=process_id]:contains(Agreement of the payment)" },
        { trigger: "[name=from_version_id] input:value(version 1)" },
        { trigger: "[name=version_id]:contains(version 2)" },
        seen(removed),
        seen(added),
        { trigger: "[name=old_xml] .o_bpm_legend:contains(gone)" },
        { trigger: "[name=new_xml] .o_bpm_legend:contains(new)" },
        click("[name=old_xml] button[name=fit]", "the whole of it"),
        seen("[name=old_xml] .djs-element[data-element-id=End]"),
        click("[name=new_xml] button[name=fit]"),
        seen("[name=new_xml] .djs-element[data-element-id=Start]"),
        seen("[name=new_xml] .djs-element[data-element-id=End]"),
        { trigger: "[name=from_version_id]", run: assertNoSideScroll },
    ],
});
