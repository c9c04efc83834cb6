import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Stages of a ready regulation with what is done and what must be true there. */
export class RegulationOutline extends Component {
    static template = "bpm_engine.RegulationOutline";
    static props = { ...standardFieldProps };

    get stages() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("bpm_regulation_outline", {
    component: RegulationOutline,
    supportedTypes: ["json"],
});
