import { browser } from "@web/core/browser/browser";
import { ownKey } from "./own_key";

/**
 * What was drawn and did not reach the server: a browser that died, a network that was
 * gone, a diagram too big to be sent from a page that closes.
 */
export class Recovery {
    constructor(versionId) {
        this.key = versionId ? ownKey("draft", versionId) : null;
    }

    /**
     * Remember the drawing until it is known to be saved.
     *
     * @param {string} xml
     * @param {string} base fingerprint of the drawing on the server that it began with
     */
    keep(xml, base) {
        if (this.key) {
            const draft = { xml, base, at: Date.now() };
            try {
                browser.localStorage.setItem(this.key, JSON.stringify(draft));
            } catch {
                // The browser's store is full or forbidden: the server's copy has to do.
                browser.localStorage.removeItem(this.key);
            }
        }
    }

    forget() {
        if (this.key) {
            browser.localStorage.removeItem(this.key);
        }
    }

    /**
     * What is kept here and is not on the server.
     *
     * @param {string} saved drawing on the server
     * @param {string} base its fingerprint
     * @returns {{xml: string, at: number, moved: boolean} | null} moved: the drawing on the
     *     server is another one by now; the person decides between the two
     */
    find(saved, base) {
        const text = this.key && browser.localStorage.getItem(this.key);
        const draft = text && JSON.parse(text);
        if (!draft || draft.xml === saved) {
            this.forget();
            return null;
        }
        return { ...draft, moved: draft.base !== base };
    }
}
