import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { changeLoop, readLoop, setLoopKind } from "../loops";
import { ConditionBuilder } from "./flow_parts";
import { OfRecord } from "./of_record";
import { TextInput } from "./text_input";

const COUNT = /^nrOfCompletedInstances >= (\d+)$/;
const ANSWER = /^outcome == '([^']+)'$/;

/** The same step for each of several things, several times, or again and again. */
export class Repeat extends Component {
    static template = "bpm_engine.Repeat";
    static components = { ConditionBuilder, OfRecord, TextInput };
    static props = {
        diagram: Object,
        element: Object,
        revision: Number,
        model: { type: [String, Boolean], optional: true },
        readonly: { type: Boolean, optional: true },
    };

    setup() {
        this.state = useState({ enoughAsText: false });
    }

    get values() {
        return readLoop(this.props.element.businessObject);
    }

    get isOfRecord() {
        return this.values.collection.startsWith("record.");
    }

    get kinds() {
        return [
            ["", _t("Once")],
            ["list", _t("For each item of a list")],
            ["times", _t("A number of times")],
            ["again", _t("Again, as long as a condition holds")],
        ];
    }

    /** Answers of the step itself, on which it may depend whether it is done again. */
    get outcomes() {
        const { diagram, element } = this.props;
        return diagram.isHuman(element) ? diagram.settings(element, "outcomes") : [];
    }

    get tasks() {
        const { id, businessObject } = this.props.element;
        const { outcomes } = this;
        return outcomes.length ? [{ id, name: businessObject.name || id, outcomes }] : [];
    }

    setKind(kind) {
        const { diagram, element } = this.props;
        const last = this.outcomes.at(-1);
        const start = {
            list: { collection: "items", elementVariable: "item" },
            times: { times: "2" },
            again: { condition: last ? `outcome == '${last.key}'` : "", maximum: "3" },
        };
        setLoopKind(diagram, element, kind, start[kind] || {});
    }

    set(values) {
        changeLoop(this.props.diagram, this.props.element, values);
    }

    // ------------------------------------------------- when several are enough

    get enoughKinds() {
        return [
            ["", _t("when all of them are done")],
            ["count", _t("when so many of them are done")],
            ...(this.outcomes.length ? [["answer", _t("as soon as one answers")]] : []),
            ["text", _t("as soon as a condition holds")],
        ];
    }

    get enoughKind() {
        const { enough } = this.values;
        if (this.state.enoughAsText) {
            return "text";
        }
        if (!enough || COUNT.test(enough)) {
            return enough ? "count" : "";
        }
        const [, key] = ANSWER.exec(enough) || [];
        return this.outcomes.some((outcome) => outcome.key === key) ? "answer" : "text";
    }

    get enoughCount() {
        return COUNT.exec(this.values.enough)?.[1] || "";
    }

    get enoughAnswer() {
        return ANSWER.exec(this.values.enough)?.[1] || "";
    }

    setEnoughKind(kind) {
        this.state.enoughAsText = kind === "text";
        const [outcome] = this.outcomes;
        const start = {
            "": "",
            count: "nrOfCompletedInstances >= 1",
            answer: outcome && `outcome == '${outcome.key}'`,
        };
        if (kind !== "text") {
            this.set({ enough: start[kind] });
        }
    }

    setEnoughCount(text) {
        this.set({
            enough: `nrOfCompletedInstances >= ${Math.max(1, Number.parseInt(text) || 1)}`,
        });
    }

    setEnoughAnswer(key) {
        this.set({ enough: `outcome == '${key}'` });
    }
}
