import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { _t } from "@web/core/l10n/translation";
import {
    fieldOfMoment,
    kindOfMoment,
    readMoment,
    textOfField,
    tomorrowMorning,
    writeMoment,
} from "../moments";
import { RecordFieldSelector } from "./record_field_selector";
import { TextInput } from "./text_input";

/** The moment at which a timer goes off: chosen, not typed, where that is possible. */
export class Moment extends Component {
    static template = "bpm_engine.Moment";
    static components = { DateTimeInput, RecordFieldSelector, TextInput };
    static props = {
        value: String,
        update: Function,
        model: { type: [String, Boolean], optional: true },
        pending: { type: Object, optional: true },
        readonly: { type: Boolean, optional: true },
    };

    setup() {
        this.state = useState({ kind: kindOfMoment(this.props.value) });
        onWillUpdateProps((next) => {
            if (next.value !== this.props.value && next.value !== this.written) {
                this.state.kind = kindOfMoment(next.value);
            }
        });
    }

    get kinds() {
        return [
            ["day", _t("On a day that I choose")],
            ...(this.props.model ? [["field", _t("By a date of the record")]] : []),
            ["text", _t("Calculated")],
        ];
    }

    setKind(kind) {
        this.state.kind = kind;
        if (kind === "day" && kindOfMoment(this.props.value) !== kind) {
            this.write(tomorrowMorning());
        }
    }

    write(text) {
        this.written = text;
        this.props.update(text);
    }

    // A day

    get moment() {
        return kindOfMoment(this.props.value) === "day" && readMoment(this.props.value);
    }

    setMoment(moment) {
        if (moment) {
            this.write(writeMoment(moment));
        }
    }

    get momentText() {
        return this.moment && this.moment.toLocaleString(luxon.DateTime.DATETIME_MED);
    }

    // A date of the record

    get path() {
        return fieldOfMoment(this.props.value);
    }

    setPath(path) {
        this.write(textOfField(path) || this.props.value);
    }

    isDate(field) {
        return ["date", "datetime", "many2one"].includes(field.type);
    }
}
