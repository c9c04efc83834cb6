import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";
import { dayWords, daysText, fullDay } from "../common/words";
import { serializeDate, today } from "@web/core/l10n/dates";

/** When and what next, or that nothing is planned. */
export class NextStepField extends Component {
    static template = "crm_bpm_core.NextStepField";
    static props = { ...standardFieldProps };

    get date() {
        const date = this.props.record.data.next_step_date;
        return date ? serializeDate(date) : false;
    }

    get when() {
        return dayWords(this.date);
    }

    get title() {
        return [fullDay(this.date), this.summary].filter(Boolean).join(" · ");
    }

    get summary() {
        return this.props.record.data[this.props.name];
    }

    get whenClass() {
        const { next_step_date: date } = this.props.record.data;
        if (!date || date > today()) {
            return "text-muted";
        }
        return date < today() ? "text-danger fw-bold" : "text-warning-emphasis fw-bold";
    }
}

registry.category("fields").add("crm_next_step", {
    component: NextStepField,
    displayName: _t("Next step"),
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "has_next_step", type: "boolean", readonly: true },
        { name: "next_step_date", type: "date", readonly: true },
    ],
});

/** How long the customer is silent, beside what is usual for him. */
export class SilenceField extends Component {
    static template = "crm_bpm_core.SilenceField";
    static props = { ...standardFieldProps };

    get data() {
        return this.props.record.data;
    }

    /** A list says in its header what the number is, a card must say it itself. */
    get text() {
        const days = daysText(this.data[this.props.name]);
        return this.env.config?.viewType === "kanban" ? _t("silent %s", days) : days;
    }

    get usual() {
        const gap = Math.round(this.data.order_gap_days);
        return gap ? _t("(usually %s)", gap) : "";
    }
}

registry.category("fields").add("crm_silence", {
    component: SilenceField,
    displayName: _t("Silence"),
    supportedTypes: ["integer"],
    fieldDependencies: [
        { name: "last_order_date", type: "date", readonly: true },
        { name: "order_gap_days", type: "float", readonly: true },
        { name: "open_recession_alert_id", type: "many2one", readonly: true },
    ],
});
