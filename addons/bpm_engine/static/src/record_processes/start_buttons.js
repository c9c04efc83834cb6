import { Component, useState } from "@odoo/owl";

/** Processes to choose from: a click starts one, and only once. */
export class StartButtons extends Component {
    static template = "bpm_engine.StartButtons";
    static props = {
        /** [{id, name, description}] */
        processes: Array,
        /** Starts a process; it is waited for. */
        start: Function,
    };

    setup() {
        this.state = useState({ isBusy: false });
    }

    async onClick(process) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            await this.props.start(process);
        } finally {
            this.state.isBusy = false;
        }
    }
}
