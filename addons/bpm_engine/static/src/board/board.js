import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { momentText, relativeText } from "../common/words";

/** So many tasks of a holder are shown, and so many more each time. */
const SHOWN = 200;

/** Who holds what: open tasks per person, drilled down and given to somebody else. */
export class ProcessBoard extends Component {
    static template = "bpm_engine.ProcessBoard";
    static components = { Layout, RecordSelector };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.names = useService("name");
        this.notification = useService("notification");
        Object.assign(this, { momentText, relativeText });
        this.state = useState({
            data: null,
            processId: false,
            open: "",
            tasks: [],
            total: 0,
            chosen: [],
            target: false,
        });
        onWillStart(() => this.load());
    }

    get data() {
        return this.state.data;
    }

    async load() {
        this.state.data = await this.orm.call("bpm.board", "get_board", [this.state.processId]);
        const row = this.data.rows.find(({ key }) => key === this.state.open);
        await this.show(row);
    }

    setProcess(ev) {
        this.state.processId = parseInt(ev.target.value) || false;
        return this.load();
    }

    toggle(row) {
        return this.show(this.state.open === row.key ? undefined : row);
    }

    async show(row) {
        this.state.chosen = [];
        this.state.target = false;
        if (row) {
            await this.loadTasks(row, SHOWN);
        }
        this.state.open = row?.key || "";
    }

    async loadTasks(row, limit) {
        const { tasks, total } = await this.orm.call("bpm.board", "get_tasks", [
            row.user_id || false,
            row.group_id || false,
            this.state.processId,
            limit,
        ]);
        Object.assign(this.state, { tasks, total });
    }

    showMore(row) {
        return this.loadTasks(row, this.state.tasks.length + SHOWN);
    }

    /** Whoever works for the company of every task that is to be given. */
    targetDomain(row) {
        const { chosen, tasks } = this.state;
        const given = chosen.length ? tasks.filter(({ id }) => chosen.includes(id)) : tasks;
        const companies = new Set(given.map((task) => task.company_id));
        return [
            ["share", "=", false],
            ["id", "!=", row.user_id || false],
            ...[...companies].map((id) => ["company_ids", "in", [id]]),
        ];
    }

    setTarget(userId) {
        this.state.target = userId;
    }

    choose(taskId) {
        const { chosen } = this.state;
        this.state.chosen = chosen.includes(taskId)
            ? chosen.filter((id) => id !== taskId)
            : [...chosen, taskId];
    }

    chooseAll(ev) {
        this.state.chosen = ev.target.checked ? this.state.tasks.map((task) => task.id) : [];
    }

    async reassign() {
        const { chosen, target } = this.state;
        const count = await this.orm.call("bpm.board", "reassign", [chosen, target]);
        const { [target]: name } = await this.names.loadDisplayNames("res.users", [target]);
        this.notification.add(_t("Given to %(name)s: %(count)s", { name, count }), {
            type: "success",
        });
        await this.load();
    }

    // Every number opens its list

    openTasks(row, extra, title) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: `${row.name}: ${title}`,
            res_model: "bpm.task",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [
                ["state", "=", "todo"],
                ["user_id", "=", row.user_id || false],
                ...(row.user_id ? [] : [["group_id", "=", row.group_id || false]]),
                ...(this.state.processId ? [["process_id", "=", this.state.processId]] : []),
                ...extra,
            ],
        });
    }

    openAll(row) {
        return this.openTasks(row, [], _t("open tasks"));
    }

    openOverdue(row) {
        return this.openTasks(row, [["is_overdue", "=", true]], _t("overdue tasks"));
    }

    openProcess(row, process) {
        return this.openTasks(row, [["process_id", "=", process.id]], process.name);
    }

    openInstance(task) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "bpm.instance",
            res_id: task.instance_id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("bpm_engine.board", ProcessBoard);
