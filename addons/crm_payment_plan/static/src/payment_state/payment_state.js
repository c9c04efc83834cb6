import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";
import { Component } from "@odoo/owl";

/** The status of a planned payment; beside it, muted, that its money is announced, not booked. */
export class PaymentStateField extends Component {
    static template = "crm_payment_plan.PaymentStateField";
    static components = { BadgeField };
    static props = BadgeField.props;
    static defaultProps = BadgeField.defaultProps;

    get isAnnounced() {
        const { state, amount_announced } = this.props.record.data;
        return state === "planned" && amount_announced;
    }

    /** Money that goes back; its amounts are negative. */
    get isRefund() {
        return this.props.record.data.kind === "refund";
    }

    get announcedTitle() {
        const { amount_announced, currency_id } = this.props.record.data;
        return _t("Announced, not booked: %s", formatCurrency(amount_announced, currency_id?.id));
    }
}

registry.category("fields").add("crm_payment_state", {
    ...badgeField,
    component: PaymentStateField,
    supportedTypes: ["selection"],
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "kind", type: "selection" },
        { name: "amount_announced", type: "monetary", readonly: true },
        { name: "currency_id", type: "many2one", relation: "res.currency" },
    ],
});
