import { Component, useState } from "@odoo/owl";
import { completeTask, openTask } from "@bpm_engine/tasks/complete_task";

const STYLES = {
    positive: { button: "btn-success", icon: "fa-check" },
    negative: { button: "btn-danger", icon: "fa-times" },
    neutral: { button: "btn-secondary", icon: "fa-arrow-right" },
};

/** The outcomes of a task as buttons; used wherever a task is shown. */
export class OutcomeButtons extends Component {
    static template = "bpm_engine.OutcomeButtons";
    static props = {
        /** See Task in complete_task.js. */
        task: Object,
        /** Called when the task is done. */
        onDone: { type: Function, optional: true },
        /** Chosen instead of done at once: the caller asks for more. */
        onChoose: { type: Function, optional: true },
        /** Called before a dialog opens, to close a popover over it. */
        onOpen: { type: Function, optional: true },
        /** Buttons shown; the others are behind "more". */
        limit: { type: Number, optional: true },
        size: { type: String, optional: true },
        hotkeys: { type: Boolean, optional: true },
        more: { type: Boolean, optional: true },
        /** In a menu, whose arrow keys go from button to button. */
        navigable: { type: Boolean, optional: true },
    };
    static defaultProps = {
        limit: 3,
        size: "btn-sm",
        hotkeys: false,
        more: true,
        navigable: false,
    };

    setup() {
        this.state = useState({ isBusy: false });
    }

    get outcomes() {
        const { outcomes } = this.props.task;
        return (outcomes || []).slice(0, this.props.limit).map((outcome, index) => ({
            ...(STYLES[outcome.style] || STYLES.neutral),
            outcome,
            hotkey: this.props.hotkeys ? String(index + 1) : undefined,
        }));
    }

    async choose(outcome) {
        if (this.props.onChoose) {
            this.props.onChoose(outcome);
            return;
        }
        if (this.state.isBusy) {
            return;
        }
        // A second click must not find the task already done.
        this.state.isBusy = true;
        const { task, onDone, onOpen } = this.props;
        if (task.has_form || outcome.comment) {
            onOpen?.();
        }
        try {
            await completeTask(this.env, task, outcome, { onDone });
        } finally {
            this.state.isBusy = false;
        }
    }

    open() {
        const { env } = this;
        const { task, onDone, onOpen } = this.props;
        onOpen?.();
        openTask(env, task.id, { onDone });
    }
}
