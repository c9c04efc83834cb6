import { HtmlField, htmlField } from "@html_editor/fields/html_field";
import { onWillStart } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** Words of a clause with a menu of the values that may stand in it. */
export class ClauseTextField extends HtmlField {
    static template = "crm_payment_plan.ClauseTextField";
    static components = { ...HtmlField.components, Dropdown, DropdownItem };

    setup() {
        super.setup();
        this.orm = useService("orm");
        onWillStart(async () => {
            const groups = await this.orm.call("crm.contract", "get_clause_values", []);
            this.choices = groups.flatMap((section) => [
                { id: `header-${section.group}`, header: section.group },
                ...section.values.map((choice) => ({ id: choice.name, ...choice })),
            ]);
        });
    }

    /** Names by which other clauses of the same text can be referred to. */
    get references() {
        const list = this.props.record.model.root.data.clause_ids;
        return (list?.records || [])
            .filter((clause) => clause !== this.props.record && clause.data.code)
            .map((clause) => ({
                code: clause.data.code,
                label: `${clause.data.number} ${clause.data.summary}`.slice(0, 60),
            }));
    }

    insert(name) {
        const { dom, history, selection } = this.editor.shared;
        selection.focusEditable();
        dom.insert(`{{${name}}}`);
        history.addStep();
    }

    getConfig() {
        // Pictures and files are taken out of a clause when it is saved: do not offer them.
        return {
            ...super.getConfig(),
            allowImage: false,
            allowFile: false,
            allowVideo: false,
            allowMediaDocuments: false,
        };
    }
}

registry.category("fields").add("crm_clause_text", { ...htmlField, component: ClauseTextField });
