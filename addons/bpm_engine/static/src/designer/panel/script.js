import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { composeScript, parseScript, plainName } from "../scripts";
import { TextInput } from "./text_input";

/** What is calculated: a row for each value; text for those who want it. */
export class Script extends Component {
    static template = "bpm_engine.Script";
    static components = { TextInput };
    static props = {
        value: String,
        update: Function,
        pending: { type: Object, optional: true },
        readonly: { type: Boolean, optional: true },
    };

    setup() {
        this.state = useState({ rows: [], asText: false });
        this.read(this.props.value);
        onWillUpdateProps((next) => next.value !== this.written && this.read(next.value));
    }

    read(text) {
        const rows = parseScript(text);
        this.written = text;
        this.state.asText = !rows;
        this.state.rows = rows?.length || this.props.readonly ? rows || [] : [this.empty];
    }

    get empty() {
        return { name: "", expression: "" };
    }

    get canShowRows() {
        return Boolean(parseScript(this.props.value));
    }

    toggleText() {
        if (this.state.asText) {
            this.read(this.props.value);
        } else {
            this.state.asText = true;
        }
    }

    add() {
        this.state.rows.push(this.empty);
    }

    remove(index) {
        this.state.rows.splice(index, 1);
        this.write();
    }

    setName(index, text) {
        this.state.rows[index].name = plainName(text);
        this.write();
    }

    setExpression(index, text) {
        this.state.rows[index].expression = text.replace(/\s*\n\s*/g, " ").trim();
        this.write();
    }

    /** Rows in which nothing stands yet are no lines. */
    write() {
        const rows = this.state.rows.filter(({ name, expression }) => name || expression);
        this.writeText(composeScript(rows));
    }

    writeText(text) {
        if (text !== this.written) {
            this.written = text;
            this.props.update(text);
        }
    }
}
