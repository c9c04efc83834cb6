import { registry } from "@web/core/registry";
import { StatusBarField, statusBarField } from "@web/views/fields/statusbar/statusbar_field";

/** What the last customer's form has asked for, by request. */
let asked = {};

/**
 * Status of the life cycle above a customer's form. The list of statuses is the same
 * for all customers: it is asked for once a page, not with every form.
 */
export class CustomerStatusBar extends StatusBarField {
    setup() {
        const { model, fields } = this.props.record;
        const relation = JSON.stringify(fields[this.props.name].relation);
        const caches = model.specialDataCaches;
        for (const [key, answer] of Object.entries(asked)) {
            if (key.includes(relation)) {
                caches[key] = answer;
            }
        }
        asked = caches;
        super.setup();
    }
}

registry.category("fields").add("customer_status_bar", {
    ...statusBarField,
    component: CustomerStatusBar,
    // Odoo's style of status bars hangs on this class.
    additionalClasses: ["o_field_statusbar"],
});
