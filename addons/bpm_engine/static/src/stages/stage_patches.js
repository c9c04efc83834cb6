import { patch } from "@web/core/utils/patch";
import { createElement } from "@web/core/utils/xml";
import { registry } from "@web/core/registry";
import { RPCError } from "@web/core/network/rpc";
import { Record as RelationalRecord } from "@web/model/relational_model/record";
import { Chatter } from "@mail/chatter/web_portal/chatter";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormController } from "@web/views/form/form_controller";
import { FormRenderer } from "@web/views/form/form_renderer";
import { StageBar } from "./stage_bar";
import { getRefusals, loadStageModels, stageBus } from "./stage_data";
import { StagePanel } from "./stage_panel";

// ------------------------------------------------------------ the bar on any form

/**
 * The place of the bar is compiled into every form, so that a model gets it by having a
 * regulation, without a change to its views; the bar itself decides whether it shows.
 */
function makePlace() {
    return createElement("t", {
        "t-if": "__comp__.stageBar and __comp__.props.record.resId",
        "t-component": "__comp__.stageBar",
        record: "__comp__.props.record",
    });
}

patch(FormCompiler.prototype, {
    compileForm() {
        const form = super.compileForm(...arguments);
        const sheet = form.querySelector(":scope > .o_form_sheet_bg > .o_form_sheet");
        if (sheet) {
            sheet.before(makePlace());
        } else if (form.classList.contains("o_form_nosheet")) {
            form.prepend(makePlace());
        }
        return form;
    },
});

patch(FormRenderer.prototype, {
    /** Only for the record the screen is about: no dialogs, no lines of it. */
    get stageBar() {
        const { record } = this.props;
        const isMain = !this.env.inDialog && record.model?.root === record && this.env.config;
        return isMain ? StageBar : null;
    },
});

patch(FormController.prototype, {
    setup() {
        super.setup(...arguments);
        loadStageModels();
    },
});

patch(Chatter.prototype, {
    onActivityChanged() {
        const result = super.onActivityChanged(...arguments);
        stageBus.trigger("changed");
        return result;
    },
});

// ------------------------------------------------------------ refusals

function openPanel(env, resModel, refusals, after, isForm = false) {
    env.services.dialog.add(StagePanel, {
        resModel,
        ids: refusals.map((refusal) => refusal.id),
        target: String(refusals[0].to),
        refusals,
        isForm,
        onMoved: after,
        onChanged: after,
    });
}

patch(RelationalRecord.prototype, {
    /**
     * A form whose save was refused keeps what was filled in, and asks about the stage in
     * the panel; elsewhere (kanban, lists) the views undo the change themselves.
     */
    async save(options = {}) {
        if (this.model.root !== this || !this.resId || this.model.env.inDialog) {
            return super.save(...arguments);
        }
        let refusals = null;
        const saved = await super.save({
            ...options,
            onError: async (error, tools) => {
                refusals = getRefusals(error);
                if (refusals) {
                    return false;
                }
                if (options.onError) {
                    return options.onError(error, tools);
                }
                if (!this.isInEdition) {
                    await this._load({});
                }
                throw error;
            },
        });
        if (!refusals) {
            return saved;
        }
        await this.undoStage();
        openPanel(this.model.env, this.resModel, refusals, () => this.model.load(), true);
        return false;
    },

    /** Take back the change of the stage alone, if it was one, and keep the rest. */
    async undoStage() {
        const { [this.resModel]: field } = await loadStageModels();
        const others = Object.keys(this._changes).filter((name) => name !== field);
        if (field in this._changes && others.length) {
            await this.update({ [field]: this._values[field] });
            await super.save();
        } else {
            await this.discard();
        }
    },
});

/** Kanban, lists, buttons: whatever path was refused, the same panel opens. */
function stageRefusalHandler(env, error, originalError) {
    const refusals = originalError instanceof RPCError && getRefusals(originalError);
    if (!refusals) {
        return false;
    }
    error.unhandledRejectionEvent?.preventDefault();
    const resModel = refusals[0].model || originalError.model;
    openPanel(env, resModel, refusals, () => env.services.action.doAction("soft_reload"));
    return true;
}

registry.category("error_handlers").add("bpm_stage_refusal", stageRefusalHandler, { sequence: 90 });
