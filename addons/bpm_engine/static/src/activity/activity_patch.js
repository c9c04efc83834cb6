import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { ActivityMenu } from "@mail/core/web/activity_menu";
import { useCommand } from "@web/core/commands/command_hook";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { SystrayTasks } from "@bpm_engine/activity/systray_tasks";
import { OutcomeButtons } from "@bpm_engine/tasks/outcome_buttons";

/** An activity of a process's task is ended by the task's outcomes, wherever it stands. */
Activity.components = { ...Activity.components, OutcomeButtons };
ActivityMenu.components = { ...ActivityMenu.components, SystrayTasks };
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
    setup() {
        super.setup();
        useCommand(_t("My tasks in processes"), () => this.dropdown.open(), {
            category: "activity",
            hotkey: "alt+shift+p",
            global: true,
            hotkeyOptions: { bypassEditableProtection: true },
        });
    },

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

    async onBpmTaskDone(task) {
        await this.store.fetchStoreData("systray_get_activities");
        const { currentController } = this.action;
        const { resId, resModel } = currentController?.props || {};
        const shown = currentController?.currentState?.resId || resId;
        if (resModel === task.model && shown === task.res_id) {
            // Its form shows the task, or what the process has changed.
            await this.action.doAction("soft_reload");
        }
    },
});
