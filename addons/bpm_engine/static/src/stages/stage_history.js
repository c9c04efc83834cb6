import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";
import { momentText } from "../common/words";

/** The stages a record went through: who, when, what was said. */
export class StageHistory extends Component {
    static template = "bpm_engine.StageHistory";
    static components = { Dialog };
    static props = { resModel: String, resId: Number, close: Function };

    setup() {
        this.momentText = momentText;
        this.state = useState({ rows: [], search: "" });
        const orm = useService("orm");
        onWillStart(async () => {
            const { resModel, resId } = this.props;
            this.state.rows = await orm.call("bpm.stage.case", "get_history", [
                resModel,
                resId,
                200,
            ]);
        });
    }

    get rows() {
        const wanted = this.state.search.trim().toLowerCase();
        const text = (row) =>
            [row.comment, row.status, row.reason, row.to, row.user[1]].join(" ").toLowerCase();
        return this.state.rows.filter((row) => text(row).includes(wanted));
    }
}
