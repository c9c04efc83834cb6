import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { fieldOfMoment, textOfField } from "../moments";
import { RecordFieldSelector } from "./record_field_selector";

/** A value that a field of the record gives, chosen there, or one that is written. */
export class OfRecord extends Component {
    static template = "bpm_engine.OfRecord";
    static components = { RecordFieldSelector };
    static props = {
        name: String,
        value: String,
        update: Function,
        /** Types of the fields that give such a value. */
        types: Array,
        /** What the two ways are called. */
        chosen: String,
        written: String,
        model: { type: [String, Boolean], optional: true },
        readonly: { type: Boolean, optional: true },
        slots: Object,
    };

    setup() {
        this.state = useState({ isField: Boolean(this.path) });
        onWillUpdateProps((next) => {
            if (next.value !== this.props.value) {
                this.state.isField = Boolean(fieldOfMoment(next.value));
            }
        });
    }

    get path() {
        return fieldOfMoment(this.props.value);
    }

    get isField() {
        return Boolean(this.props.model) && this.state.isField;
    }

    get ways() {
        return [
            ["field", this.props.chosen],
            ["text", this.props.written],
        ];
    }

    isOffered(field) {
        return field.type === "many2one" || this.props.types.includes(field.type);
    }

    setPath(path, info) {
        // On the way there are records; only its end gives the value.
        this.state.wrong = Boolean(path) && !this.props.types.includes(info?.fieldDef?.type);
        if (path && !this.state.wrong) {
            this.props.update(textOfField(path));
        }
    }

    get wrongText() {
        return _t("This field gives no such value. Choose another one.");
    }
}
