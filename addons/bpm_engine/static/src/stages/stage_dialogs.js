import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { RecordForm } from "@bpm_engine/tasks/record_form";

/** Fill in fields that a stage demands, without looking for it on the form. */
export class StageFillDialog extends Component {
    static template = "bpm_engine.StageFillDialog";
    static components = { Dialog, RecordForm };
    static props = {
        resModel: String,
        resId: Number,
        fieldNames: Array,
        title: String,
        /** Fields may stay empty. */
        optional: { type: Boolean, optional: true },
        onSaved: Function,
        close: Function,
    };

    get fields() {
        return this.props.fieldNames.map((name) => ({ name, required: !this.props.optional }));
    }

    loaded(record) {
        this.record = record;
    }

    async save() {
        if (await this.record?.save()) {
            this.props.close();
            await this.props.onSaved();
        }
    }
}

/** A line of text for a step: what came out, or why it is refused. */
export class StageStepDialog extends Component {
    static template = "bpm_engine.StageStepDialog";
    static components = { Dialog };
    static props = {
        title: String,
        instruction: { type: String, optional: true },
        label: String,
        required: { type: Boolean, optional: true },
        onConfirm: Function,
        close: Function,
    };

    setup() {
        this.state = useState({ comment: "", asked: false });
        this.placeholder = this.props.required ? _t("Needed") : _t("If there is something to say");
    }

    async confirm() {
        if (this.props.required && !this.state.comment.trim()) {
            this.state.asked = true;
            return;
        }
        await this.props.onConfirm(this.state.comment.trim());
        this.props.close();
    }
}
