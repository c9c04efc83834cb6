import { Component, onWillStart, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const EDIT_GROUPS = ["crm_bpm_core.group_full", "crm_payment_plan.group_plan_all"];
const ENDED = ["completed", "terminated", "cancelled"];

/** What can be done with one planned payment, from its row: status, comment, question, edit. */
export class PaymentRowMenu extends Component {
    static template = "crm_payment_plan.PaymentRowMenu";
    static components = { Dropdown, DropdownItem };
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.state = useState({ canEdit: false });
        onWillStart(async () => {
            const rights = await Promise.all(EDIT_GROUPS.map((group) => user.hasGroup(group)));
            this.state.canEdit = rights.includes(true);
        });
    }

    get resId() {
        return this.props.record.resId;
    }

    get hasOpenQuestion() {
        return Boolean(this.props.record.data.open_question_count);
    }

    get items() {
        const { state: status, contract_state: contract } = this.props.record.data;
        // Nothing is planned on a contract that ended: it has to be reopened first.
        const isShown = (value) =>
            value !== status && !(value === "planned" && ENDED.includes(contract));
        const statuses = [
            ["received", "action_set_received", "fa-check", _t("Received")],
            ["planned", "action_set_planned", "fa-clock-o", _t("Planned")],
            ["cancelled", "action_set_cancelled", "fa-ban", _t("Cancelled")],
        ]
            .filter(([value]) => this.state.canEdit && isShown(value))
            .map(([, method, icon, label]) => ({ method, icon, label }));
        return [
            ...statuses,
            { method: "action_comment", icon: "fa-comment-o", label: _t("Leave a comment") },
            { method: "action_ask", icon: "fa-question-circle-o", label: _t("Ask a question") },
            this.state.canEdit
                ? { method: "action_open_popup", icon: "fa-pencil", label: _t("Edit") }
                : { method: "action_open_popup", icon: "fa-eye", label: _t("Open") },
        ];
    }

    async onSelected(method) {
        const { record } = this.props;
        const { root } = record.model;
        // In a contract's form the row may hold changes that are not saved yet.
        if (root.isDirty && (await root.isDirty()) && !(await root.save())) {
            return;
        }
        // As a button of the view: the server completes the action it answers with.
        const route = `/web/dataset/call_button/${record.resModel}/${method}`;
        const action = await rpc(route, {
            model: record.resModel,
            method,
            args: [[this.resId]],
            kwargs: { context: record.context },
        });
        if (action && action.type) {
            await this.action.doAction(action, { onClose: () => root.load() });
        } else {
            await root.load();
        }
    }
}

registry.category("view_widgets").add("crm_payment_row_menu", {
    component: PaymentRowMenu,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "contract_state", type: "selection", readonly: true },
        { name: "open_question_count", type: "integer", readonly: true },
    ],
    listViewWidth: 56,
});
