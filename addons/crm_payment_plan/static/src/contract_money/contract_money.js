import { Component } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { formatCurrency } from "@web/core/currency";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { dayWords, fullDay } from "@crm_bpm_core/common/words";

/** Months named beside the bar; what is later stands together. */
const MONTHS = 5;

/** Paid and remaining of a contract as a bar, the next payment, and what comes by month. */
export class ContractMoneyField extends Component {
    static template = "crm_payment_plan.ContractMoneyField";
    static props = { ...standardFieldProps };

    setup() {
        Object.assign(this, { dayWords, fullDay });
    }

    get data() {
        return this.props.record.data;
    }

    get summary() {
        return this.data[this.props.name] || { months: [], overdue: 0 };
    }

    get nextDay() {
        return this.data.next_date ? this.data.next_date.toISODate() : false;
    }

    get isOverdue() {
        return this.summary.overdue > 0;
    }

    money(amount) {
        return formatCurrency(amount || 0, this.data.currency_id?.id);
    }

    /** Widths of the bar in percent: received, overdue, still to come. */
    get parts() {
        const total = Math.max(
            this.data.amount_effective,
            this.data.planned_total,
            this.data.received_total,
            0
        );
        const share = (amount) => (total ? Math.min(100, (100 * Math.max(amount, 0)) / total) : 0);
        return {
            received: share(this.data.received_total),
            overdue: share(this.summary.overdue),
            coming: share(this.data.open_total - this.summary.overdue),
        };
    }

    /** What is agreed and still to come, but stands in no planned payment. */
    get notPlanned() {
        const rest = this.data.open_total - this.data.remaining_total;
        return this.data.planned_total && rest > 0 ? rest : 0;
    }

    /** Refunds are planned for more than is still to be received. */
    get goesBack() {
        return this.data.open_total < 0;
    }

    get months() {
        const rows = this.summary.months.map(({ month, amount }) => ({
            key: month,
            amount,
            label: deserializeDate(month).toLocaleString({ month: "short", year: "numeric" }),
        }));
        if (rows.length <= MONTHS) {
            return rows;
        }
        const rest = rows.slice(MONTHS - 1);
        return [
            ...rows.slice(0, MONTHS - 1),
            { key: "later", amount: rest.reduce((sum, row) => sum + row.amount, 0), label: "…" },
        ];
    }
}

registry.category("fields").add("crm_contract_money", {
    component: ContractMoneyField,
    supportedTypes: ["json"],
    fieldDependencies: [
        { name: "amount_effective", type: "monetary", readonly: true },
        { name: "planned_total", type: "monetary", readonly: true },
        { name: "received_total", type: "monetary", readonly: true },
        { name: "open_total", type: "monetary", readonly: true },
        { name: "remaining_total", type: "monetary", readonly: true },
        { name: "next_date", type: "date", readonly: true },
        { name: "next_amount", type: "monetary", readonly: true },
        { name: "currency_id", type: "many2one", relation: "res.currency" },
    ],
});
