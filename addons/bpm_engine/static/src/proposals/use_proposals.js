import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/**
 * Proposing an improvement of what is looked at, and seeing what was proposed.
 *
 * @param {Function} [onDone] called when the dialog is closed
 */
export function useProposals(onDone) {
    const orm = useService("orm");
    const action = useService("action");
    return {
        /** The dialog for a proposal about a record of ``model``, pinned by ``args``. */
        async propose(model, id, args = []) {
            const dialog = await orm.call(model, "action_propose", [[id], ...args]);
            return action.doAction(dialog, { onClose: () => onDone?.() });
        },
        /** What was proposed about one element of a process. */
        open(processId, element, name) {
            return action.doAction({
                type: "ir.actions.act_window",
                name: _t("Proposals: %s", name),
                res_model: "bpm.proposal",
                views: [
                    [false, "kanban"],
                    [false, "list"],
                    [false, "form"],
                ],
                domain: [
                    ["process_id", "=", processId],
                    ["element", "=", element],
                ],
            });
        },
    };
}
