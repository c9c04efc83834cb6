import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { ActivityMenu } from "@mail/core/web/activity_menu";
import { patch } from "@web/core/utils/patch";
import { OutcomeButtons } from "@bpm_engine/tasks/outcome_buttons";

/** An activity of a process's task is ended by the task's outcomes, wherever it stands. */
Activity.components = { ...Activity.components, OutcomeButtons };
ActivityListPopoverItem.components = { ...ActivityListPopoverItem.components, OutcomeButtons };

patch(Activity.prototype, {
    async onTaskDone() {
        const { thread } = this;
        this.props.onActivityChanged(thread);
        await thread.fetchNewMessages();
        // The following task, or a field the process has set, may stand on this record.
        this.props.reloadParentView?.();
    },

    passOn() {
        const { thread } = this;
        const task = this.props.activity.bpm_task;
        this.env.services.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: "bpm.task.delegate",
                views: [[false, "form"]],
                target: "new",
                context: { default_task_ids: [task.id] },
            },
            { onClose: () => this.props.onActivityChanged(thread) }
        );
    },
});

patch(ActivityListPopoverItem.prototype, {
    get hasCancelButton() {
        return super.hasCancelButton && !this.props.activity.bpm_task;
    },

    get hasMarkDoneButton() {
        return super.hasMarkDoneButton && !this.props.activity.bpm_task;
    },

    get showsOutcomes() {
        const { activity } = this.props;
        return activity.state !== "done" && activity.bpm_task?.can_complete;
    },

    async onTaskDone() {
        await this.props.onActivityChanged?.();
    },

    closePopover() {
        // The popover would lie over the dialog.
        this.props.onClickEditActivityButton?.();
    },
});

patch(ActivityMenu.prototype, {
    openActivityGroup(group, filter, newWindow) {
        if (group.model !== "bpm.task") {
            return super.openActivityGroup(...arguments);
        }
        this.dropdown.close();
        this.action.doAction("bpm_engine.bpm_task_action_to_take", {
            newWindow,
            clearBreadcrumbs: true,
        });
    },

    openMyTasks(newWindow) {
        this.dropdown.close();
        this.action.doAction("bpm_engine.bpm_task_action_my", {
            newWindow,
            clearBreadcrumbs: true,
        });
    },
});
