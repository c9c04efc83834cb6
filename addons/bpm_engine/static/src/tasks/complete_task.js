import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * What buttons need to know of a task.
 *
 * @typedef {Object} Task
 * @property {number} id
 * @property {string} name
 * @property {{key: string, label: string, style?: string, comment?: boolean}[]} outcomes
 * @property {boolean} can_complete
 * @property {boolean} has_form fields of the record are to be filled in first
 */

/** Open a task with its text, form, comment and outcomes. */
export function openTask(env, taskId, { outcome, onDone } = {}) {
    // By name, for the dialog itself shows outcomes and so needs this file.
    const TaskDialog = registry.category("bpm_engine.dialogs").get("task");
    env.services.dialog.add(TaskDialog, { taskId, outcome, onDone });
}

/** Choose an outcome: at once, or through the dialog if words or fields are asked for. */
export async function completeTask(env, task, outcome, { onDone } = {}) {
    if (task.has_form || outcome.comment) {
        openTask(env, task.id, { outcome: outcome.key, onDone });
        return;
    }
    await env.services.orm.call("bpm.task", "action_complete", [[task.id]], {
        outcome: outcome.key,
    });
    tellDone(env, task, outcome);
    await onDone?.();
}

export function tellDone(env, task, outcome) {
    const message = _t("%(task)s: %(outcome)s", { task: task.name, outcome: outcome.label });
    env.services.notification.add(message, { type: "success" });
}
