import { registry } from "@web/core/registry";
import {
    FieldSelectorField,
    fieldSelectorField,
} from "@web/views/fields/field_selector/field_selector_field";
import { RecordFieldSelector } from "../designer/panel/record_field_selector";

/** A role on a record: a way over its fields to a person, chosen and shown by their names. */
export class RegulationRoleField extends FieldSelectorField {
    static template = "bpm_engine.RegulationRoleField";
    static components = { ModelFieldSelector: RecordFieldSelector };

    /** On the way to a person there are links to one other record only. */
    filter(fieldDef) {
        return fieldDef.type === "many2one";
    }

    get selectorProps() {
        return { ...super.selectorProps, path: this.props.record.data[this.props.name] || "" };
    }
}

registry.category("fields").add("bpm_regulation_role", {
    ...fieldSelectorField,
    component: RegulationRoleField,
});
