import { markup } from "@odoo/owl";
import { rpc } from "@web/core/network/rpc";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";

/**
 * The screens that a step or a missing fact leads to: Odoo's own calendar, mail, schedule and
 * records.
 *
 * @param {Function} getRecord () => {resModel, resId}
 * @param {Function} onChanged called when something may have been done there
 */
export function useStageDoors(getRecord, onChanged) {
    const orm = useService("orm");
    const fieldService = useService("field");
    const action = useService("action");
    const dialog = useService("dialog");

    async function getFields(...names) {
        return fieldService.loadFields(getRecord().resModel, { fieldNames: names });
    }

    function openForm(resModel, resId) {
        return action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    function openRecord(onOpen) {
        const { resModel, resId } = getRecord();
        onOpen?.();
        return openForm(resModel, resId);
    }

    /** The calendar on the step's day; a time chosen there is the step's meeting. */
    async function meet(step) {
        const { resModel, resId } = getRecord();
        const meeting = await orm.call(
            "mail.activity",
            "action_create_calendar_event",
            [[step.activity_id]],
            { context: { default_res_model: resModel, default_res_id: resId } }
        );
        await action.doAction(meeting, { onClose: onChanged });
    }

    function schedule(item) {
        const { resModel, resId } = getRecord();
        return action.doAction(
            {
                type: "ir.actions.act_window",
                name: item.name,
                res_model: "mail.activity.schedule",
                views: [[false, "form"]],
                target: "new",
                context: {
                    active_model: resModel,
                    active_id: resId,
                    active_ids: [resId],
                    default_activity_type_id: item.cure.activity_type_id,
                },
            },
            { onClose: onChanged }
        );
    }

    /** Whom the chatter would propose, or nobody where records have none. */
    async function getRecipients() {
        const { resModel, resId } = getRecord();
        const { message_ids } = await getFields("message_ids");
        if (!message_ids) {
            return [];
        }
        const args = { thread_model: resModel, thread_id: resId };
        return rpc("/mail/thread/recipients", args);
    }

    /** How much the person has written on the record so far. */
    function countLetters() {
        const { resModel, resId } = getRecord();
        return orm.searchCount("mail.message", [
            ["model", "=", resModel],
            ["res_id", "=", resId],
            ["message_type", "=", "comment"],
            ["author_id", "=", user.partnerId],
        ]);
    }

    /**
     * A mail to the people the chatter would propose.
     *
     * @param {Function} onSent not called when it was given up
     */
    async function write(step, onSent) {
        const { resModel, resId } = getRecord();
        const [recipients, before] = await Promise.all([getRecipients(), countLetters()]);
        let isClosed = false;
        // The closing does not say reliably how it came about, and may be told twice.
        const onClose = async () => {
            if (!isClosed) {
                isClosed = true;
                await ((await countLetters()) > before ? onSent() : onChanged());
            }
        };
        return action.doAction(
            {
                type: "ir.actions.act_window",
                name: step.name,
                res_model: "mail.compose.message",
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_model: resModel,
                    default_res_ids: [resId],
                    default_composition_mode: "comment",
                    default_partner_ids: recipients.map(({ id }) => id),
                },
            },
            { onClose }
        );
    }

    /**
     * What a field of the record leads to: the record, a list of them where there may be
     * several, or the field itself as long as it is empty.
     *
     * @param {Function} choose fills in the field
     */
    async function openLinked(name, choose, onOpen) {
        const { resModel, resId } = getRecord();
        const { [name]: field } = await getFields(name);
        const [found] = await orm.webRead(resModel, [resId], { specification: { [name]: {} } });
        if (field.type === "many2one") {
            if (!found[name] && !field.readonly) {
                return choose();
            }
            onOpen?.();
            return openForm(field.relation, found[name]);
        }
        onOpen?.();
        return action.doAction({
            type: "ir.actions.act_window",
            name: field.string,
            help: markup`<p class="o_view_nocontent_smiling_face">${_t(
                "There is none yet: make it by “New”."
            )}</p>`,
            res_model: field.relation,
            domain: getLinesDomain(field, found[name], resId),
            views: [
                [false, "list"],
                [false, "form"],
            ],
            context: field.relation_field ? { [`default_${field.relation_field}`]: resId } : {},
        });
    }

    /** One that is made there stands in the list as well. */
    function getLinesDomain({ relation_field, type }, ids, resId) {
        const known = [["id", "in", ids]];
        return type === "one2many" && relation_field
            ? ["|", ...known, [relation_field, "=", resId]]
            : known;
    }

    function openDialog(title, resModel, resId) {
        dialog.add(FormViewDialog, { title, resModel, resId }, { onClose: onChanged });
    }

    function openInstance(step) {
        openDialog(step.name, "bpm.instance", step.instance_id);
    }

    /** The record that a step has made. */
    function openCreated(step) {
        const [resModel, resId, name] = step.created;
        openDialog(_t("Made by the step: %s", name), resModel, resId);
    }

    return { openRecord, meet, schedule, write, openLinked, openInstance, openCreated };
}
