import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { parse } from "../conditions";

/** Signs of comparison as people say them. */
function comparisons() {
    return {
        "==": _t("is"),
        "!=": _t("is not"),
        ">": _t("is more than"),
        ">=": _t("is at least"),
        "<": _t("is less than"),
        "<=": _t("is at most"),
        contains: _t("contains"),
        set: _t("is given"),
        unset: _t("is empty"),
    };
}

function dayWords(text) {
    const match = /^(?:today|now)\(\)(?:\s*([+-])\s*(days|hours)\((\d+)\))?$/.exec(text);
    if (!match) {
        return text;
    }
    const [, sign, unit, count] = match;
    if (!unit) {
        return _t("the day on which it is looked at");
    }
    const amount = unit === "days" ? _t("%s days", count) : _t("%s hours", count);
    return sign === "+" ? _t("%s from then", amount) : _t("%s before then", amount);
}

/** A condition in words; what rows cannot say stays as it was written. */
export class ConditionWords extends Component {
    static template = "bpm_engine.ConditionWords";
    static props = {
        value: String,
        tasks: Array,
        model: { type: [String, Boolean], optional: true },
    };

    setup() {
        this.fields = useService("field");
        this.names = useService("name");
        this.state = useState({ words: "", isOwn: false });
        onWillStart(() => this.read(this.props));
        onWillUpdateProps((next) => this.read(next));
    }

    async read(props) {
        const parsed = parse(props.value);
        this.state.isOwn = !parsed;
        const rows = parsed ? parsed.rows : [];
        const words = await Promise.all(rows.map((row) => this.tell(row, props)));
        const joint = parsed?.join === "any" ? _t(" or ") : _t(" and ");
        this.state.words = words.join(joint);
    }

    async tell(row, props) {
        if (row.kind === "record") {
            return this.tellField(row, props);
        }
        const says = comparisons()[row.op];
        if (row.kind === "variable") {
            return `${row.name} ${says} ${dayWords(row.value)}`.trim();
        }
        const task = props.tasks.find((one) => one.id === row.name);
        const tasks = task ? [task] : props.tasks;
        const outcome = tasks.flatMap((one) => one.outcomes).find((one) => one.key === row.value);
        const answer = `“${outcome?.label || row.value}”`;
        const left = task ? _t("the answer in “%s”", task.name) : _t("the answer");
        return `${left} ${says} ${answer}`;
    }

    async tellField(row, { model }) {
        const path = row.name.replace(/\.id$/, "");
        const info = model ? await this.fields.loadFieldInfo(model, path) : {};
        const field = info.fieldDef || {};
        const label = `“${field.string || path}”`;
        if (field.type === "boolean" && ["set", "unset"].includes(row.op)) {
            return `${label}: ${row.op === "set" ? _t("yes") : _t("no")}`;
        }
        const value = await this.valueOf(row, field);
        return `${label} ${comparisons()[row.op]} ${value}`.trim();
    }

    async valueOf(row, field) {
        if (["set", "unset"].includes(row.op)) {
            return "";
        }
        if (field.selection) {
            const choice = field.selection.find(([key]) => String(key) === String(row.value));
            return `“${choice ? choice[1] : row.value}”`;
        }
        if (field.relation && Number(row.value)) {
            const id = Number(row.value);
            const names = await this.names.loadDisplayNames(field.relation, [id]);
            return `“${typeof names[id] === "string" ? names[id] : row.value}”`;
        }
        return dayWords(row.value);
    }
}
