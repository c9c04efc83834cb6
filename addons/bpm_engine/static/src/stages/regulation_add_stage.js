import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus, useService } from "@web/core/utils/hooks";

/** Adds a stage to a draft: one that the records know already, or a new one. */
export class RegulationAddStage extends Component {
    static template = "bpm_engine.RegulationAddStage";
    static components = { Dialog };
    static props = { versionId: Number, stages: Array, onAdded: Function, close: Function };

    setup() {
        this.orm = useService("orm");
        const last = this.props.stages.filter(({ is_final, is_lost }) => !is_final && !is_lost);
        this.state = useState({
            addable: null,
            value: "",
            name: "",
            after: String(last.at(-1)?.id || ""),
            saving: false,
        });
        useAutofocus({ refName: "name" });
        onWillStart(async () => {
            this.state.addable = await this.call("get_addable_stages");
            const { choices, may_create } = this.state.addable;
            this.state.value = may_create ? "" : choices[0]?.value || "";
        });
    }

    call(method, ...args) {
        return this.orm.call("bpm.regulation.version", method, [[this.props.versionId], ...args]);
    }

    get behindTexts() {
        return this.props.stages.map(({ id, name }) => ({
            id: String(id),
            text: _t("behind “%s”", name),
        }));
    }

    get isReady() {
        return !this.state.saving && Boolean(this.state.value || this.state.name.trim());
    }

    async add() {
        const { value, name, after } = this.state;
        this.state.saving = true;
        try {
            await this.call("add_stage", value || null, value ? null : name, Number(after));
        } finally {
            this.state.saving = false;
        }
        this.props.close();
        await this.props.onAdded();
    }
}
