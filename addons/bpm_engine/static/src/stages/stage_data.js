import { EventBus } from "@odoo/owl";

/** Tells bars that something about a record may have changed: "changed". */
export const stageBus = new EventBus();

/** What was refused, or null for any other error. */
export function getRefusals(error) {
    const refusals = error?.data?.context?.bpm_stage;
    return refusals?.length ? refusals : null;
}
