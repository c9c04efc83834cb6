import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component } from "@odoo/owl";
import { openCallResult } from "../activity/activity_patch";
import { dayWords, daysText, fullDay, money, shortDay } from "../common/words";
import { RhythmChart } from "./rhythm_chart";

/**
 * How things stand with a customer, above the fields of his form: next step,
 * rhythm of orders, last contacts. It comes with the record in one request, so
 * that opening a form costs hardly more than before.
 */
export class CustomerCard extends Component {
    static template = "crm_bpm_core.CustomerCard";
    static components = { RhythmChart };
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        Object.assign(this, { dayWords, daysText, fullDay, shortDay });
    }

    get card() {
        return this.props.record.data.customer_card;
    }

    money(amount) {
        return money(amount, this.card.currency_id);
    }

    /** Spaces around template tags get lost or added, so punctuation is joined here. */
    bracketed(text) {
        return `(${text})`;
    }

    resultText(call) {
        return call.text ? `${call.result_label}: ` : call.result_label;
    }

    get stepClass() {
        const step = this.card.next_step;
        if (!step) {
            return "o_missing";
        }
        return step.overdue > 0 ? "o_late" : step.overdue === 0 ? "o_now" : "";
    }

    get rhythmText() {
        const { rhythm } = this.card;
        if (!rhythm.last) {
            return _t("No orders in the last year");
        }
        const parts = [];
        if (rhythm.gap) {
            parts.push(_t("orders every %s", daysText(Math.round(rhythm.gap))));
        }
        parts.push(_t("%s a week", this.money(rhythm.mean)));
        parts.push(
            rhythm.silence ? _t("silent for %s", daysText(rhythm.silence)) : _t("ordered today")
        );
        return parts.join(" · ");
    }

    openStep() {
        const { next_step, partner_id } = this.card;
        if (!next_step.is_call) {
            return this.openRecord(
                next_step.res_model || "res.partner",
                next_step.res_id || partner_id
            );
        }
        return openCallResult(this.env, next_step.id).then(() => this.reload());
    }

    reload() {
        return this.props.record.load();
    }

    async planStep() {
        await this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Plan the next step"),
                res_model: "mail.activity.schedule",
                views: [[false, "form"]],
                target: "new",
                context: {
                    active_model: "res.partner",
                    active_id: this.card.partner_id,
                    active_ids: [this.card.partner_id],
                },
            },
            { onClose: () => this.reload() }
        );
    }

    openAlert() {
        return this.openRecord("crm.recession.alert", this.card.alert.id);
    }

    openCalls() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Calls and other activities"),
            res_model: "mail.activity",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [
                ["res_model", "=", "res.partner"],
                ["res_id", "=", this.card.partner_id],
            ],
            context: { active_test: false },
        });
    }

    openRecord(resModel, resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("crm_customer_card", {
    component: CustomerCard,
    fieldDependencies: [{ name: "customer_card", type: "json", readonly: true }],
});
