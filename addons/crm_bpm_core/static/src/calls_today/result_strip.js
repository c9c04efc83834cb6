import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { Component, onMounted, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { dayWords, fullDay } from "../common/words";

const RESULT_ICONS = {
    reached: "fa-check",
    order: "fa-shopping-cart",
    no_answer: "fa-phone",
    callback: "fa-clock-o",
    refused: "fa-ban",
};
/** Results that say enough without the customer's words. */
const SPEAKS_FOR_ITSELF = ["order", "no_answer"];

/** The result of a call in one line: result, comment, date of the next call. */
export class ResultStrip extends Component {
    static template = "crm_bpm_core.ResultStrip";
    static props = {
        call: Object,
        data: Object,
        result: { type: [String, Boolean], optional: true },
        saving: Boolean,
        onSave: Function,
    };

    setup() {
        this.notification = useService("notification");
        this.rootRef = useRef("root");
        this.commentRef = useRef("comment");
        this.resultIcons = RESULT_ICONS;
        this.dayWords = dayWords;
        this.fullDay = fullDay;
        this.state = useState({
            result: false,
            comment: "",
            nextDate: "",
            outcomeReason: "",
            pauseUntil: "",
        });
        this.choose(this.props.result);
        onMounted(() => {
            this.focusComment();
            this.rootRef.el.scrollIntoView({ block: "nearest" });
        });
        onWillUpdateProps((props) => {
            if (props.result && props.result !== this.props.result) {
                this.choose(props.result);
                this.focusComment();
            }
        });
    }

    focusComment() {
        if (this.state.result) {
            this.commentRef.el?.focus();
        }
    }

    choose(result) {
        this.state.result = result || false;
        this.state.nextDate = (result && this.props.data.proposals[result]) || "";
    }

    onChoose(result) {
        this.choose(result);
        this.focusComment();
    }

    /** Why the customer recedes is asked where it was learnt: on a recession call. */
    get asksOutcome() {
        return (
            this.props.call.reason === "recession" &&
            ["reached", "refused"].includes(this.state.result)
        );
    }

    get commentHint() {
        return SPEAKS_FOR_ITSELF.includes(this.state.result)
            ? _t("Comment (may stay empty)")
            : _t("What did the customer say?");
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.save();
        }
    }

    save() {
        const { result, comment, nextDate, outcomeReason, pauseUntil } = this.state;
        const missing = this.getMissing();
        if (missing) {
            this.notification.add(missing, { type: "warning" });
            return;
        }
        this.props.onSave({
            result,
            comment: comment.trim() || this.resultLabel,
            nextDate,
            outcomeReason: this.asksOutcome && outcomeReason,
            pauseUntil: this.asksOutcome && outcomeReason === "pause" && pauseUntil,
        });
    }

    get resultLabel() {
        return this.props.data.results.find(({ code }) => code === this.state.result).label;
    }

    getMissing() {
        const { result, comment, nextDate, outcomeReason, pauseUntil } = this.state;
        if (!result) {
            return _t("Choose a result first: keys 1 to 5.");
        }
        if (!SPEAKS_FOR_ITSELF.includes(result) && !comment.trim()) {
            return _t("Write in a few words what the customer said.");
        }
        if (result === "callback" && !nextDate) {
            return _t("Say when to call back.");
        }
        if (this.asksOutcome && outcomeReason === "pause" && !pauseUntil) {
            return _t("Say until when the customer pauses.");
        }
        if (nextDate && nextDate < this.props.data.today) {
            return _t("The next call cannot be in the past.");
        }
        return false;
    }
}
