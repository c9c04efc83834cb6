import { Component, onWillDestroy, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { momentText, pluralText, relativeText } from "../common/words";
import { stageBus } from "./stage_data";
import { StageHistory } from "./stage_history";
import { StageMissing } from "./stage_missing";
import { StagePanel } from "./stage_panel";
import { useStageWork } from "./stage_work";

export const STEP_ICONS = {
    done: "fa-check-square-o text-success",
    todo: "fa-square-o",
    waiting: "fa-hourglass-o text-muted",
    planned: "fa-square-o",
    refused: "fa-times-circle text-danger",
};

/** The stages of a regulated record with the present one's steps, as get_bar describes them. */
export class StageBarView extends Component {
    static template = "bpm_engine.StageBarView";
    static components = { StageMissing };
    static props = {
        bar: Object,
        resModel: String,
        resId: Number,
        readonly: { type: Boolean, optional: true },
        onChanged: { type: Function, optional: true },
        onMove: { type: Function, optional: true },
        onHistory: { type: Function, optional: true },
    };

    setup() {
        Object.assign(this, { momentText, relativeText, STEP_ICONS });
        this.state = useState({ why: "", open: false });
        this.changed = () => this.props.onChanged?.();
        this.work = useStageWork(() => {
            const { resModel, resId } = this.props;
            return { resModel, resId };
        }, this.changed);
    }

    get bar() {
        return this.props.bar;
    }

    get current() {
        return this.bar.stages.find((stage) => stage.state === "current");
    }

    get next() {
        return this.bar.stages.find((stage) => stage.value === this.bar.next);
    }

    get shownWhy() {
        return this.bar.stages.find((stage) => stage.value === this.state.why);
    }

    get missingText() {
        return _t("(%s missing)", this.next.missing);
    }

    get whyHead() {
        const { name, value } = this.shownWhy;
        return this.bar.missing[value].length
            ? _t("To “%s”:", name)
            : _t("To “%s”: nothing is missing", name);
    }

    getRefusal(step) {
        return _t("refused by %(who)s: %(reason)s", {
            who: step.done_by[1],
            reason: step.comment,
        });
    }

    /** The step it waits for may belong to an earlier stage. */
    getAwaited(step) {
        const before = this.bar.steps.find((other) => other.key === step.after_key);
        return before ? _t("waits for “%s”", before.name) : _t("waits for another step");
    }

    get doneText() {
        const { steps } = this.bar;
        const done = steps.filter((step) => step.state === "done").length;
        const forms = _t("{done} of %s step done|{done} of %s steps done");
        return pluralText(forms, steps.length).replace("{done}", done.toLocaleString());
    }

    /** What the sign before a step says to whoever does not see it. */
    getStateText({ state }) {
        return {
            done: _t("Done"),
            todo: _t("To do"),
            waiting: _t("Waits for another step"),
            planned: _t("Would be to do"),
            refused: _t("Refused"),
        }[state];
    }

    get isLate() {
        return this.bar.norm_days > 0 && this.bar.days > this.bar.norm_days;
    }

    get daysText() {
        return (Math.round(this.bar.days * 10) / 10).toLocaleString();
    }

    getButtons(step) {
        return this.props.readonly ? [] : this.work.getStepButtons(step);
    }

    toggleWhy(stage) {
        this.state.why = this.state.why === stage.value ? "" : stage.value;
    }

    click(stage) {
        if (stage.state === "current") {
            return;
        }
        if (this.props.readonly) {
            this.toggleWhy(stage);
        } else {
            this.props.onMove(stage.value);
        }
    }
}

/**
 * The bar on a form: it comes with the record when that is loaded or saved, and is asked for
 * when something else about the record has changed.
 */
export class StageBar extends Component {
    static template = "bpm_engine.StageBar";
    static components = { StageBarView };
    static props = { record: Object };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({ bar: false, resId: false });
        this.alive = true;
        onWillDestroy(() => (this.alive = false));
        useBus(stageBus, "changed", () => this.load());
        let seen = null;
        useRecordObserver((record) => {
            const { stageBar } = record;
            if (stageBar && stageBar !== seen) {
                seen = stageBar;
                Object.assign(this.state, { bar: stageBar.bar, resId: record.resId });
            }
        });
    }

    get record() {
        return this.props.record;
    }

    /** Ask for the bar alone, of a record that has one. */
    async load() {
        const { resModel, resId } = this.record;
        if (!resId || !this.state.bar) {
            return;
        }
        const bar = await this.orm.silent.call("bpm.stage.case", "get_bar", [resModel, resId]);
        if (this.alive && this.record.resId === resId) {
            Object.assign(this.state, { bar, resId });
        }
    }

    async changed() {
        if (this.record.dirty) {
            await this.load();
        } else {
            await this.record.model.load();
        }
    }

    async move(target) {
        if (this.record.dirty && !(await this.record.save())) {
            return;
        }
        const stage = this.state.bar.stages.find(({ value }) => value === target);
        const { asks } = this.state.bar;
        if (stage.missing || stage.kind === "refused" || asks.comment || asks.status) {
            this.openPanel(target);
            return;
        }
        const { resModel, resId } = this.record;
        await this.orm.call("bpm.stage.case", "move", [resModel, [resId], target]);
        await this.changed();
    }

    openPanel(target) {
        const { resModel, resId } = this.record;
        this.dialog.add(StagePanel, {
            resModel,
            ids: [resId],
            target,
            isForm: true,
            onMoved: () => this.changed(),
            onChanged: () => this.changed(),
        });
    }

    openHistory() {
        const { resModel, resId } = this.record;
        this.dialog.add(StageHistory, { resModel, resId });
    }
}
