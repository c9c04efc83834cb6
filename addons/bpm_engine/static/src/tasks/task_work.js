import { Component, onMounted, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { tellDone } from "@bpm_engine/tasks/complete_task";
import { OutcomeButtons } from "@bpm_engine/tasks/outcome_buttons";
import { RecordForm } from "@bpm_engine/tasks/record_form";
import { useProposals } from "@bpm_engine/proposals/use_proposals";
import { BpmnViewer } from "@bpm_engine/viewer/viewer";

/** Where a task is done: text, fields of the record, comment, outcomes, what was before. */
export class TaskWork extends Component {
    static template = "bpm_engine.TaskWork";
    static components = { BpmnViewer, OutcomeButtons, RecordForm };
    static props = {
        taskId: Number,
        /** Key of the outcome that was chosen before more was asked for. */
        outcome: { type: String, optional: true },
        onDone: { type: Function, optional: true },
        onLoaded: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.proposals = useProposals();
        this.comment = useRef("comment");
        this.state = useState({ task: null, comment: "", asked: "", diagram: null, isBusy: false });
        onWillStart(() => this.load(this.props.taskId));
        onMounted(() => this.props.onLoaded?.(this.state.task));
        onWillUpdateProps((next) => next.taskId !== this.props.taskId && this.load(next.taskId));
    }

    async load(taskId) {
        this.state.task = await this.orm.call("bpm.task", "get_form", [[taskId]]);
        this.state.asked = "";
        if (this.props.outcome) {
            this.ask(this.state.task.outcomes.find((o) => o.key === this.props.outcome));
        }
    }

    get buttons() {
        return { ...this.state.task, has_form: false };
    }

    get demandsComment() {
        return this.state.task.outcomes.some((outcome) => outcome.comment);
    }

    ask(outcome) {
        if (outcome?.comment && !this.state.comment.trim()) {
            this.state.asked = _t("“%s” needs a comment: say why.", outcome.label);
            this.comment.el?.focus();
            return true;
        }
        return false;
    }

    async choose(outcome) {
        if (this.state.isBusy || this.ask(outcome)) {
            return;
        }
        this.state.isBusy = true;
        try {
            await this.complete(outcome);
        } finally {
            this.state.isBusy = false;
        }
    }

    async complete(outcome) {
        if (this.record && !(await this.record.save())) {
            return;
        }
        const comment = this.state.comment.trim() || null;
        await this.orm.call("bpm.task", "action_complete", [[this.props.taskId]], {
            outcome: outcome.key,
            comment,
        });
        tellDone(this.env, this.state.task, outcome);
        this.props.onDone?.();
    }

    async claim() {
        await this.orm.call("bpm.task", "action_claim", [[this.props.taskId]]);
        await this.load(this.props.taskId);
    }

    async toggleDiagram() {
        if (this.state.diagram) {
            this.state.diagram = null;
            return;
        }
        this.state.diagram = await this.orm.call("bpm.task", "get_diagram", [[this.props.taskId]]);
    }

    propose() {
        return this.proposals.propose("bpm.task", this.props.taskId);
    }

    openRecord() {
        const { model, id } = this.state.task.record;
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}
