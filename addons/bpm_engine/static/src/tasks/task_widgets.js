import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import {
    RemainingDaysField,
    remainingDaysField,
} from "@web/views/fields/remaining_days/remaining_days_field";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { OutcomeButtons } from "@bpm_engine/tasks/outcome_buttons";
import { TaskWork } from "@bpm_engine/tasks/task_work";

const DEPENDENCIES = [
    { name: "name", type: "char" },
    { name: "state", type: "selection" },
    { name: "can_complete", type: "boolean" },
    { name: "can_claim", type: "boolean" },
    { name: "form_fields", type: "json" },
    { name: "outcome_label", type: "char" },
];

/** Outcomes of a task in lists and cards: choose one, or take it. */
export class OutcomesField extends Component {
    static template = "bpm_engine.OutcomesField";
    static components = { OutcomeButtons };
    static props = { ...standardFieldProps, limit: { type: Number, optional: true } };
    static defaultProps = { limit: 2 };

    setup() {
        this.orm = useService("orm");
    }

    get task() {
        const { data, resId } = this.props.record;
        return {
            id: resId,
            name: data.name,
            outcomes: data[this.props.name] || [],
            can_complete: data.can_complete,
            has_form: Boolean(data.form_fields?.length),
        };
    }

    reload() {
        return this.props.record.model.load();
    }

    async claim() {
        await this.orm.call("bpm.task", "action_claim", [[this.props.record.resId]]);
        await this.reload();
    }
}

/** Days left in lists of tasks; an empty place would leave open whether one was forgotten. */
export class DeadlineField extends RemainingDaysField {
    get isLate() {
        return Boolean(this.props.record.data.is_overdue);
    }

    /** Due today and late already is late, not "Today". */
    get diffString() {
        const { data } = this.props.record;
        if (this.diffDays === null) {
            return data.state === "todo" ? _t("no deadline") : super.diffString;
        }
        return this.isLate ? _t("overdue: %s", super.diffString.toLowerCase()) : super.diffString;
    }

    get classNames() {
        if (this.diffDays === null) {
            return { "text-muted": true };
        }
        return this.isLate ? { "text-danger": true, "fw-bold": true } : super.classNames;
    }
}

registry.category("fields").add("bpm_deadline", {
    ...remainingDaysField,
    component: DeadlineField,
    displayName: _t("Deadline of a task"),
    isEmpty: () => false,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "is_overdue", type: "boolean" },
    ],
});

registry.category("fields").add("bpm_outcomes", {
    component: OutcomesField,
    displayName: _t("Outcomes of a task"),
    supportedTypes: ["json"],
    isEmpty: () => false,
    extractProps: ({ options }) => ({ limit: options.limit }),
    fieldDependencies: DEPENDENCIES,
    listViewWidth: [220, 340],
});

/** The form of a task: everything needed to do it. */
export class TaskWorkWidget extends Component {
    static template = "bpm_engine.TaskWorkWidget";
    static components = { TaskWork };
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
    }

    get key() {
        const { data, resId } = this.props.record;
        return `${resId}-${data.state}-${data.can_claim}`;
    }

    async done() {
        if (this.env.inDialog) {
            await this.action.doAction({ type: "ir.actions.act_window_close" });
            return;
        }
        await this.props.record.load();
    }
}

registry.category("view_widgets").add("bpm_task_work", {
    component: TaskWorkWidget,
    additionalClasses: ["d-block"],
    fieldDependencies: DEPENDENCIES,
});
