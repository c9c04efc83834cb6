import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

/**
 * How a number is dialled. The device's own handler of tel: links is the
 * default; a telephony addon adds an entry with a lower sequence:
 *
 *   registry.category("crm_dialers").add("my_pbx", (env, call) => {...}, { sequence: 10 });
 *
 * A dialer that returns false passes the call on to the next one.
 */
export const dialers = registry.category("crm_dialers");

/** @param {string} phone */
export function phoneHref(phone) {
    return "tel:" + (phone || "").replace(/[^\d+*#]/g, "");
}

dialers.add(
    "device",
    (env, { phone }) => {
        browser.open(phoneHref(phone), "_self");
    },
    { sequence: 100 }
);

/**
 * @param {import("@web/env").OdooEnv} env
 * @param {{ phone: string, partnerId: number, activityId?: number }} call
 */
export async function dial(env, call) {
    for (const dialer of dialers.getAll()) {
        if ((await dialer(env, call)) !== false) {
            return;
        }
    }
}
