import {onWillUnmount} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";

/** Milliseconds between two looks at a sweep that is running. */
const REFRESH_EVERY = 2000;

/** Form of a nightly sweep that follows its progress without being reloaded. */
export class NightlyRunFormController extends FormController {
    setup() {
        super.setup();
        const timer = setInterval(() => this.followProgress(), REFRESH_EVERY);
        onWillUnmount(() => clearInterval(timer));
    }

    async followProgress() {
        const root = this.model.root;
        if (!root || root.data.state !== "running" || document.hidden || this.refreshing) {
            return;
        }
        this.refreshing = true;
        try {
            await root.load();
        } finally {
            this.refreshing = false;
        }
    }
}

registry.category("views").add("crm_nightly_run_form", {
    ...formView,
    Controller: NightlyRunFormController,
});
