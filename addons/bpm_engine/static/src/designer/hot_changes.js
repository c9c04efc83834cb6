import { useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { ownKey } from "./own_key";

/** Whether the page may be left: done, or refused and shown as the error it is. */
function settle(resolve) {
    return [
        () => resolve(true),
        (error) => {
            resolve(false);
            throw error;
        },
    ];
}

/**
 * What a manager has changed on a version in use and not applied yet.
 *
 * It waits in the browser: nothing reaches running instances before somebody says so, and a
 * page that closes loses nothing.
 */
export class HotChanges {
    constructor(orm, versionId) {
        this.orm = orm;
        this.versionId = versionId;
        this.key = versionId && ownKey("hot", versionId);
        /** element id -> {name, settings, seen: what stood there before} */
        this.changes = new Map();
        this.stored = new Map();
    }

    get size() {
        return this.changes.size;
    }

    /** Settings in force: rows of bpm.element. */
    async readStored() {
        const rows = await this.orm.searchRead(
            "bpm.element",
            [["version_id", "=", this.versionId]],
            ["element_id", "name", "settings"]
        );
        this.stored = new Map(
            rows.map(({ element_id, name, settings }) => [element_id, { name, settings }])
        );
        return rows.filter((row) => !this.changes.has(row.element_id));
    }

    set(elementId, values) {
        const seen = this.changes.get(elementId)?.seen || this.stored.get(elementId);
        this.changes.set(elementId, { ...values, seen });
        this.keep();
    }

    drop() {
        this.changes.clear();
        this.keep();
    }

    keep() {
        if (!this.size) {
            browser.localStorage.removeItem(this.key);
            return;
        }
        const kept = { at: Date.now(), changes: [...this.changes] };
        try {
            browser.localStorage.setItem(this.key, JSON.stringify(kept));
        } catch {
            // The browser's store is full or forbidden: what is on the page has to do.
            browser.localStorage.removeItem(this.key);
        }
    }

    /**
     * What was changed here before and never applied.
     *
     * @returns {{at: number, changes: Array} | null}
     */
    find() {
        const text = this.key && browser.localStorage.getItem(this.key);
        const kept = text && JSON.parse(text);
        const changes = kept && kept.changes.filter(([elementId]) => this.stored.has(elementId));
        return changes?.length ? { at: kept.at, changes } : null;
    }

    /** @returns {Array} rows to show on the canvas */
    bringBack({ changes }) {
        this.changes = new Map(changes);
        this.keep();
        return changes.map(([element_id, { name, settings }]) => ({ element_id, name, settings }));
    }

    /** All of them in one call, so that either all or none are in force. */
    async send() {
        const sent = [...this.changes];
        const values = sent.map(([element_id, change]) => ({ element_id, ...change }));
        await this.orm.call("bpm.process.version", "set_hot_many", [[this.versionId], values]);
        for (const [elementId, change] of sent) {
            const now = this.changes.get(elementId);
            if (now === change) {
                this.changes.delete(elementId);
            } else {
                // Changed on while it was sent.
                const { name, settings } = change;
                this.changes.set(elementId, { ...now, seen: { name, settings } });
            }
        }
        this.keep();
    }
}

/**
 * The changes at once of the version that a form shows: kept, applied, dropped, asked for when
 * the form is left (HU-20).
 *
 * @param {() => Object | null} getDesigner the designer that shows them, while there is one
 */
export class HotDesk {
    constructor(orm, getDesigner) {
        this.orm = orm;
        this.getDesigner = getDesigner;
        this.notification = useService("notification");
        this.dialog = useService("dialog");
        this.state = useState({ count: 0, found: null, stored: null });
        useSetupAction({ beforeLeave: (options) => this.ask(options) });
    }

    /** @param {boolean} mayChange the person may apply changes to it */
    async open(versionId, { isLocked, mayChange }) {
        this.hot = new HotChanges(this.orm, versionId);
        this.state.stored = isLocked ? await this.hot.readStored() : null;
        this.state.found = mayChange ? this.hot.find() : null;
        this.state.count = 0;
    }

    set(elementId, values) {
        this.hot.set(elementId, values);
        this.state.found = null;
        this.state.count = this.hot.size;
    }

    async drop() {
        this.hot.drop();
        await this.show();
    }

    async apply() {
        this.getDesigner()?.diagram?.flush();
        if (!this.hot.size) {
            return;
        }
        // Refused, it stays: it can be put right in the panel, or dropped.
        await this.hot.send();
        this.notification.add(_t("Changed at once, for running instances too."), {
            type: "success",
        });
        await this.show();
    }

    async show() {
        this.state.count = this.hot.size;
        const stored = await this.hot.readStored();
        this.state.stored = stored;
        this.getDesigner()?.showStored(stored);
    }

    /** Whoever leaves says what becomes of it: it is nothing that happens by itself. */
    ask({ forceLeave } = {}) {
        this.getDesigner()?.diagram?.flush();
        if (!this.hot?.size || forceLeave) {
            return true;
        }
        // A second click on the way out is the same question.
        this.asked ||= this.showQuestion().finally(() => {
            this.asked = null;
        });
        return this.asked;
    }

    /** @returns {Promise<boolean>} whether the page may be left */
    showQuestion() {
        return new Promise((resolve) => {
            this.dialog.add(ConfirmationDialog, {
                title: _t("Your changes are not applied yet"),
                body: _t(
                    "Elements of this version in use that you changed: %s. Applied, the changes " +
                        "take effect at once, for running instances too; dropped, they are gone. " +
                        "Close this window to go on with them.",
                    this.hot.size
                ),
                confirmLabel: _t("Apply now"),
                confirm: () => this.apply().then(...settle(resolve)),
                cancelLabel: _t("Drop them"),
                cancel: () => {
                    this.hot.drop();
                    resolve(true);
                },
                dismiss: () => resolve(false),
            });
        });
    }

    get foundAt() {
        return formatDateTime(luxon.DateTime.fromMillis(this.state.found.at));
    }

    bringBack() {
        const rows = this.hot.bringBack(this.state.found);
        this.state.found = null;
        this.state.count = this.hot.size;
        this.getDesigner()?.showStored(rows);
    }

    forget() {
        this.hot.drop();
        this.state.found = null;
    }
}
