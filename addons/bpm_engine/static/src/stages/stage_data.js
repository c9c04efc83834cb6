import { EventBus } from "@odoo/owl";
import { rpc } from "@web/core/network/rpc";

/** A regulation published elsewhere shows after so many milliseconds at the latest. */
const FRESH = 20000;
let known = null;

/** Tells bars that something about a record may have changed: "changed". */
export const stageBus = new EventBus();

/** {model: stage field} of regulated models; asked for once in a while, {} without an answer. */
export function loadStageModels() {
    if (!known || Date.now() - known.at > FRESH) {
        const found = rpc(
            "/web/dataset/call_kw/bpm.stage.case/get_models",
            { model: "bpm.stage.case", method: "get_models", args: [], kwargs: {} },
            { silent: true }
        );
        known = { at: Date.now(), found: found.catch(() => ({})) };
    }
    return known.found;
}

/** What was refused, or null for any other error. */
export function getRefusals(error) {
    const refusals = error?.data?.context?.bpm_stage;
    return refusals?.length ? refusals : null;
}
