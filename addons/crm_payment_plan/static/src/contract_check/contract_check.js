import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Goes on with the comparison batch by batch; closing the dialog or *Stop* ends it. */
export class ContractCheckProgress extends Component {
    static template = "crm_payment_plan.ContractCheckProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ running: false });
        onMounted(() => this.run());
        onWillUnmount(() => this.stop());
    }

    get data() {
        return this.props.record.data;
    }

    get done() {
        return this.data.total_count - this.data.left_count;
    }

    get percent() {
        return Math.round((100 * this.done) / (this.data.total_count || 1));
    }

    get text() {
        const counts = { done: this.done, total: this.data.total_count };
        return this.data.work === "repair"
            ? _t("%(done)s of %(total)s contracts repaired", counts)
            : _t("%(done)s of %(total)s contracts compared", counts);
    }

    stop() {
        this.state.running = false;
    }

    async run() {
        const { record } = this.props;
        this.state.running = true;
        try {
            while (this.state.running && this.data.left_count) {
                await this.orm.call(record.resModel, "check_next", [record.resId]);
                if (this.state.running) {
                    await record.load();
                }
            }
        } finally {
            this.state.running = false;
        }
    }
}

registry.category("view_widgets").add("crm_contract_check_progress", {
    component: ContractCheckProgress,
});
