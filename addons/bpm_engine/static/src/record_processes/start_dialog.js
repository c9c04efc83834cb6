import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";
import { StartButtons } from "@bpm_engine/record_processes/start_buttons";

/** Start a process on the records chosen in a list. */
export class StartDialog extends Component {
    static template = "bpm_engine.StartDialog";
    static components = { Dialog, StartButtons };
    static props = {
        resIds: Array,
        /** [{id, name, description}] */
        processes: Array,
        onStarted: { type: Function, optional: true },
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
    }

    async start(process) {
        const started = await this.orm.call("bpm.process", "action_start", [
            [process.id],
            this.props.resIds,
        ]);
        const message = _t("%(process)s: started %(count)s times", {
            process: process.name,
            count: started.length,
        });
        this.notification.add(message, { type: "success" });
        this.props.close();
        await this.props.onStarted?.();
    }
}
