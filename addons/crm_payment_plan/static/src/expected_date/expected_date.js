import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { toLocaleDateString } from "@web/core/l10n/dates";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The day money is expected on, which says on hover why; later than planned it stands out. */
export class ExpectedDateField extends Component {
    static template = "crm_payment_plan.ExpectedDateField";
    static props = { ...standardFieldProps };

    get data() {
        return this.props.record.data;
    }

    get value() {
        return this.data[this.props.name];
    }

    get text() {
        return toLocaleDateString(this.value);
    }

    get isLater() {
        return this.value && this.data.date_planned && this.value > this.data.date_planned;
    }
}

registry.category("fields").add("crm_expected_date", {
    component: ExpectedDateField,
    supportedTypes: ["date"],
    fieldDependencies: [
        { name: "expected_note", type: "char", readonly: true },
        { name: "date_planned", type: "date", readonly: true },
    ],
    listViewWidth: 100,
});
