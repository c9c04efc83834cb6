import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { PART_ICONS } from "./part_icons";

/** Direction of a key: which way a card goes with Alt. */
export const DIRECTIONS = {
    ArrowUp: "up",
    ArrowDown: "down",
    ArrowLeft: "left",
    ArrowRight: "right",
};

/** One step or fact of a stage: opened by a click, moved by hand, keys or its menu. */
export class RegulationCard extends Component {
    static template = "bpm_engine.RegulationCard";
    static components = { Dropdown, DropdownItem };
    static props = {
        what: String,
        part: Object,
        editable: Boolean,
        open: Function,
        move: Function,
        duplicate: Function,
        remove: Function,
    };

    setup() {
        this.PART_ICONS = PART_ICONS;
    }

    get hint() {
        return _t("Drag it, or press Alt and an arrow");
    }

    get places() {
        return [
            { to: "up", text: _t("Move up"), icon: "fa-arrow-up" },
            { to: "down", text: _t("Move down"), icon: "fa-arrow-down" },
            { to: "left", text: _t("To the stage before"), icon: "fa-arrow-left" },
            { to: "right", text: _t("To the next stage"), icon: "fa-arrow-right" },
        ];
    }

    onKeydown(ev) {
        const direction = ev.altKey && DIRECTIONS[ev.key];
        if (direction && this.props.editable) {
            ev.preventDefault();
            ev.stopPropagation();
            this.props.move(direction);
        }
    }
}
