import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { BpmnViewer } from "./viewer";

/**
 * A diagram to look at, in a form: ``<field name="bpmn_xml" widget="bpmn_viewer"
 * options="{'marks': 'marks'}"/>``; ``marks`` names a Json field with any of the viewer's
 * {marks, flows, heat, scale}.
 */
export class BpmnViewerField extends Component {
    static template = "bpm_engine.ViewerField";
    static components = { BpmnViewer };
    static props = {
        ...standardFieldProps,
        marksField: { type: String, optional: true },
        height: { type: String, optional: true },
    };

    get xml() {
        return this.props.record.data[this.props.name] || "";
    }

    get marks() {
        const { marksField, record } = this.props;
        return (marksField && record.data[marksField]) || {};
    }
}

export const bpmnViewerField = {
    component: BpmnViewerField,
    displayName: _t("Process Diagram"),
    supportedTypes: ["text"],
    supportedOptions: [
        { label: _t("Field with the marks"), name: "marks", type: "field" },
        { label: _t("Height"), name: "height", type: "string" },
    ],
    fieldDependencies: ({ options }) =>
        options.marks ? [{ name: options.marks, type: "json" }] : [],
    extractProps: ({ options }) => ({ marksField: options.marks, height: options.height }),
};

registry.category("fields").add("bpmn_viewer", bpmnViewerField);
