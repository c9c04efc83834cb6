import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { useService } from "@web/core/utils/hooks";
import { compose, isComplete, parse } from "../conditions";
import { formatCycle, formatDuration, parseCycle, parseDuration } from "../durations";
import { tomorrowMorning } from "../moments";
import { ConditionWords } from "./condition_words";
import { Moment } from "./moment";
import { RecordFieldSelector } from "./record_field_selector";
import { units } from "./task_parts";
import { TextInput } from "./text_input";

const NUMBERS = ["integer", "float", "monetary"];
const DATES = ["date", "datetime"];
/** What the chatter and the calendar of activities add to every record decides nothing. */
const TECHNICAL = /^(activity_|message_|my_activity|has_message|rating_|website_message)/;

/** When a way is taken: rows for people, the expression for those who want it. */
export class ConditionBuilder extends Component {
    static template = "bpm_engine.ConditionBuilder";
    static components = { ConditionWords, RecordFieldSelector, RecordSelector, TextInput };
    static props = {
        value: { type: String },
        update: Function,
        pending: { type: Object, optional: true },
        model: { type: [String, Boolean], optional: true },
        tasks: Array,
        readonly: { type: Boolean, optional: true },
    };

    setup() {
        this.fieldService = useService("field");
        this.state = useState({ rows: [], join: "all", asText: false, fields: {} });
        onWillStart(() => this.read(this.props.value));
        onWillUpdateProps((next) => next.value !== this.written && this.read(next.value));
    }

    async read(value) {
        const parsed = parse(value);
        this.written = value;
        this.state.asText = !parsed;
        this.state.rows = parsed ? parsed.rows : [];
        this.state.join = parsed ? parsed.join : "all";
        for (const row of this.state.rows.filter((one) => one.kind === "record")) {
            // A record is compared by its id; people choose it by its name.
            row.name = row.name.replace(/\.id$/, "");
            await this.describe(row.name);
        }
    }

    async describe(path) {
        if (!this.props.model || !path || this.state.fields[path]) {
            return;
        }
        const info = await this.fieldService.loadFieldInfo(this.props.model, path);
        this.state.fields[path] = info.fieldDef || {};
    }

    // ------------------------------------------------------------- choices

    get kinds() {
        return [
            ...(this.props.tasks.length ? [["outcome", _t("The answer")]] : []),
            ...(this.props.model ? [["record", _t("A field of the record")]] : []),
            ["variable", _t("A value of the process")],
        ];
    }

    outcomesOf(row) {
        const tasks = row.name
            ? this.props.tasks.filter((task) => task.id === row.name)
            : this.props.tasks;
        const all = tasks.flatMap((task) => task.outcomes);
        const seen = new Set();
        return all.filter(({ key }) => !seen.has(key) && seen.add(key));
    }

    fieldOf(row) {
        return (row.kind === "record" && this.state.fields[row.name]) || {};
    }

    selectionOf(row) {
        return this.fieldOf(row).selection || null;
    }

    operators(row) {
        const { type } = this.fieldOf(row);
        const is = [
            ["==", _t("is")],
            ["!=", _t("is not")],
        ];
        const given = [
            ["set", _t("is given")],
            ["unset", _t("is empty")],
        ];
        if (row.kind === "outcome") {
            return is;
        }
        if (type === "boolean") {
            return [
                ["set", _t("yes")],
                ["unset", _t("no")],
            ];
        }
        if (type === "many2one") {
            return [...is, ...given];
        }
        if (["one2many", "many2many"].includes(type)) {
            return given;
        }
        if (DATES.includes(type)) {
            return [["<", _t("before")], [">", _t("after")], ["==", _t("on")], ...given];
        }
        const order = [
            [">", _t("more than")],
            [">=", _t("at least")],
            ["<", _t("less than")],
            ["<=", _t("at most")],
        ];
        if (NUMBERS.includes(type)) {
            return [...order, ["==", _t("equal to")], ["!=", _t("not equal to")]];
        }
        const text = [...is, ["contains", _t("contains")], ...given];
        return row.kind === "variable" ? [...text, ...order] : text;
    }

    needsValue(row) {
        return !["set", "unset"].includes(row.op);
    }

    /** A date is said relative to the day on which the way is chosen. */
    daysOf(row) {
        const match = /([+-])\s*days\((\d+)\)/.exec(row.value || "");
        return match ? String(Number(match[1] + match[2])) : "0";
    }

    setDays(index, text) {
        const { type } = this.fieldOf(this.state.rows[index]);
        const days = Math.round(Number(text)) || 0;
        const start = type === "datetime" ? "now()" : "today()";
        const sign = days < 0 ? "-" : "+";
        const value = days ? `${start} ${sign} days(${Math.abs(days)})` : start;
        this.set(index, { value, type });
    }

    isDate(row) {
        return DATES.includes(this.fieldOf(row).type);
    }

