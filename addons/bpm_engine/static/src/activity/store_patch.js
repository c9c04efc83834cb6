import { Store } from "@mail/core/common/store_service";
import { fields } from "@mail/core/common/record";
import { patch } from "@web/core/utils/patch";

/** The reader's tasks come with the activities of the menu, in one call. */
patch(Store.prototype, {
    setup() {
        super.setup(...arguments);
        this.bpmTasks = fields.Attr({ tasks: [], total: 0 });
    },
});
