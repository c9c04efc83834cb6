import { markRaw, useEffect } from "@odoo/owl";
import { patch } from "@web/core/utils/patch";
import { createElement } from "@web/core/utils/xml";
import { registry } from "@web/core/registry";
import { RPCError } from "@web/core/network/rpc";
import { Record as RelationalRecord } from "@web/model/relational_model/record";
import { RelationalModel } from "@web/model/relational_model/relational_model";
import { Chatter } from "@mail/chatter/web_portal/chatter";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormRenderer } from "@web/views/form/form_renderer";
import { KanbanQuickCreateController } from "@web/views/kanban/kanban_record_quick_create";
import { StatusBarField } from "@web/views/fields/statusbar/statusbar_field";
import { StageBar } from "./stage_bar";
import { getRefusals, stageBus } from "./stage_data";
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

/** The one record a screen is about, as opposed to dialogs and to lines of it. */
function isMainRecord(model, config) {
    return Boolean(config.isRoot && config.isMonoRecord && !model.env.inDialog);
}

patch(RelationalModel.prototype, {
    /** The bar comes with the record, see models/base_stage_bar.py. */
    _loadRecords(config, evalContext = config.context, cache) {
        if (config.resId && isMainRecord(this, config)) {
            const context = { ...config.context, bpm_stage_bar: true };
            return super._loadRecords({ ...config, context }, evalContext, cache);
        }
        return super._loadRecords(...arguments);
    },
});

patch(RelationalRecord.prototype, {
    get context() {
        return this.asksBar ? { ...super.context, bpm_stage_bar: true } : super.context;
    },

    async _save() {
        this.asksBar = isMainRecord(this.model, this.config);
        try {
            return await super._save(...arguments);
        } finally {
            this.asksBar = false;
        }
    },

    _setData(data) {
        super._setData(...arguments);
        if (data && "bpm_stage_bar" in data) {
            this.stageBar = markRaw({ bar: data.bpm_stage_bar });
        }
    },
});

/** The bar says and does what Odoo's own one does; that one stays for its shortcuts only. */
patch(StatusBarField.prototype, {
    setup() {
        super.setup();
        // Widgets that inherit from it have templates of their own.
        useEffect(() => {
            this.rootRef.el?.classList.toggle("d-none", this.isReplaced);
        });
    },

    get isReplaced() {
        const { record, name } = this.props;
        const shown = record.resId && record.model?.root === record && !this.env.inDialog;
        return Boolean(shown && record.stageBar?.bar?.stage_field === name);
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
        target: String(refusals[0].to || ""),
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
        // Who would come under a regulation at a later stage stays on the screen as typed, too.
        if (isNew || refusals[0].entering) {
            const onBegin = () => this.beginAt(refusals[0]);
            openPanel(this.model.env, this.resModel, refusals, () => {}, { onBegin });
            return false;
        }
        await this.undoStage(refusals[0].field);
        const reload = () => this.model.load();
        openPanel(this.model.env, this.resModel, refusals, reload, { isForm: true });
        return false;
    },

    /** Save it at the stage at which its way begins. */
    async beginAt({ field, first: [value, name] }) {
        const isRecord = this.fields[field].type === "many2one";
        await this.update({
            [field]: isRecord ? { id: parseInt(value), display_name: name } : value,
        });
        return this.save();
    },

    /** Take back the change of the stage alone, if it was one, and keep the rest. */
    async undoStage(field) {
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
        const onBegin = () => this.beginAt(refusals[0]);
        openPanel(this.env, this.props.resModel, refusals, () => {}, { onBegin });
    },

    /** The column gives the stage by the context, so another one is given there too. */
    async beginAt(refusal) {
        const { root, orm } = this.model;
        const { resModel } = this.props;
        const { field, first } = refusal;
        const [value] = first;
        const stage = /^\d+$/.test(value) ? parseInt(value) : value;
        const context = { ...root.config.context, [`default_${field}`]: stage };
        if (Object.keys(root.activeFields).join() === "display_name") {
            await orm.call(resModel, "name_create", [root.data.display_name], { context });
        } else {
            await this.model._updateConfig(root.config, { context }, { reload: false });
            const saved = field in root.activeFields ? root.beginAt(refusal) : root.save();
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
