import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { momentText, percentText } from "../common/words";

function signed(number) {
    return `${number > 0 ? "+" : ""}${number.toLocaleString()}`;
}

/** What each obligation of a regulation brings: records with it beside those without. */
export class RegulationWorth extends Component {
    static template = "bpm_engine.RegulationWorth";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.momentText = momentText;
        this.state = useState({ id: false, regulations: [], worth: null, open: {} });
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
        this.state.open = {};
        this.state.worth = id ? await this.orm.call("bpm.regulation", "get_worth", [id]) : null;
        this.props.updateActionState?.({ regulation_id: this.state.id });
    }

    get overridesText() {
        return _t("Rules passed over with a reason: %s", this.state.worth.overrides);
    }

    async openOverrides() {
        const method = "action_open_overrides";
        const action = await this.orm.call("bpm.regulation", method, [[this.state.id]]);
        return this.action.doAction(action);
    }

    choose(ev) {
        return this.load(parseInt(ev.target.value));
    }

    get parts() {
        const { steps, facts } = this.state.worth;
        return [
            ...facts.map((fact) => ({ ...fact, place: _t("Fact, %s", fact.stage) })),
            ...steps.map((step) => ({ ...step, place: _t("Step, %s", step.stage) })),
        ];
    }

    /** Each version beside the one before it. */
    get changes() {
        const { versions } = this.state.worth;
        return versions.slice(1).map((version, index) => {
            const [before, after] = [versions[index].figures, version.figures];
            return {
                id: version.id,
                number: version.number,
                title: version.note
                    ? _t("Version %(number)s: %(note)s", version)
                    : _t("Version %s", version.number),
                since: _t("since %s", momentText(version.published_at)),
                small: version.small || versions[index].small,
                rows: this.compare(before, after),
            };
        });
    }

    compare(before, after) {
        const points = (name) =>
            before[name] === null || after[name] === null
                ? "–"
                : signed(Math.round(100 * (after[name] - before[name])));
        const days = before.days === null || after.days === null ? null : after.days - before.days;
        return [
            { name: _t("Closed"), before: before.count, after: after.count, difference: "" },
            {
                name: _t("Won"),
                before: this.percent(before.win_rate),
                after: this.percent(after.win_rate),
                difference: points("win_rate"),
            },
            {
                name: _t("Cycle"),
                before: this.days(before.days),
                after: this.days(after.days),
                difference: days === null ? "–" : signed(Math.round(days * 10) / 10),
            },
            {
                name: _t("Overdue"),
                before: this.percent(before.late),
                after: this.percent(after.late),
                difference: points("late"),
            },
        ];
    }

    percent(share) {
        return share === null ? "–" : percentText(share);
    }

    days(value) {
        return value === null ? "–" : _t("%s d", (Math.round(value * 10) / 10).toLocaleString());
    }

    toggle(part) {
        this.state.open[part.key] = !this.state.open[part.key];
    }

    untilText(part) {
        return _t("Demanded until version %s", part.until);
    }

    sideText(version, isWith) {
        return isWith
            ? _t("Version %s, with", version.number)
            : _t("Version %s, without", version.number);
    }

    gainText(part) {
        return _t("Difference: %s points", signed(Math.round(100 * part.gain)));
    }
}

registry.category("actions").add("bpm_regulation_worth", RegulationWorth);
