import { browser } from "@web/core/browser/browser";

function fingerprint(text) {
    let hash = 5381;
    for (let index = 0; index < text.length; index++) {
        hash = ((hash * 33) ^ text.charCodeAt(index)) >>> 0;
    }
    return `${text.length}-${hash}`;
}

/**
 * What was drawn and did not reach the server: a browser that died, a network that was
 * gone, a diagram too big to be sent from a page that closes.
 */
export class Recovery {
    constructor(versionId) {
        this.key = versionId ? `bpm_engine.draft.${versionId}` : null;
    }

    /** Remember the drawing until it is known to be saved. */
    keep(xml, saved) {
        if (this.key) {
            const draft = { xml, base: fingerprint(saved || ""), at: Date.now() };
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

    /** {xml, at} when something is newer here than on the server. */
    find(saved) {
        const text = this.key && browser.localStorage.getItem(this.key);
        const draft = text && JSON.parse(text);
        if (!draft || draft.xml === saved || draft.base !== fingerprint(saved || "")) {
            this.forget();
            return null;
        }
        return draft;
    }
}
