import { patch } from "@web/core/utils/patch";
import { createElement } from "@web/core/utils/xml";
import { registry } from "@web/core/registry";
import { RPCError } from "@web/core/network/rpc";
import { Record as RelationalRecord } from "@web/model/relational_model/record";
import { Chatter } from "@mail/chatter/web_portal/chatter";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormController } from "@web/views/form/form_controller";
import { FormRenderer } from "@web/views/form/form_renderer";
import { KanbanQuickCreateController } from "@web/views/kanban/kanban_record_quick_create";
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

/**
 * @param {Function} reload shows what was changed: when the panel is closed, because
 *      reloading a screen closes its dialogs, and one cure is seldom enough
 */
function openPanel(env, resModel, refusals, reload, options = {}) {
    let changed = false;
    const props = {
        resModel,
        ids: refusals.map((refusal) => refusal.id),
        target: String(refusals[0].to),
        refusals,
        onChanged: () => (changed = true),
        onMoved: () => changed || reload(),
        ...options,
    };
    env.services.dialog.add(StagePanel, props, { onClose: () => changed && reload() });
}

/** Is this record's form the screen one is on? */
function isOnForm({ services }, { model, id }) {
    const { props, view, currentState } = services.action.currentController || {};
    const resId = currentState?.resId || props?.resId;
    return view?.type === "form" && props.resModel === model && resId === id;
}

patch(RelationalRecord.prototype, {
    /**
     * A form whose save was refused keeps what was filled in, and asks about the stage in
     * the panel; elsewhere (kanban, lists) the views undo the change themselves.
     */
    async save(options = {}) {
        const isNew = !this.resId;
        if (this.model.root !== this || (this.model.env.inDialog && !isNew)) {
            return super.save(...arguments);
        }
        let refusals = null;
        const saved = await super.save({
            ...options,
            onError: async (error, tools) => {
                refusals = getRefusals(error);
                if (refusals && !(isNew && options.onError)) {
                    return false;
                }
                if (options.onError) {
                    refusals = null;
                    return options.onError(error, tools);
                }
                if (!isNew && !this.isInEdition) {
                    await this._load({});
                }
                throw error;
            },
        });
        if (!refusals) {
            return saved;
        }
        if (isNew) {
            const onBegin = (value) => this.beginAt(value, refusals[0].first[1]);
            openPanel(this.model.env, this.resModel, refusals, () => {}, { onBegin });
            return false;
        }
        await this.undoStage();
        const reload = () => this.model.load();
        openPanel(this.model.env, this.resModel, refusals, reload, { isForm: true });
        return false;
    },

    /** Save a new record at the stage at which its way begins. */
    async beginAt(value, name) {
        const { [this.resModel]: field } = await loadStageModels();
        const isRecord = this.fields[field].type === "many2one";
        await this.update({
            [field]: isRecord ? { id: parseInt(value), display_name: name } : value,
        });
        return this.save();
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

patch(KanbanQuickCreateController.prototype, {
    /** Not the whole form, which would be refused as well, but what is missing. */
    showFormDialogInError(error) {
        const refusals = getRefusals(error);
        if (!refusals) {
            return super.showFormDialogInError(...arguments);
        }
        const onBegin = (value) => this.beginAt(value, refusals[0].first[1]);
        openPanel(this.env, this.props.resModel, refusals, () => {}, { onBegin });
    },

    /** The column gives the stage by the context, so another one is given there too. */
    async beginAt(value, name) {
        const { root, orm } = this.model;
        const { resModel } = this.props;
        const { [resModel]: field } = await loadStageModels();
        const stage = /^\d+$/.test(value) ? parseInt(value) : value;
        const context = { ...root.config.context, [`default_${field}`]: stage };
        const [first, ...others] = Object.keys(root.activeFields);
        if (first === "display_name" && !others.length) {
            await orm.call(resModel, "name_create", [root.data.display_name], { context });
        } else {
            await this.model._updateConfig(root.config, { context }, { reload: false });
            const saved = field in root.activeFields ? root.beginAt(value, name) : root.save();
            if (!(await saved)) {
                return;
            }
        }
        this.props.onCancel();
        await this.env.services.action.doAction("soft_reload");
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
    const reload = () => env.services.action.doAction("soft_reload");
    const isForm = refusals.length === 1 && isOnForm(env, refusals[0]);
    openPanel(env, resModel, refusals, reload, { isForm });
    return true;
}

registry.category("error_handlers").add("bpm_stage_refusal", stageRefusalHandler, { sequence: 90 });
