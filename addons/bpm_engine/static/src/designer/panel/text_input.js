import { Component, onWillDestroy, onWillUpdateProps, useState } from "@odoo/owl";
import { useDebounced } from "@web/core/utils/timing";

let numbers = 0;

/**
 * A text that enters the diagram while it is typed, after a short rest: one undo takes
 * back a word, not a letter, and nothing is lost when the page closes.
 */
export class TextInput extends Component {
    static template = "bpm_engine.TextInput";
    static props = {
        value: { type: String, optional: true },
        update: Function,
        pending: { type: Object, optional: true },
        label: { type: String, optional: true },
        name: { type: String, optional: true },
        placeholder: { type: String, optional: true },
        help: { type: String, optional: true },
        type: { type: String, optional: true },
        lines: { type: Number, optional: true },
        readonly: { type: Boolean, optional: true },
        suggestions: { type: Array, optional: true },
    };
    static defaultProps = { value: "", type: "text" };

    setup() {
        this.id = `o_bpm_input_${++numbers}`;
        this.state = useState({ value: this.props.value });
        this.update = this.props.update;
        this.commit = () => this.doCommit();
        this.commitSoon = useDebounced(this.commit, 300);
        onWillUpdateProps((next) => {
            if (!this.waits) {
                this.update = next.update;
                this.state.value = next.value;
            }
        });
        onWillDestroy(this.commit);
    }

    onInput(ev) {
        this.state.value = ev.target.value;
        this.waits = true;
        this.update = this.props.update;
        this.props.pending?.add(this.commit);
        this.commitSoon();
    }

    doCommit() {
        this.props.pending?.delete(this.commit);
        if (this.waits) {
            this.waits = false;
            this.update(this.state.value);
        }
    }
}
