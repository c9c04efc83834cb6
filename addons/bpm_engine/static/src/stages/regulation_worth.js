import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { momentText, percentText } from "../common/words";

/** What each obligation of a regulation brings: records with it beside those without. */
export class RegulationWorth extends Component {
    static template = "bpm_engine.RegulationWorth";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.momentText = momentText;
        this.state = useState({ id: false, regulations: [], worth: null });
        onWillStart(async () => {
            this.state.regulations = await this.orm.searchRead("bpm.regulation", [], ["name"]);
            const { params, state } = this.props.action;
            const [first] = this.state.regulations;
            const id = params?.regulation_id || state?.regulation_id || first?.id;
            await this.load(id);
        });
    }

    async load(id) {
        this.state.id = id || false;
        this.state.worth = id ? await this.orm.call("bpm.regulation", "get_worth", [id]) : null;
        this.props.updateActionState?.({ regulation_id: this.state.id });
    }

    choose(ev) {
        return this.load(parseInt(ev.target.value));
    }

    get parts() {
        const { steps, facts } = this.state.worth;
        return [
            ...facts.map((fact) => ({ ...fact, type: _t("Fact") })),
            ...steps.map((step) => ({ ...step, type: _t("Step") })),
        ];
    }

    percent(share) {
        return share === null ? "–" : percentText(share);
    }

    days(value) {
        return value === null ? "–" : _t("%s d", (Math.round(value * 10) / 10).toLocaleString());
    }

    gain(part) {
        const points = Math.round(100 * part.gain);
        return part.gain === null ? "–" : `${points > 0 ? "+" : ""}${points}`;
    }
}

registry.category("actions").add("bpm_regulation_worth", RegulationWorth);
