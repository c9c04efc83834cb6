import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { StageFillDialog, StageStepDialog } from "./stage_dialogs";
import { useStageDoors } from "./stage_doors";

/** A step of a stage as an item of a refusal names it, in the shape of a step of the bar. */
function stepOfCure({ name, cure }) {
    return { id: cure.step_id, name, kind: cure.type, state: cure.state, user: cure.user };
}

/**
 * All that one can do about steps and missing facts of a record, each by one click.
 *
 * @param {Function} getRecord () => {resModel, resId}
 * @param {Function} onChanged called when something was done on the server
 */
export function useStageWork(getRecord, onChanged) {
    const orm = useService("orm");
    const http = useService("http");
    const dialog = useService("dialog");
    const notification = useService("notification");
    const doors = useStageDoors(getRecord, onChanged);

    async function call(step, method, ...args) {
        const result = await orm.call("bpm.stage.case.step", method, [[step.id], ...args]);
        await onChanged();
        return result;
    }

    function ask(step, label, method, required) {
        dialog.add(StageStepDialog, {
            title: step.name,
            instruction: step.instruction,
            label,
            required,
            onConfirm: (comment) => call(step, method, comment || false),
        });
    }

    /** What nobody was asked for yet comes into the schedules. */
    async function askSteps() {
        const { resModel, resId } = getRecord();
        await orm.call("bpm.stage.case", "ask_steps", [resModel, [resId]]);
        await onChanged();
    }

    async function remind(step) {
        await call(step, "action_remind");
        notification.add(_t("%s has been reminded.", step.user ? step.user[1] : step.name), {
            type: "success",
        });
    }

    /** The number goes to whatever dials on this device. */
    function dial(step) {
        browser.open(`tel:${step.phone}`, "_self");
    }

    function fill(item, fieldNames = item.cure.fields) {
        dialog.add(StageFillDialog, {
            ...getRecord(),
            fieldNames,
            title: item.name,
            // A condition may hold by one of them, or because one is empty.
            optional: item.kind === "domain",
            onSaved: onChanged,
        });
    }

    /** Saving what the step asks for is doing it. */
    function fillStep(step) {
        dialog.add(StageFillDialog, {
            ...getRecord(),
            fieldNames: step.fields,
            title: step.name,
            onSaved: () => call(step, "action_done", false),
        });
    }

    /** Attaching the file is doing the step. */
    function attach(step) {
        const { resModel, resId } = getRecord();
        const input = Object.assign(document.createElement("input"), {
            type: "file",
            multiple: true,
            className: "d-none o_bpm_stage_file",
        });
        document.body.append(input);
        input.addEventListener("cancel", () => input.remove());
        input.addEventListener("change", async () => {
            const answer = await http.post(
                "/web/binary/upload_attachment",
                {
                    csrf_token: odoo.csrf_token,
                    ufile: [...input.files],
                    model: resModel,
                    id: resId,
                },
                "text"
            );
            input.remove();
            const failed = JSON.parse(answer).find((file) => file.error);
            if (failed) {
                notification.add(failed.error, { type: "danger" });
                return;
            }
            await call(step, "action_done", false);
        });
        input.click();
    }

    /** Sending the mail is doing the step. */
    function write(step) {
        return doors.write(step, () => call(step, "action_done", false));
    }

    /** Buttons of a step: [{key, label, primary, run}]. */
    function getStepButtons(step) {
        if (!step.id) {
            return [];
        }
        const again = {
            key: "again",
            label: step.kind === "process" ? _t("Start again") : _t("Ask again"),
            run: () => call(step, "action_again"),
        };
        const reminder = { key: "remind", label: _t("Remind"), run: () => remind(step) };
        if (step.state === "refused") {
            return [again];
        }
        if (step.created) {
            return [{ key: "created", label: step.created[2], run: () => doors.openCreated(step) }];
        }
        if (step.state !== "todo") {
            return [];
        }
        if (step.kind === "approval") {
            return getApprovalButtons(step, reminder);
        }
        if (step.kind === "process") {
            const open = { key: "process", label: _t("See"), run: () => doors.openInstance(step) };
            return step.instance_id ? [open] : [reminder];
        }
        return step.may_do === false ? [reminder] : getActivityButtons(step);
    }

    function getApprovalButtons(step, reminder) {
        const approve = {
            key: "approve",
            label: _t("Approve"),
            primary: true,
            run: () => ask(step, _t("Approve"), "action_approve"),
        };
        const refuse = {
            key: "refuse",
            label: _t("Refuse"),
            run: () => ask(step, _t("Refuse"), "action_refuse", true),
        };
        return step.may_do ? [approve, refuse] : [reminder];
    }

    /** What the kind of activity does by one click, and Done. */
    function getActivityButtons(step) {
        const fillIn = {
            key: "fill",
            label: _t("Fill in"),
            primary: true,
            run: () => fillStep(step),
        };
        if (step.fields?.length) {
            return [fillIn];
        }
        const doing = {
            phonecall: step.phone && { key: "call", label: _t("Call"), run: () => dial(step) },
            upload_file: { key: "upload", label: _t("Attach"), run: () => attach(step) },
            email: { key: "email", label: _t("Write"), run: () => write(step) },
            meeting: { key: "meet", label: _t("Schedule"), run: () => doors.meet(step) },
        }[step.category];
        const done = {
            key: "done",
            label: _t("Done"),
            run: () => ask(step, _t("Done"), "action_done"),
        };
        const [first, ...others] = doing ? [doing, done] : [done];
        return [{ ...first, primary: true }, ...others];
    }

    /**
     * Buttons that cure a missing item. ``goTo`` brings the record to a stage,
     * ``steps`` are the bar's, which know more than a refusal does.
     */
    function getCures(item, { goTo, steps = [], isHere, onOpen } = {}) {
        const { cure } = item;
        if (item.kind === "step") {
            return getStepCures(item, steps);
        }
        if (item.kind === "passed" && goTo) {
            return [{ key: "stage", label: _t("Go there"), run: () => goTo(cure.value) }];
        }
        if (item.kind === "unasked") {
            return [{ key: "ask", label: _t("Ask now"), run: askSteps }];
        }
        if (item.kind === "way" && goTo) {
            return cure.values.map(([value, name]) => ({
                key: `stage_${value}`,
                label: _t("To “%s”", name),
                run: () => goTo(value),
            }));
        }
        if (item.kind === "activity") {
            return [{ key: "activity", label: _t("Plan it"), run: () => doors.schedule(item) }];
        }
        return ["field", "related", "domain"].includes(item.kind)
            ? getPlaceCures(item, isHere, onOpen)
            : [];
    }

    /** Where a fact is made true: its fields, the records it asks about, its own record. */
    function getPlaceCures(item, isHere, onOpen) {
        const { fields = [], links = [] } = item.cure;
        const cures = links.map(([name, label]) => ({
            key: `link_${name}`,
            label,
            run: () => doors.openLinked(name, () => fill(item, [name]), onOpen),
        }));
        if (fields.length) {
            cures.unshift({ key: item.kind, label: _t("Fill in"), run: () => fill(item) });
        }
        if (!isHere && (item.kind === "domain" || !cures.length)) {
            const run = () => doors.openRecord(onOpen);
            cures.push({ key: "open", label: _t("Open"), run });
        }
        return cures.length ? cures : [{ key: "again", label: _t("Check again"), run: onChanged }];
    }

    /** Of a step that waits for another one, that one is to be done. */
    function getStepCures(item, steps) {
        const { cure } = item;
        if (!cure.before) {
            return getStepButtons(steps.find((s) => s.id === cure.step_id) || stepOfCure(item));
        }
        const { before } = cure;
        const known = steps.find((step) => step.id === before.step_id);
        const buttons = getStepButtons(known || stepOfCure({ name: before.name, cure: before }));
        return buttons.map((button) => ({ ...button, label: `${before.name}: ${button.label}` }));
    }

    return { getStepButtons, getCures };
}
