import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { momentText, relativeText } from "../common/words";

/** Who holds what: open tasks per person, drilled down and given to somebody else. */
export class ProcessBoard extends Component {
    static template = "bpm_engine.ProcessBoard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        Object.assign(this, { momentText, relativeText });
        this.state = useState({
            data: null,
            processId: false,
            open: "",
            tasks: [],
            chosen: [],
            people: [],
            target: "",
        });
        onWillStart(() => this.load());
    }

    get data() {
        return this.state.data;
    }

    async load() {
        this.state.data = await this.orm.call("bpm.board", "get_board", [this.state.processId]);
        if (this.data.can_reassign && !this.state.people.length) {
            this.state.people = await this.orm.searchRead(
                "res.users",
                [["share", "=", false]],
                ["name"],
                { order: "name", limit: 500 }
            );
        }
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
        this.state.target = "";
        if (row) {
            this.state.tasks = await this.orm.call("bpm.board", "get_tasks", [
                row.user_id || false,
                row.group_id || false,
                this.state.processId,
            ]);
        }
        this.state.open = row?.key || "";
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
        const { chosen, target, people } = this.state;
        const userId = parseInt(target);
        const count = await this.orm.call("bpm.board", "reassign", [chosen, userId]);
        const { name } = people.find((person) => person.id === userId);
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
