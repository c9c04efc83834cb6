import { momentText, relativeText } from "@bpm_engine/common/words";
import { OutcomeButtons } from "@bpm_engine/tasks/outcome_buttons";
import { openTask } from "@bpm_engine/tasks/complete_task";
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** One's open tasks in the menu of activities, each done with one of its outcomes. */
export class SystrayTasks extends Component {
    static template = "bpm_engine.SystrayTasks";
    static components = { OutcomeButtons };
    static props = {
        /** See Task in complete_task.js, with record, deadline and is_overdue. */
        tasks: Array,
        total: Number,
        /** Called with the task when it is done. */
        onDone: Function,
        /** Called before a dialog opens. */
        onOpen: Function,
        onShowAll: Function,
    };

    setup() {
        this.momentText = momentText;
    }

    /** What a task is about: process and record; without a record its name says the process. */
    about({ process, record }) {
        return record && !record.includes(process) ? `${process} · ${record}` : record || process;
    }

    due({ deadline, is_overdue }) {
        const when = relativeText(deadline);
        return is_overdue ? _t("late: %s", when) : when;
    }

    open(task) {
        const { env } = this;
        this.props.onOpen();
        openTask(env, task.id, { onDone: () => this.props.onDone(task) });
    }
}
