import { onMounted, onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { ListController } from "@web/views/list/list_controller";
import { RecordProcesses } from "@bpm_engine/record_processes/record_processes";
import { StartDialog } from "@bpm_engine/record_processes/start_dialog";

/** A process published elsewhere shows after so many milliseconds at the latest. */
const FRESH = 20000;
let known = null;

/** Processes by model: {model: {startable: [...], has_run: bool}}; asked for once in a while. */
function loadProcesses() {
    if (!known || Date.now() - known.at > FRESH) {
        const found = rpc(
            "/web/dataset/call_kw/bpm.process/get_models",
            { model: "bpm.process", method: "get_models", args: [], kwargs: {} },
            { silent: true }
        );
        // Without an answer there is simply no button.
        known = { at: Date.now(), found: found.catch(() => ({})) };
    }
    return known.found;
}

function useProcesses(controller) {
    controller.bpmProcesses = null;
    onWillStart(async () => {
        if (!controller.env.inDialog) {
            const processes = await loadProcesses();
            controller.bpmProcesses = processes[controller.props.resModel] || null;
        }
    });
}

patch(FormController.prototype, {
    setup() {
        super.setup(...arguments);
        useProcesses(this);
        onMounted(() => {
            // Chosen to start a process on: what can be started is shown at once.
            if (this.props.context?.bpm_choose && this.bpmProcesses && this.props.resId) {
                this.openBpmProcesses();
            }
        });
    },

    getStaticActionMenuItems() {
        return {
            ...super.getStaticActionMenuItems(),
            bpm_processes: {
                isAvailable: () => Boolean(this.bpmProcesses) && !this.model.root.isNew,
                sequence: 5,
                icon: "fa fa-code-fork",
                description: _t("Processes"),
                callback: () => this.openBpmProcesses(),
            },
        };
    },

    openBpmProcesses() {
        const { root } = this.model;
        this.env.services.dialog.add(RecordProcesses, {
            resModel: root.resModel,
            resId: root.resId,
            name: root.data.display_name || root.data.name || "",
            onChanged: () => this.model.load(),
        });
    },
});

/** Chosen records of a list, or of cards, which a phone shows instead: one click for all. */
const startOnSeveral = () => ({
    setup() {
        super.setup(...arguments);
        useProcesses(this);
    },

    getStaticActionMenuItems() {
        return {
            ...super.getStaticActionMenuItems(),
            bpm_processes: {
                isAvailable: () => Boolean(this.bpmProcesses?.startable.length),
                sequence: 5,
                icon: "fa fa-code-fork",
                description: _t("Start a process"),
                callback: () => this.openBpmStart(),
            },
        };
    },

    async openBpmStart() {
        this.env.services.dialog.add(StartDialog, {
            resIds: await this.model.root.getResIds(true),
            processes: this.bpmProcesses.startable,
            onStarted: () => this.model.load(),
        });
    },
});

patch(ListController.prototype, startOnSeveral());
patch(KanbanController.prototype, startOnSeveral());
