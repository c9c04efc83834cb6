import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function assertNoSideScroll() {
    for (const element of document.querySelectorAll(".o_bpm_stage_bar, .modal-body")) {
        if (element.scrollWidth > element.clientWidth + 1) {
            throw new Error(
                `${element.className}: ${element.scrollWidth} > ${element.clientWidth}`
            );
        }
    }
}

/** A step that nobody was asked for is asked by one click; a stage is not left by emptying it. */
tours.add("crm_bpm_stage_ask", {
    steps: () => [
        { trigger: ".o_bpm_stage[data-stage=Second]", run: "click" },
        {
            trigger:
                ".o_bpm_stage_panel [data-kind=unasked]:contains(nobody has been asked for it yet)",
            run: assertNoSideScroll,
        },
        {
            trigger: ".o_bpm_stage_panel [data-kind=unasked] [data-cure=ask]:text(Ask now)",
            run: "click",
        },
        {
            content: "Now it is somebody's",
            trigger:
                ".o_bpm_stage_panel:not(:has([data-kind=unasked])) [data-kind=step]:contains(Visa) [data-cure=remind]",
        },
        { trigger: ".modal footer .btn-secondary:text(Close)", run: "click" },
        {
            trigger: "body:not(:has(.modal)) .o_bpm_stage_current[data-stage=First]",
            run() {
                const { orm } = odoo.__WOWL_DEBUG__.root.env.services;
                const id = Number(window.location.pathname.match(/(\d+)(?!.*\d)/)[1]);
                // As any screen does whose change was refused: nobody waits for the answer.
                orm.write("crm.lead", [id], { stage_id: false });
            },
        },
        {
            trigger: ".o_bpm_stage_panel [data-kind=way]:contains(always at a stage)",
            run: assertNoSideScroll,
        },
        {
            trigger: ".o_bpm_stage_panel [data-kind=way] .o_bpm_stage_cure:contains(Second)",
            run: "click",
        },
        {
            trigger:
                ".o_bpm_stage_panel:not(:has([data-kind=way])) [data-kind=step]:contains(Visa)",
        },
        { trigger: ".modal footer .btn-secondary:text(Close)", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_bpm_stage_current[data-stage=First]" },
    ],
});
