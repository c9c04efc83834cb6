import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

/** A planned call is closed with its result, wherever its "done" button stands. */
export function openCallResult(env, activityId) {
    return new Promise((resolve) =>
        env.services.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Result of the call"),
                res_model: "crm.call.result",
                views: [[false, "form"]],
                target: "new",
                context: { default_activity_id: activityId },
            },
            { onClose: resolve }
        )
    );
}

patch(Activity.prototype, {
    async onClickMarkAsDone(ev) {
        if (!this.props.activity.call_reason) {
            return super.onClickMarkAsDone(ev);
        }
        const thread = this.thread;
        await openCallResult(this.env, this.props.activity.id);
        this.props.onActivityChanged(thread);
        await thread.fetchNewMessages();
    },
});

patch(ActivityListPopoverItem.prototype, {
    async onClickMarkAsDone() {
        if (!this.props.activity.call_reason) {
            return super.onClickMarkAsDone();
        }
        const { onActivityChanged, onClickEditActivityButton, activity } = this.props;
        const env = this.env;
        // The popover would lie over the dialog.
        onClickEditActivityButton?.();
        await openCallResult(env, activity.id);
        onActivityChanged?.();
    },
});
