import { registry } from "@web/core/registry";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

/**
 * Planned payments by section. A phone shows one column at a time, so that it begins
 * with the first section in which there is something; the wide screen shows all five.
 */
export class ReceiptsKanbanRenderer extends KanbanRenderer {
    getGroupsOrRecords() {
        const columns = super.getGroupsOrRecords();
        if (!this.env.isSmall || !this.props.list.isGrouped) {
            return columns;
        }
        const filled = columns.filter(({ group }) => group.count);
        return filled.length ? filled : columns;
    }
}

registry.category("views").add("crm_receipts_kanban", {
    ...kanbanView,
    Renderer: ReceiptsKanbanRenderer,
});
