import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useDraggable } from "@web/core/utils/draggable";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { deserializeDate } from "@web/core/l10n/dates";
import { Component, onMounted, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { dayWords, daysText, fullDay, money, shortDay } from "../common/words";
import { FunnelChart } from "./funnel_chart";

const REFRESH_MS = 300000;
const CUSTOMERS_ACTION = "crm_bpm_core.res_partner_customers_action";
const STATE_ICONS = {
    done: "fa-check-circle text-success",
    warning: "fa-exclamation-triangle text-warning",
    failed: "fa-times-circle text-danger",
    running: "fa-circle-o-notch fa-spin text-info",
};

/**
 * The board of the head of sales: where money is going, who is overloaded,
 * what the night has done. Every number opens the list behind it.
 */
export class HeadBoard extends Component {
    static template = "crm_bpm_core.HeadBoard";
    static components = { Layout, FunnelChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.ui = useState(useService("ui"));
        this.rootRef = useRef("root");
        this.state = useState({ data: null, target: false, dragging: false });
        Object.assign(this, { dayWords, daysText, fullDay, shortDay });
        useDraggable({
            ref: this.rootRef,
            elements: ".o_crm_recession",
            handle: ".o_crm_handle",
            enable: () => !this.ui.isSmall,
            cursor: "grabbing",
            onDragStart: () => (this.state.dragging = true),
            onDrag: ({ x, y }) => (this.state.target = this.getPersonAt(x, y)),
            onDragEnd: () => Object.assign(this.state, { dragging: false, target: false }),
            onDrop: ({ element, x, y }) => {
                const userId = this.getPersonAt(x, y);
                if (userId) {
                    this.assign(parseInt(element.dataset.alertId), userId);
                }
            },
        });
        onWillStart(() => this.load());
        onMounted(() => {
            this.timer = browser.setInterval(() => !document.hidden && this.load(), REFRESH_MS);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    async load() {
        this.state.data = await this.orm.silent.call("crm.customer.board", "get_head_board", []);
    }

    get data() {
        return this.state.data;
    }

    money(amount) {
        return money(amount, this.data.currency_id);
    }

    // Recessions and their assignment

    /** By rectangles: while something is dragged, no element takes pointer events. */
    getPersonAt(x, y) {
        for (const person of this.rootRef.el.querySelectorAll(".o_crm_person")) {
            const { left, right, top, bottom } = person.getBoundingClientRect();
            if (x >= left && x <= right && y >= top && y <= bottom) {
                return parseInt(person.dataset.userId);
            }
        }
        return false;
    }

    /** People who can get a call; archived ones stand below only while they have calls. */
    get assignees() {
        return this.data.people.rows.filter((person) => person.active);
    }

    onAssign(alertId, ev) {
        const userId = parseInt(ev.target.value);
        if (userId) {
            this.assign(alertId, userId);
        }
    }

    async assign(alertId, userId) {
        const { user_name, names } = await this.orm.call(
            "crm.customer.board",
            "assign_recessions",
            [[alertId], userId]
        );
        await this.load();
        this.notification.add(_t("%(name)s calls this customer now.", { name: user_name }), {
            title: names.join(", "),
            type: "success",
        });
    }

    recessionText(row) {
        if (row.kind === "volume") {
            return _t("buys much less");
        }
        return row.gap
            ? _t("silent %(days)s, usually every %(gap)s", {
                  days: daysText(row.silence),
                  gap: row.gap,
              })
            : _t("silent %s", daysText(row.silence));
    }

    // People

    /** Share of the day's capacity, in steps that a person can tell apart. */
    loadLevel(person, day) {
        const share = day.calls / (person.limit || 1);
        if (!day.calls) {
            return 0;
        }
        return share > 1 ? 5 : Math.max(1, Math.ceil(share * 4));
    }

    loadText(person, day) {
        if (day.absent) {
            return _t("%s: absent", fullDay(day.date));
        }
        return _t("%(day)s: %(calls)s of %(limit)s calls", {
            day: fullDay(day.date),
            calls: day.calls,
            limit: person.limit,
        });
    }

    weekday(date) {
        if (date === this.data.today && !this.ui.isSmall) {
            return _t("today");
        }
        const weekday = this.ui.isSmall ? "narrow" : "short";
        return deserializeDate(date).toLocaleString({ weekday });
    }

    // Sweep

    get sweepIcon() {
        return STATE_ICONS[this.data.sweep.state];
    }

    get sweepDuration() {
        const { seconds } = this.data.sweep;
        if (seconds < 10) {
            return _t("%s s", seconds.toFixed(1));
        }
        return seconds < 120
            ? _t("%s s", Math.round(seconds))
            : _t("%s min", Math.round(seconds / 60));
    }

    get sweepWhen() {
        return `${dayWords(this.data.sweep.night)} · ${this.sweepDuration} · `;
    }

    get madeStages() {
        return this.data.sweep.stages.filter(
            (stage) => stage.total || stage.created || stage.issues
        );
    }

    // Every number opens its list

    openList(name, resModel, domain, context = {}) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: resModel,
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            mobile_view_mode: "kanban",
            domain,
            context,
        });
    }

    openRecessions(extra = [], name = _t("Recessions")) {
        return this.openList(name, "crm.recession.alert", [
            ...this.data.recessions.domain,
            ...extra,
        ]);
    }

    openRecord(resModel, resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    openCalls(person, extra, name) {
        return this.openList(`${person.name}: ${name}`, "mail.activity", [
            ["user_id", "=", person.id],
            ["call_reason", "!=", false],
            ["res_model", "=", "res.partner"],
            ...extra,
        ]);
    }

    openOverdue(person) {
        return this.openCalls(
            person,
            [["date_deadline", "<", this.data.today]],
            _t("overdue calls")
        );
    }

    openDay(person, day) {
        return this.openCalls(person, [["date_deadline", "=", day.date]], shortDay(day.date));
    }

    openAllOverdue() {
        return this.openList(_t("Overdue calls"), "mail.activity", [
            ["call_reason", "!=", false],
            ["res_model", "=", "res.partner"],
            ["date_deadline", "<", this.data.today],
        ]);
    }

    get overdueCount() {
        return this.data.people.rows.reduce((sum, person) => sum + person.overdue, 0);
    }

    async openCustomers(name, domain) {
        const action = await this.action.loadAction(CUSTOMERS_ACTION);
        // Another list than the menu's: own name, no path, no words about the first steps.
        const changes = { name, display_name: name, domain, help: undefined };
        return this.action.doAction(
            { ...action, ...changes, path: undefined, xml_id: undefined, id: undefined },
            { viewType: "list" }
        );
    }

    openStatus(status) {
        return this.openCustomers(status.name, [["customer_status_id", "=", status.id]]);
    }

    openWithoutStep(userId = undefined) {
        const { domain } = this.data.without_step;
        const whose = userId === undefined ? [] : [["user_id", "=", userId]];
        return this.openCustomers(_t("Without next step"), [...domain, ...whose]);
    }

    openIssues() {
        return this.openList(_t("Errors of the sweep"), "crm.nightly.run.issue", [
            ["run_id", "=", this.data.sweep.id],
        ]);
    }

    openWonBack() {
        return this.openList(_t("Won back"), "crm.recession.alert", this.data.won_back.domain);
    }

    openOutcome(outcome) {
        return this.openList(outcome.label, "crm.recession.alert", [
            ...this.data.won_back.closed_domain,
            ["outcome", "=", outcome.code],
        ]);
    }
}

registry.category("actions").add("crm_bpm_core.head_board", HeadBoard);
