/** What must be true before a stage is left, by its kind. */
export const FACT_ICONS = {
    field: "fa-pencil-square-o",
    domain: "fa-filter",
    related: "fa-list-ul",
    document: "fa-paperclip",
    activity: "fa-clock-o",
};
/** Steps and facts of a stage. */
export const PART_ICONS = {
    ...FACT_ICONS,
    approval: "fa-check-square-o",
    process: "fa-code-fork",
    record: "fa-plus-square-o",
    action: "fa-cogs",
};
