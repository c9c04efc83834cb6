import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";

/** A file with several pools: which one goes into this drawing, and what about the others. */
export class PoolDialog extends Component {
    static template = "bpm_engine.PoolDialog";
    static components = { Dialog };
    static props = {
        name: String,
        pools: Array,
        /** Called with the id of the pool and whether the others become processes as well. */
        choose: Function,
        close: Function,
    };

    setup() {
        const most = this.props.pools.reduce((a, b) => (b.steps > a.steps ? b : a));
        this.state = useState({ pool: most.id, others: false });
    }

    take() {
        this.props.close();
        this.props.choose(this.state.pool, this.state.others);
    }
}

/** What a file of another tool says that has no equivalent here, element by element. */
export class ImportNotes extends Component {
    static template = "bpm_engine.ImportNotes";
    static components = { Dialog };
    static props = { name: String, notes: Array, show: Function, close: Function };

    show(note) {
        this.props.close();
        this.props.show(note);
    }
}
