import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { Component, useState } from "@odoo/owl";
import { dial, phoneHref } from "../common/dial";
import { SparkBars } from "../common/spark_bars";
import { dayWords, daysText, fullDay, money, REASON_ICONS, shortDay } from "../common/words";
import { ResultStrip } from "./result_strip";

const PEOPLE_SHOWN = 2;

/** One planned call: who, why, what he bought, what was said, and what to do. */
export class CallRow extends Component {
    static template = "crm_bpm_core.CallRow";
    static components = { SparkBars, ResultStrip };
    static props = {
        call: Object,
        data: Object,
        selected: Boolean,
        open: Boolean,
        result: { type: [String, Boolean], optional: true },
        saving: Boolean,
        onSelect: Function,
        onCall: Function,
        onOpen: Function,
        onResult: Function,
        onSave: Function,
    };

    setup() {
        this.ui = useState(useService("ui"));
        Object.assign(this, { dayWords, fullDay, phoneHref });
    }

    get call() {
        return this.props.call;
    }

    get reasonIcon() {
        return REASON_ICONS[this.call.reason];
    }

    get reasonLabel() {
        return this.props.data.reasons[this.call.reason];
    }

    get overdueText() {
        return _t("%s late", daysText(this.call.overdue));
    }

    get weekMoney() {
        const { amounts } = this.call.rhythm;
        const mean = amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length;
        const amount = this.call.base_week_amount || mean;
        return amount > 0 ? _t("~%s a week", money(amount, this.props.data.currency_id)) : "";
    }

    get lastOrderText() {
        const { last, last_lines, last_amount } = this.call.rhythm;
        if (!last) {
            return _t("no orders in the last year");
        }
        return _t("last order %(day)s, %(lines)s lines, %(amount)s", {
            day: shortDay(last),
            lines: last_lines,
            amount: money(last_amount, this.props.data.currency_id),
        });
    }

    get lastCallText() {
        const last = this.call.last_call;
        if (!last) {
            return "";
        }
        return _t("%(day)s %(who)s: %(what)s", {
            day: shortDay(last.date),
            who: (last.user || "").split(" ")[0],
            what: last.text ? `“${last.text}”` : last.result_label || "",
        });
    }

    /** The company's number first, then people with theirs. */
    get numbers() {
        const { phone, people } = this.call;
        const own = phone ? [{ id: 0, name: "", phone }] : [];
        return [...own, ...people].slice(0, PEOPLE_SHOWN);
    }

    onPhone(ev, number) {
        ev.preventDefault();
        this.props.onSelect();
        dial(this.env, {
            phone: number.phone,
            partnerId: this.call.partner_id,
            activityId: this.call.id,
        });
    }

    onClick(ev) {
        if (!ev.target.closest("a, button, input, select")) {
            this.props.onSelect();
        }
    }
}
