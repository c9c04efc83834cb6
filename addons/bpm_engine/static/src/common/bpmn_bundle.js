import { loadBundle } from "@web/core/assets";

/**
 * What tools/bundle/bpmn.js takes from bpmn.io; loaded with the first diagram, because
 * most pages show none.
 */
export async function loadBpmn() {
    await loadBundle("bpm_engine.assets_bpmn");
    return window.CrmBpmn;
}
