import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { user } from "@web/core/user";
import { pluralText } from "../common/words";
import { getRefusals } from "./stage_data";
import { StageMissing } from "./stage_missing";

/** Why records may not go to a stage, what cures it, and the one question on the way. */
export class StagePanel extends Component {
    static template = "bpm_engine.StagePanel";
    static components = { Dialog, StageMissing };
    static props = {
        resModel: String,
        ids: Array,
        target: String,
        /** Of the error, for records that were not saved at all. */
        refusals: { type: Array, optional: true },
        /** The record is on the screen already. */
        isForm: { type: Boolean, optional: true },
        onMoved: Function,
        onChanged: { type: Function, optional: true },
        /** Lets a refused record begin at the first stage of its regulation. */
        onBegin: { type: Function, optional: true },
        close: Function,
    };

    setup() {
        // As it is, not bound to this component: while the dialog of the commands closes, a panel
        // that was begun is thrown away and begun anew, and what it asked for comes to nothing.
        this.orm = this.env.services.orm;
        this.state = useState({
            cards: [],
            steps: [],
            target: this.props.target,
            isNew: false,
            isEntering: false,
            comment: "",
            status: "",
            reason: "",
            overriding: false,
            mayOverride: false,
            tried: false,
            error: "",
            busy: false,
        });
        onWillStart(async () => {
            this.state.mayOverride = await user.hasGroup("bpm_engine.group_override");
            await this.load();
        });
    }

    async load() {
        const { resModel, ids, refusals } = this.props;
        const known = await this.orm.search(resModel, [["id", "in", ids]], {
            context: { active_test: false },
        });
        const isEntering = Boolean(refusals?.[0]?.entering);
        if (refusals && (isEntering || !known.length)) {
            Object.assign(this.state, { cards: refusals, isNew: true, isEntering });
            return;
        }
        this.ids = known;
        this.state.cards = await this.orm.call("bpm.regulation", "why_not", [
            resModel,
            known,
            this.state.target,
        ]);
        if (known.length === 1) {
            const bar = await this.orm.call("bpm.stage.case", "get_bar", [resModel, known[0]]);
            this.state.steps = bar ? bar.steps : [];
        }
    }

    get title() {
        const [card] = this.state.cards;
        if (this.state.isEntering) {
            return _t("Regulation “%s”", card.regulation);
        }
        const target = card && (card.to_name || card.to);
        return target ? _t("To “%s”", target) : _t("Change of the stage");
    }

    getCountText({ missing }) {
        const forms = _t("Not yet: %s thing is missing|Not yet: %s things are missing");
        return pluralText(forms, missing.length);
    }

    get blocked() {
        return this.state.cards.filter((card) => card.missing.length);
    }

    get asks() {
        const asks = this.state.cards.map((card) => card.asks).filter(Boolean);
        return {
            comment: asks.some((ask) => ask.comment),
            status: asks.some((ask) => ask.status),
            statuses: this.commonStatuses(asks),
        };
    }

    /** Records under several regulations: only what each of them knows would be accepted. */
    commonStatuses(asks) {
        const [first, ...others] = asks.map((ask) => ask.statuses);
        const isCommon = ([id]) => others.every((some) => some.some((status) => status[0] === id));
        return (first || []).filter(isCommon);
    }

    get mayGo() {
        return !this.state.isNew && (!this.blocked.length || this.state.overriding);
    }

    /** Of no use to try: no answer would be accepted for all of these records. */
    get dead() {
        const { status, statuses } = this.asks;
        return this.mayGo && !this.state.overriding && status && !statuses.length
            ? _t("These records have no short status in common: move them kind by kind.")
            : "";
    }

    get missingAnswer() {
        if (this.dead) {
            return this.dead;
        }
        if (this.asks.comment && !this.state.comment.trim()) {
            return _t("Write a comment.");
        }
        if (this.asks.status && this.asks.statuses.length && !this.state.status) {
            return _t("Choose a short status.");
        }
        if (this.state.overriding && !this.state.reason.trim()) {
            return _t("Say why the rules are passed over.");
        }
        return "";
    }

    /** What is to be put right before going on; not before one has tried. */
    get asked() {
        return this.state.tried ? this.missingAnswer || this.state.error : this.dead;
    }

    async changed() {
        await this.load();
        await this.props.onChanged?.();
    }

    /** Where a new record may begin, if the screen that was refused can do that. */
    get first() {
        const [card] = this.state.cards;
        return (this.state.isNew && this.props.onBegin && card?.first) || null;
    }

    get beginLabel() {
        return _t("Begin at “%s”", this.first[1]);
    }

    async begin() {
        this.props.close();
        await this.props.onBegin();
    }

    async goTo(value) {
        this.state.target = value;
        await this.load();
    }

    async move() {
        Object.assign(this.state, { tried: true, error: "" });
        if (this.missingAnswer || this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await this.orm.call("bpm.stage.case", "move", [
                this.props.resModel,
                this.ids,
                this.state.target,
                this.state.comment.trim(),
                parseInt(this.state.status) || false,
                this.state.overriding ? this.state.reason.trim() : "",
            ]);
        } catch (error) {
            // Somebody changed the record meanwhile: show what is missing now.
            if (!getRefusals(error)) {
                throw error;
            }
            this.state.error = error.data.message;
            await this.load();
            return;
        } finally {
            this.state.busy = false;
        }
        this.props.close();
        await this.props.onMoved();
    }
}
