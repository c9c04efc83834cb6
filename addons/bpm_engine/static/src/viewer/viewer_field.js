import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { BpmnViewer } from "./viewer";

/**
 * A diagram to look at, in a form: ``<field name="bpmn_xml" widget="bpmn_viewer"
 * options="{'marks': 'marks'}"/>``; ``marks`` names a Json field with any of the viewer's
 * {marks, flows, heat, scale}. With the option ``pick`` a click on a step puts its id into that
 * field, and its name into the field of the option ``pick_name``.
 */
export class BpmnViewerField extends Component {
    static template = "bpm_engine.ViewerField";
    static components = { BpmnViewer };
    static props = {
        ...standardFieldProps,
        marksField: { type: String, optional: true },
        height: { type: String, optional: true },
        pickField: { type: String, optional: true },
        pickNameField: { type: String, optional: true },
    };

    get selected() {
        const { pickField, record } = this.props;
        return (pickField && record.data[pickField]) || "";
    }

    /** A click chooses, another one on it takes the choice back. */
    pick(element, name) {
        const { pickField, pickNameField, record } = this.props;
        const isNew = element && element !== this.selected;
        return record.update({
            [pickField]: isNew ? element : false,
            ...(pickNameField ? { [pickNameField]: (isNew && (name || element)) || false } : {}),
        });
    }

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
        { label: _t("Field for the step that is clicked"), name: "pick", type: "field" },
        { label: _t("Field for its name"), name: "pick_name", type: "field" },
    ],
    fieldDependencies: ({ options }) => [
        ...(options.marks ? [{ name: options.marks, type: "json" }] : []),
        ...[options.pick, options.pick_name]
            .filter(Boolean)
            .map((name) => ({ name, type: "char" })),
    ],
    extractProps: ({ options }) => ({
        marksField: options.marks,
        height: options.height,
        pickField: options.pick,
        pickNameField: options.pick_name,
    }),
};

registry.category("fields").add("bpmn_viewer", bpmnViewerField);
