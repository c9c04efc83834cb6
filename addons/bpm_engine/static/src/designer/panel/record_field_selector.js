import { ModelFieldSelector } from "@web/core/model_field_selector/model_field_selector";
import { ModelFieldSelectorPopover } from "@web/core/model_field_selector/model_field_selector_popover";
import { useService } from "@web/core/utils/hooks";

/** Names of the fields that diagrams may read, by model; the same list that publishing asks. */
const readable = new Map();

class ReadableFields extends ModelFieldSelectorPopover {
    setup() {
        this.orm = useService("orm");
        super.setup();
    }

    async know(model) {
        if (model && !readable.has(model)) {
            const fields = await this.orm.call("bpm.process", "get_expression_fields", [model]);
            readable.set(model, new Set(fields.map((field) => field.name)));
        }
    }

    async loadPages(resModel, path) {
        await this.know(resModel);
        if (path) {
            const { modelsInfo = [] } = await this.fieldService.loadPath(resModel, path);
            await Promise.all(modelsInfo.map((info) => this.know(info.resModel)));
        }
        return super.loadPages(resModel, path);
    }

    async followRelation(fieldDef) {
        await this.know(fieldDef.relation);
        return super.followRelation(fieldDef);
    }

    filter(fieldDefs, path, resModel) {
        const known = readable.get(resModel);
        const shown = Object.entries(super.filter(fieldDefs, path, resModel));
        return Object.fromEntries(shown.filter(([name]) => !known || known.has(name)));
    }
}

/** A field of the record that a diagram may read: others are not offered. */
export class RecordFieldSelector extends ModelFieldSelector {
    static components = { Popover: ReadableFields };
}
