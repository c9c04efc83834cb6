import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { useService } from "@web/core/utils/hooks";
import { StageBarView } from "./stage_bar";

/** How many open records a version would hold back, by which fact, with their lists. */
export class RegulationPreview extends Component {
    static template = "bpm_engine.RegulationPreview";
    static components = { Dialog };
    static props = { versionId: Number, close: Function };

    setup() {
        this.action = useService("action");
        this.state = useState({ found: null });
        const orm = useService("orm");
        onWillStart(async () => {
            this.state.found = await orm.call("bpm.regulation", "preview", [this.props.versionId]);
        });
    }

    get facts() {
        return this.state.found.facts.filter((fact) => fact.count);
    }

    get steps() {
        return this.state.found.steps.filter((step) => step.count);
    }

    openList(name, ids) {
        this.props.close();
        this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: this.state.found.model,
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [["id", "in", ids]],
        });
    }

    openBlocked() {
        this.openList(_t("Would be held back"), this.state.found.ids);
    }
}

/** The bar that a record would have under a version; nothing is written. */
export class RegulationTry extends Component {
    static template = "bpm_engine.RegulationTry";
    static components = { Dialog, RecordSelector, StageBarView };
    static props = { versionId: Number, model: String, modelName: String, close: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ resId: false, bar: null });
    }

    async choose(resId) {
        Object.assign(this.state, { resId, bar: null });
        if (resId) {
            this.state.bar = await this.orm.call("bpm.regulation", "try_on", [
                this.props.versionId,
                this.props.model,
                resId,
            ]);
        }
    }
}
