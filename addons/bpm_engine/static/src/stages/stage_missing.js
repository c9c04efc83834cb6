import { Component } from "@odoo/owl";
import { FileInput } from "@web/core/file_input/file_input";
import { FACT_ICONS } from "./part_icons";
import { useStageWork } from "./stage_work";

const ICONS = {
    ...FACT_ICONS,
    step: "fa-square-o",
    passed: "fa-step-backward",
    unasked: "fa-square-o",
    way: "fa-ban",
};

/** What a record still misses, each with the button that cures it. */
export class StageMissing extends Component {
    static template = "bpm_engine.StageMissing";
    static components = { FileInput };
    static props = {
        items: Array,
        resModel: String,
        resId: Number,
        steps: { type: Array, optional: true },
        onChanged: Function,
        goTo: { type: Function, optional: true },
        readonly: { type: Boolean, optional: true },
        /** The record is on the screen: no button that opens it. */
        isHere: { type: Boolean, optional: true },
        onOpen: { type: Function, optional: true },
    };

    setup() {
        this.work = useStageWork(
            () => ({ resModel: this.props.resModel, resId: this.props.resId }),
            () => this.props.onChanged()
        );
    }

    getIcon(item) {
        return ICONS[item.kind] || "fa-question-circle-o";
    }

    getCures(item) {
        const { goTo, steps, readonly, isHere, onOpen } = this.props;
        return readonly ? [] : this.work.getCures(item, { goTo, steps, isHere, onOpen });
    }
}
