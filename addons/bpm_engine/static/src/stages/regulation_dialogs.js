import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { useService } from "@web/core/utils/hooks";
import { pluralText } from "../common/words";
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

    /** What holds records back and what would begin: [{key, title, parts}]. */
    get groups() {
        const { facts, steps } = this.state.found;
        const recordsText = (count) => pluralText(_t("%s record|%s records"), count);
        const held = (part, count) => ({
            ...part,
            total: count,
            label: recordsText(count),
            hint: nowHint(part),
        });
        const nowHint = ({ now }) => (now ? _t("now: %s", now) : "");
        return [
            {
                key: "fact",
                title: _t("Which fact does not hold yet"),
                parts: facts.filter(({ count }) => count).map((fact) => held(fact, fact.count)),
            },
            {
                key: "undone",
                title: _t("Which required step is not done yet"),
                parts: steps.filter(({ undone }) => undone).map((step) => held(step, step.undone)),
            },
            {
                key: "step",
                title: _t("Steps that would start"),
                parts: steps
                    .filter(({ count }) => count)
                    .map((step) => ({ ...step, ids: null, label: recordsText(step.count) })),
            },
        ].filter(({ parts }) => parts.length);
    }

    get nowText() {
        return _t("By the version in force it is %s.", this.state.found.now);
    }

    /** Whose lists do not hold all that was counted: there are too many, or others' records. */
    get isCut() {
        const { blocked, ids, facts, steps } = this.state.found;
        const isShort = (list, count) => list.length < count;
        return (
            isShort(ids, blocked) ||
            facts.some((fact) => isShort(fact.ids, fact.count)) ||
            steps.some((step) => isShort(step.ids, step.undone))
        );
    }

    get cutText() {
        return _t(
            "Lists show at most %s records, and only those you may see.",
            this.state.found.listed
        );
    }

    get totalText() {
        const { blocked, open } = this.state.found;
        const forms = blocked
            ? _t(
                  "%s of {open} open records would be blocked|%s of {open} open records would be blocked"
              )
            : _t(
                  "%s open record, and it would not be blocked|%s open records, and none would be blocked"
              );
        return pluralText(forms, blocked || open).replace("{open}", open.toLocaleString());
    }

    openList(name, ids, count = ids.length) {
        if (ids.length < count) {
            const shown = { name, shown: ids.length, count };
            name = _t("%(name)s (%(shown)s of %(count)s)", shown);
        }
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
        const { ids, blocked } = this.state.found;
        this.openList(_t("Would be held back"), ids, blocked);
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
