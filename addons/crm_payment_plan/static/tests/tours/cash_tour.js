import { registry } from "@web/core/registry";

/** TN-26, TN-27: the board: three ways of dating, the gap in words, the documents of a week. */
registry.category("web_tour.tours").add("crm_payment_plan_cash", {
    steps: () => [
        { content: "the gap in words", trigger: ".o_crm_cash_verdict.alert-danger:contains(gap)" },
        { trigger: ".o_crm_cash_weeks tr.o_gap:contains(below)" },
        { trigger: ".o_crm_cash_switches [data-mode=contract]", run: "click" },
        { trigger: "[data-mode=contract][aria-pressed=true]" },
        {
            content: "the horizon",
            trigger: ".o_crm_cash_switches select[name=weeks]",
            run: "select 8",
        },
        { trigger: ".o_crm_cash_chart:has([data-week='7']):not(:has([data-week='8']))" },
        { trigger: ".o_crm_cash_switches [data-mode=behaviour]", run: "click" },
        { trigger: ".o_crm_cash_switches select[name=basis]", run: "select p90" },
        { trigger: ".o_crm_tiles:not(.o_crm_busy)" },
        { trigger: ".o_crm_cash_switches [data-mode=contract]", run: "click" },
        { trigger: "[data-mode=contract][aria-pressed=true]" },
        { content: "a week", trigger: ".o_crm_cash_column[data-week='1']", run: "click" },
        { content: "its documents", trigger: ".o_data_row:contains(Cash tour part)" },
        {
            content: "and the document itself",
            trigger: ".o_data_row:contains(Cash tour part) td[name=document]",
            run: "click",
        },
        { trigger: ".o_form_view h1 input:value(Cash tour part)" },
    ],
});

/** EC-22, TN-27: a payment dragged to another day asks why and leaves the comment. */
registry.category("web_tour.tours").add("crm_payment_plan_calendar", {
    steps: () => [
        {
            content: "the sum of the day",
            trigger: ".fc-daygrid-day .o_crm_day_total .text-success",
        },
        {
            content: "what is left then, and that it is too little",
            trigger: ".fc-daygrid-day .o_crm_day_balance.text-danger:contains(too low)",
        },
        {
            content: "to the next day",
            trigger: ".o_event:contains(Calendar Buyer)",
            run: async ({ anchor, drag_and_drop }) => {
                const cell = anchor.closest(".fc-daygrid-day");
                const cells = [...document.querySelectorAll(".fc-daygrid-day[data-date]")];
                const next = cells[cells.indexOf(cell) + 1];
                await drag_and_drop(`.fc-daygrid-day[data-date='${next.dataset.date}']`);
            },
        },
        {
            trigger: ".modal textarea#crm_move_comment",
            run: "edit The director is away",
        },
        { trigger: ".modal button:contains(Move)", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_event:contains(Calendar Buyer)" },
    ],
});
