import { Component, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useArrange } from "./regulation_arrange";
import { DIRECTIONS, RegulationCard } from "./regulation_card";
import { RegulationAddStage } from "./regulation_add_stage";
import { RegulationPreview, RegulationTry } from "./regulation_dialogs";

/** A version of a regulation as a row of stages with their cards, edited in place. */
export class RegulationBoard extends Component {
    static template = "bpm_engine.RegulationBoard";
    static components = { Dropdown, DropdownItem, RegulationCard };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.ui = useService("ui");
        /** open: stages shown whole on a phone, by id */
        this.state = useState({ board: null, open: {} });
        this.root = useRef("root");
        this.arrange = useArrange(this.root, this.state, () => this.refresh());
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    get versionId() {
        return this.props.record.resId;
    }

    async load({ record } = this.props) {
        const board = await this.orm.call("bpm.regulation.version", "get_board", [[record.resId]]);
        this.state.board = { id: record.resId, ...board };
    }

    /** After a change: the cards, and what the form says about them (what is different). */
    async refresh() {
        const { record } = this.props;
        await ((await record.isDirty()) ? record.save() : record.load());
        await this.load();
    }

    getHead(stage, index) {
        return `${index + 1}. ${stage.name}`;
    }

    getNorm(stage) {
        return _t("Norm: %s d", stage.norm_days);
    }

    /** What a closed stage holds. */
    getSummary({ is_final, is_lost, steps, facts }) {
        if (is_final || is_lost) {
            return is_lost ? _t("end without success") : _t("end");
        }
        return _t("steps: %(steps)s, facts: %(facts)s", {
            steps: steps.length,
            facts: facts.length,
        });
    }

    toggle(stage) {
        this.state.open[stage.id] = !this.state.open[stage.id];
    }

    async loadStages() {
        await this.orm.call("bpm.regulation.version", "load_stages", [[this.versionId]]);
        await this.refresh();
    }

    addStage() {
        this.dialog.add(RegulationAddStage, {
            versionId: this.versionId,
            stages: this.state.board.stages,
            onAdded: () => this.refresh(),
        });
    }

    onStageKeydown(ev, stage) {
        const direction = ev.altKey && DIRECTIONS[ev.key];
        if (["left", "right"].includes(direction) && this.state.board.editable) {
            ev.preventDefault();
            this.arrange.moveStage(stage, direction);
        }
    }

    /** Edit a part, or make one for a stage. */
    edit(model, title, part, stage) {
        const { editable } = this.state.board;
        const remove = () => this.remove(model, part);
        this.dialog.add(FormViewDialog, {
            resModel: model,
            resId: part ? part.id : false,
            title,
            context: stage ? { default_stage_id: stage.id } : {},
            readonly: !editable,
            preventEdit: !editable,
            removeRecord: editable && part ? remove : undefined,
            onRecordSaved: () => this.refresh(),
        });
    }

    open(what, stage, part) {
        return what === "step" ? this.editStep(stage, part) : this.editFact(stage, part);
    }

    editStage(stage) {
        this.edit("bpm.regulation.stage", stage.name, stage);
    }

    editStep(stage, step) {
        this.edit("bpm.regulation.step", _t("Step at “%s”", stage.name), step, stage);
    }

    editFact(stage, fact) {
        this.edit("bpm.regulation.fact", _t("Fact before leaving “%s”", stage.name), fact, stage);
    }

    remove(model, part) {
        this.dialog.add(ConfirmationDialog, {
            body: _t("Remove “%s” from this draft?", part.name),
            confirmLabel: _t("Remove"),
            confirm: async () => {
                await this.orm.unlink(model, [part.id]);
                await this.refresh();
            },
            cancel: () => {},
        });
    }

    preview() {
        this.dialog.add(RegulationPreview, { versionId: this.versionId });
    }

    tryOn() {
        this.dialog.add(RegulationTry, {
            versionId: this.versionId,
            model: this.state.board.model,
            modelName: this.state.board.model_name,
        });
    }
}

registry.category("view_widgets").add("bpm_regulation_board", { component: RegulationBoard });
