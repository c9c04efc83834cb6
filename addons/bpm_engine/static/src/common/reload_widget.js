import { Component, onWillUnmount, useEffect } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PAUSE = 3000;

/** Reads the record anew while its state says that work goes on in the background. */
export class ReloadWidget extends Component {
    static template = "bpm_engine.ReloadWidget";
    static props = { ...standardWidgetProps, while: String };

    setup() {
        useEffect(
            () => this.wait(),
            () => [this.isBusy]
        );
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get isBusy() {
        return this.props.record.data.state === this.props.while;
    }

    wait() {
        browser.clearTimeout(this.timer);
        if (this.isBusy) {
            this.timer = browser.setTimeout(() => this.reload(), PAUSE);
        }
    }

    async reload() {
        const { record } = this.props;
        // What somebody types meanwhile is not taken away.
        if (!record.dirty) {
            await record.load();
        }
        this.wait();
    }
}

registry.category("view_widgets").add("bpm_reload", {
    component: ReloadWidget,
    extractProps: ({ options }) => ({ while: options.while }),
});
