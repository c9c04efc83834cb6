import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ModelFieldSelector } from "@web/core/model_field_selector/model_field_selector";
import { yesNo } from "../starter";
import { PersonPicker } from "./people";
import { RecordFieldSelector } from "./record_field_selector";
import { TextInput } from "./text_input";

export function units() {
    return [
        ["minute", _t("minutes")],
        ["hour", _t("hours")],
        ["day", _t("days")],
        ["week", _t("weeks")],
    ];
}

function without(list, index) {
    return list.filter((_item, at) => at !== index);
}

function changed(list, index, values) {
    return list.map((item, at) => (at === index ? { ...item, ...values } : item));
}

export const partProps = {
    value: { optional: true },
    update: Function,
    pending: { type: Object, optional: true },
    model: { type: [String, Boolean], optional: true },
    readonly: { type: Boolean, optional: true },
};

/** Until when: so much time after the task began, or a date of the record. */
export class Deadline extends Component {
    static template = "bpm_engine.Deadline";
    static components = { RecordFieldSelector, TextInput };
    static props = partProps;

    setup() {
        this.units = units();
    }

    get way() {
        const { value } = this.props;
        return !value ? "" : value.path !== undefined ? "path" : "after";
    }

    setWay(way) {
        const remind = this.props.value?.remind;
        const after = { amount: "1", unit: "day", basis: "working" };
        const values = { "": null, after: { ...after, remind }, path: { path: " ", remind } };
        this.props.update(values[way]);
    }

    set(values) {
        this.props.update({ ...this.props.value, ...values });
    }

    filterDate(field) {
        return ["date", "datetime", "many2one"].includes(field.type);
    }
}

/** Answers become the buttons of the task. */
export class Outcomes extends Component {
    static template = "bpm_engine.Outcomes";
    static components = { TextInput };
    static props = {
        ...partProps,
        canBranch: { type: Boolean, optional: true },
        branch: { type: Function, optional: true },
        locked: { type: Boolean, optional: true },
        several: { type: Boolean, optional: true },
    };

    /** Of several people's answers each counts for or against: nothing is preset then. */
    get styles() {
        const { several } = this.props;
        return [
            ...(several ? [["", _t("choose…")]] : []),
            ["positive", _t("means yes")],
            ["negative", _t("means no")],
            ["neutral", several ? _t("yes, but…") : _t("neither")],
        ];
    }

    styleOf(outcome) {
        return outcome.style || (this.props.several ? "" : "neutral");
    }

    get list() {
        return this.props.value || [];
    }

    freshKey(label) {
        const plain = label
            .normalize("NFKD")
            .replace(/[^A-Za-z0-9]+/g, "_")
            .replace(/^_+|_+$/g, "")
            .toLowerCase();
        const wanted = /^[a-z]/.test(plain) ? plain : "answer";
        const taken = new Set(this.list.map((outcome) => outcome.key));
        let key = wanted;
        for (let number = 2; taken.has(key); number++) {
            key = `${wanted}_${number}`;
        }
        return key;
    }

    /** Two answers, and a way for each where none follows yet: that is what they are for. */
    addYesNo() {
        this.props.update(yesNo());
        if (this.props.canBranch) {
            this.props.branch();
        }
    }

    add() {
        const label = _t("Answer %s", this.list.length + 1);
        const key = this.freshKey(`answer_${this.list.length + 1}`);
        this.props.update([...this.list, { key, label }]);
    }

    set(index, values) {
        this.props.update(changed(this.list, index, values));
    }

    remove(index) {
        this.props.update(without(this.list, index));
    }
}

/** Fields of the record that the task shows. */
export class FormFields extends Component {
    static template = "bpm_engine.FormFields";
    static components = { ModelFieldSelector };
    static props = partProps;

    get list() {
        return this.props.value || [];
    }

    get ways() {
        return [
            ["", _t("may be filled in")],
            ["required", _t("must be filled in")],
            ["readonly", _t("only to read")],
        ];
    }

    wayOf({ required, readonly }) {
        return required === "true" ? "required" : readonly === "true" ? "readonly" : "";
    }

    setWay(index, way) {
        const values = { required: undefined, readonly: undefined, [way]: "true" };
        delete values[""];
        this.props.update(changed(this.list, index, values));
    }

    setName(index, name) {
        this.props.update(name ? changed(this.list, index, { name }) : without(this.list, index));
    }

    add(name) {
        if (name && !this.list.some((field) => field.name === name)) {
            this.props.update([...this.list, { name }]);
        }
    }

    remove(index) {
        this.props.update(without(this.list, index));
    }

    filterField(field) {
        return !["binary", "properties_definition", "one2many"].includes(field.type);
    }
}

/** Several people decide on one task. */
export class Approval extends Component {
    static template = "bpm_engine.Approval";
    static components = { PersonPicker, TextInput };
    static props = {
        ...partProps,
        tasks: { type: Array, optional: true },
        locked: { type: Boolean, optional: true },
    };

    get modes() {
        return [
            ["any", _t("one of them is enough")],
            ["all", _t("all of them")],
            ["quorum", _t("at least so many:")],
        ];
    }

    get approvers() {
        return this.props.value?.approvers || [];
    }

    toggle(on) {
        const start = { mode: "all", order: "parallel", approvers: [{ kind: "user" }] };
        this.props.update(on ? start : null);
    }

    set(values) {
        this.props.update({ ...this.props.value, ...values });
    }

    add() {
        this.set({ approvers: [...this.approvers, { kind: "user" }] });
    }

    setApprover(index, value) {
        const approvers = [...this.approvers];
        approvers[index] = value || { kind: "starter" };
        this.set({ approvers });
    }

    remove(index) {
        this.set({ approvers: without(this.approvers, index) });
    }
}