    isRecord(row) {
        return this.fieldOf(row).type === "many2one";
    }

    isNumber(row) {
        return NUMBERS.includes(this.fieldOf(row).type);
    }

    filterField(field) {
        const unread = ["binary", "json", "properties", "properties_definition"];
        return !unread.includes(field.type) && !TECHNICAL.test(field.name);
    }

    // -------------------------------------------------------------- changes

    add() {
        const [outcome] = this.props.tasks.flatMap((task) => task.outcomes);
        const kind = this.kinds[0][0];
        const value = kind === "outcome" && outcome ? outcome.key : "";
        this.state.rows.push({ kind, name: "", op: "==", value });
        this.write();
    }

    remove(index) {
        this.state.rows.splice(index, 1);
        this.write();
    }

    set(index, values) {
        Object.assign(this.state.rows[index], values);
        this.write();
    }

    setKind(index, kind) {
        Object.assign(this.state.rows[index], { kind, name: "", op: "==", value: "" });
        this.write();
    }

    async setField(index, path) {
        await this.describe(path);
        const row = this.state.rows[index];
        const { type } = this.state.fields[path] || {};
        Object.assign(row, { name: path, type, value: DATES.includes(type) ? "today()" : "" });
        row.op = this.operators(row)[0][0];
        this.write();
    }

    setJoin(join) {
        this.state.join = join;
        this.write();
    }

    write() {
        for (const row of this.state.rows) {
            row.type = this.fieldOf(row).type || row.type;
            // A value of the process that looks like a number is compared as one.
            if (row.kind === "variable" && row.op !== "contains") {
                row.type = row.value && !isNaN(Number(row.value)) ? "number" : "char";
            }
        }
        this.writeText(this.preview);
    }

    /** Rows as the language says them: a record by its id. */
    get spokenRows() {
        return this.state.rows.map((row) => {
            const isId = this.isRecord(row) && this.needsValue(row);
            return isId ? { ...row, name: `${row.name}.id`, type: "number" } : row;
        });
    }

    writeText(text) {
        if (text !== this.written) {
            this.written = text;
            this.props.update(text);
        }
    }

    get preview() {
        return compose(this.spokenRows, this.state.join);
    }

    get hasGaps() {
        return this.state.rows.some((row) => !isComplete(row));
    }

    toggleText() {
        if (this.state.asText) {
            const parsed = parse(this.props.value);
            if (parsed) {
                this.read(this.props.value);
            }
        } else {
            this.state.asText = true;
        }
    }

    get canShowRows() {
        return Boolean(parse(this.props.value));
    }
}

/** A timer as people say it: after, at, every. */
export class Timer extends Component {
    static template = "bpm_engine.Timer";
    static components = { Moment, TextInput };
    static props = {
        definition: Object,
        update: Function,
        model: { type: [String, Boolean], optional: true },
        pending: { type: Object, optional: true },
        canRepeat: { type: Boolean, optional: true },
        readonly: { type: Boolean, optional: true },
    };

    setup() {
        this.units = units();
    }

    get kind() {
        const { definition } = this.props;
        return ["timeDuration", "timeCycle", "timeDate"].find((name) => definition.get(name)) || "";
    }

    get text() {
        return (this.kind && this.props.definition.get(this.kind).body) || "";
    }

    get basis() {
        return this.props.definition.get("bpm:basis") || "calendar";
    }

    get kinds() {
        return [
            ["timeDuration", _t("After a time")],
            ["timeDate", _t("At a moment")],
            ...(this.props.canRepeat ? [["timeCycle", _t("Again and again")]] : []),
        ];
    }

    get parts() {
        const parsed = this.kind === "timeCycle" ? parseCycle(this.text) : parseDuration(this.text);
        return parsed;
    }

    setKind(kind) {
        const start = { timeDuration: "P1D", timeCycle: "R/P1D", timeDate: tomorrowMorning() };
        this.props.update(kind, start[kind]);
    }

    setParts(values) {
        const parts = { times: 0, ...this.parts, ...values };
        const format = this.kind === "timeCycle" ? formatCycle : formatDuration;
        this.props.update(this.kind, format(parts));
    }

    setText(text) {
        this.props.update(this.kind, text);
    }

    setBasis(basis) {
        this.props.update(this.kind, this.text, basis);
    }
}

/** Another process, started as a step of this one. */
export class CalledProcess extends Component {
    static template = "bpm_engine.CalledProcess";
    static props = {
        value: { type: String, optional: true },
        update: Function,
        readonly: { type: Boolean, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ processes: [] });
        onWillStart(async () => {
            const rows = await this.orm.searchRead("bpm.process", [], ["key", "name"]);
            this.state.processes = rows;
        });
    }

    get isUnknown() {
        const { value } = this.props;
        return value && !this.state.processes.some((process) => process.key === value);
    }
}
