import { user } from "@web/core/user";
import { session } from "@web/session";

/**
 * Where the browser keeps what one person has not sent yet: at a shared workstation nobody is
 * offered somebody else's work, and no database that of another under the same address.
 *
 * @param {string} kind
 * @param {number} id of the version
 */
export function ownKey(kind, id) {
    return `bpm_engine.${kind}.${session.db}.${user.userId}.${id}`;
}
