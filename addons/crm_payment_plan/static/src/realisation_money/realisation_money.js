import { Component } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const COLUMNS = ["agreed", "paid", "remaining", "overdue"];
const MARGIN_COLUMNS = ["agreed", "paid", "remaining"];

/** Income, expense and margin of a pool of contracts, one block for each currency. */
export class RealisationMoneyField extends Component {
    static template = "crm_payment_plan.RealisationMoneyField";
    static props = { ...standardFieldProps };

    setup() {
        Object.assign(this, { columns: COLUMNS, marginColumns: MARGIN_COLUMNS });
    }

    get summary() {
        return this.props.record.data[this.props.name] || { rows: [], hidden: 0 };
    }

    get blocks() {
        const blocks = new Map();
        for (const row of this.summary.rows) {
            if (!blocks.has(row.currency_id)) {
                blocks.set(row.currency_id, {});
            }
            blocks.get(row.currency_id)[row.direction] = row;
        }
        return [...blocks].map(([currencyId, { income, expense }]) => ({
            currencyId,
            rows: [
                income && { key: "income", label: _t("Income"), icon: "fa-arrow-down", ...income },
                expense && {
                    key: "expense",
                    label: _t("Expense"),
                    icon: "fa-arrow-up",
                    ...expense,
                },
            ].filter(Boolean),
            // Money of one currency makes a margin only if it comes and goes in it.
            margin:
                income &&
                expense &&
                Object.fromEntries(
                    MARGIN_COLUMNS.map((name) => [name, income[name] - expense[name]])
                ),
            drafts: (income?.drafts || 0) + (expense?.drafts || 0),
        }));
    }

    /** All currencies in the company's, if there are several. */
    get together() {
        return this.blocks.length > 1 ? this.summary.together : null;
    }

    money(amount, currencyId) {
        return formatCurrency(amount || 0, currencyId);
    }
}

registry.category("fields").add("crm_realisation_money", {
    component: RealisationMoneyField,
    supportedTypes: ["json"],
});
