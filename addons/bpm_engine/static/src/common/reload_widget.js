import { Component, onWillUnmount, status, useEffect } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PAUSE = 3000;

/** Reads the record anew while its state says that work goes on in the background. */
export class ReloadWidget extends Component {
    static template = "bpm_engine.ReloadWidget";
    static props = {
        ...standardWidgetProps,
        while: String,
        /** Fields that count what is done and what is left. */
        done: { type: String, optional: true },
        left: { type: String, optional: true },
        /** What is said once it has ended; %s: how many. */
        message: { type: String, optional: true },
    };

    setup() {
        this.notification = useService("notification");
        useEffect(
            () => this.wait(),
            () => [this.isBusy]
        );
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get isBusy() {
        return this.props.record.data.state === this.props.while;
    }

    /** "3 of 250", or "" when nothing is counted. */
    get progress() {
        const { done, left, record } = this.props;
        if (!done || !left) {
            return "";
        }
        const count = record.data[done];
        return _t("%(count)s of %(total)s", { count, total: count + record.data[left] });
    }

    wait() {
        browser.clearTimeout(this.timer);
        if (this.isBusy) {
            this.timer = browser.setTimeout(() => this.reload(), PAUSE);
        }
    }

    async reload() {
        const { record } = this.props;
        try {
            // What somebody types meanwhile is not taken away.
            if (!record.dirty) {
                await record.load();
            }
        } catch {
            // The server is away for a moment: the next look finds it.
        }
        if (status(this) === "destroyed") {
            return;
        }
        this.tellEnd();
        this.wait();
    }

    tellEnd() {
        const { done, message, record } = this.props;
        if (!this.isBusy && message) {
            const text = message.replace("%s", done ? record.data[done] : "");
            this.notification.add(text, { type: "success" });
        }
    }
}

registry.category("view_widgets").add("bpm_reload", {
    component: ReloadWidget,
    extractProps: ({ options, attrs }) => ({
        while: options.while,
        done: options.done,
        left: options.left,
        message: attrs.string,
    }),
});
