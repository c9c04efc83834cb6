import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";
import { money } from "./words";

/** Half a year of orders, a bar a week, newest on the right. */
export class SparkBars extends Component {
    static template = "crm_bpm_core.SparkBars";
    static props = {
        amounts: Array,
        lines: { type: Array, optional: true },
        currencyId: { type: [Number, Boolean], optional: true },
        width: { type: Number, optional: true },
        height: { type: Number, optional: true },
    };
    static defaultProps = { width: 130, height: 32 };

    get bars() {
        const { amounts, width, height } = this.props;
        const top = Math.max(...amounts, 1);
        const step = width / amounts.length;
        return amounts.map((amount, index) => {
            const size = amount > 0 ? Math.max(2, (amount / top) * (height - 2)) : 0;
            return {
                index,
                x: index * step + 0.5,
                width: step - 1,
                y: height - size,
                height: size,
                empty: amount <= 0,
            };
        });
    }

    get label() {
        const { amounts, currencyId } = this.props;
        const weeks = amounts.filter((amount) => amount > 0).length;
        const mean = amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length;
        return _t("Ordered in %(weeks)s of %(all)s weeks, %(mean)s a week on average", {
            weeks,
            all: amounts.length,
            mean: money(mean, currencyId),
        });
    }
}
