import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { DateTimeField, dateField } from "@web/views/fields/datetime/datetime_field";

/** A planned date that says in a sign of its own whether it is overdue or only estimated. */
export class PlannedDateField extends Component {
    static template = "crm_payment_plan.PlannedDateField";
    static components = { DateTimeField };
    static props = DateTimeField.props;
    static defaultProps = DateTimeField.defaultProps;

    get data() {
        return this.props.record.data;
    }
}

registry.category("fields").add("crm_planned_date", {
    ...dateField,
    component: PlannedDateField,
    fieldDependencies: [
        { name: "is_overdue", type: "boolean", readonly: true },
        { name: "is_estimated", type: "boolean", readonly: true },
    ],
    listViewWidth: 130,
});
