import { Component, onWillStart } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { parseXML } from "@web/core/utils/xml";
import { Record } from "@web/model/record";
import { extractFieldsFromArchInfo } from "@web/model/relational_model/utils";
import { FormArchParser } from "@web/views/form/form_arch_parser";
import { FormRenderer } from "@web/views/form/form_renderer";

const TAGS = new Set(["many2many", "one2many"]);

function fieldNode(field, definition, isReadonly) {
    const node = document.createElement("field");
    node.setAttribute("name", field.name);
    if (definition.type === "many2many" && definition.relation === "ir.attachment") {
        node.setAttribute("widget", "many2many_binary");
    } else if (TAGS.has(definition.type)) {
        node.setAttribute("widget", "many2many_tags");
    }
    const required = field.required && !["boolean", "integer", "float"].includes(definition.type);
    if (required) {
        node.setAttribute("required", "1");
    }
    if (isReadonly || field.readonly || definition.readonly) {
        node.setAttribute("readonly", "1");
    }
    return node.outerHTML.replace(/><\/field>$/, "/>");
}

/** The fields of a record that a task asks for, with the widgets of any form. */
export class RecordForm extends Component {
    static template = "bpm_engine.RecordForm";
    static components = { FormRenderer, Record };
    static props = {
        model: String,
        resId: Number,
        /** [{name, required, readonly}] */
        fields: Array,
        readonly: { type: Boolean, optional: true },
        /** Called with the record when it is loaded. */
        onLoaded: Function,
    };

    setup() {
        const fieldService = useService("field");
        onWillStart(async () => {
            const { model, resId, readonly } = this.props;
            const fieldNames = this.props.fields.map((field) => field.name);
            const definitions = await fieldService.loadFields(model, { fieldNames });
            const nodes = this.props.fields
                .filter((field) => field.name in definitions)
                .map((field) => fieldNode(field, definitions[field.name], readonly));
            const arch = `<form><group col="1">${nodes.join("")}</group></form>`;
            const models = { [model]: { fields: definitions } };
            this.archInfo = new FormArchParser().parse(parseXML(arch), models, model);
            const { activeFields, fields } = extractFieldsFromArchInfo(this.archInfo, definitions);
            this.recordProps = {
                resModel: model,
                resId,
                fields,
                activeFields,
                mode: readonly ? "readonly" : "edit",
                hooks: { onRootLoaded: this.props.onLoaded },
            };
        });
    }
}
