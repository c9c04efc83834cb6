import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { TaskWork } from "@bpm_engine/tasks/task_work";

/** A task over whatever is on the screen. */
export class TaskDialog extends Component {
    static template = "bpm_engine.TaskDialog";
    static components = { Dialog, TaskWork };
    static props = {
        taskId: Number,
        outcome: { type: String, optional: true },
        onDone: { type: Function, optional: true },
        close: Function,
    };

    setup() {
        this.action = useService("action");
        this.state = useState({ task: null });
    }

    loaded(task) {
        this.state.task = task;
    }

    async done() {
        this.props.close();
        await this.props.onDone?.();
    }

    openRecord() {
        const { model, id } = this.state.task.record;
        this.props.close();
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    passOn() {
        const { close, onDone, taskId } = this.props;
        close();
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: "bpm.task.delegate",
                views: [[false, "form"]],
                target: "new",
                context: { default_task_ids: [taskId] },
            },
            { onClose: onDone }
        );
    }
}

registry.category("bpm_engine.dialogs").add("task", TaskDialog);
