import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import {
    Component,
    onMounted,
    onPatched,
    onWillStart,
    onWillUnmount,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import { dial } from "../common/dial";
import { dayWords, fullDay, shortDay } from "../common/words";
import { CallRow } from "./call_row";

const REFRESH_MS = 120000;
const SCOPE_KEY = "crm_bpm_core.calls_scope";
const DOT_LIMIT = 24;
const SWIPE_PX = 60;
const REASONS = ["recession", "monitoring", "promised", "next_step"];

/**
 * "My calls": the day's work of a salesperson on one screen. One request
 * loads it; a result is given by one key and one line.
 */
export class CallsToday extends Component {
    static template = "crm_bpm_core.CallsToday";
    static components = { Layout, CallRow };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.ui = useState(useService("ui"));
        this.rootRef = useRef("root");
        this.keyHelp = this.getKeyHelp();
        this.dayWords = dayWords;
        this.fullDay = fullDay;
        this.state = useState({
            data: null,
            filter: "all",
            selectedId: false,
            openId: false,
            result: false,
            help: false,
            saving: false,
        });
        this.scrollToSelected = false;
        onWillStart(() => this.load(browser.localStorage.getItem(SCOPE_KEY) || false));
        onMounted(() => {
            this.timer = browser.setInterval(() => this.refresh(), REFRESH_MS);
        });
        onPatched(() => this.showSelected());
        onWillUnmount(() => browser.clearInterval(this.timer));
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev));
        useExternalListener(document, "visibilitychange", () => this.refresh());
    }

    // Data

    async load(scope) {
        const data = await this.orm.silent.call("crm.customer.board", "get_calls_today", [scope]);
        this.state.data = data;
        if (this.state.filter !== "all" && !this.getReasonCount(this.state.filter)) {
            this.state.filter = "all";
        }
        if (!this.calls.some((call) => call.id === this.state.selectedId)) {
            this.select(this.calls[0]);
        }
    }

    /** Loads again unless the person is writing: what he types must not vanish. */
    async refresh() {
        if (!document.hidden && !this.state.openId && this.state.data) {
            await this.load(this.state.data.scope);
        }
    }

    get calls() {
        const { data, filter } = this.state;
        return data.calls.filter((call) => filter === "all" || call.reason === filter);
    }

    get counts() {
        return this.state.data.counts;
    }

    get selectedIndex() {
        return this.calls.findIndex((call) => call.id === this.state.selectedId);
    }

    get selectedCall() {
        return this.calls[this.selectedIndex];
    }

    /** On a phone one card at a time, else all of them. */
    get shownCalls() {
        return this.ui.isSmall ? this.calls.filter((call) => this.isSelected(call)) : this.calls;
    }

    get filters() {
        const labels = this.state.data.reasons;
        return [
            { code: "all", label: _t("All"), count: this.counts.due },
            ...REASONS.map((code) => ({
                code,
                label: labels[code],
                count: this.getReasonCount(code),
            })),
        ].filter((filter) => filter.code === "all" || filter.count);
    }

    getReasonCount(code) {
        return this.counts.reasons[code] || 0;
    }

    get scopeLabels() {
        return { my: _t("My calls"), team: _t("My team"), all: _t("Everybody") };
    }

    /** How far the day has come: a dot a call, or a bar when there are many. */
    get progress() {
        const { due, done } = this.counts;
        const all = due + done;
        return {
            all,
            done,
            percent: all ? Math.round((100 * done) / all) : 0,
            dots: all && all <= DOT_LIMIT ? [...Array(all).keys()] : false,
        };
    }

    get nextDate() {
        return this.counts.next_date;
    }

    get nextDateText() {
        return _t("%(count)s calls are planned for the coming days, the first of them %(day)s.", {
            count: this.counts.coming,
            day: dayWords(this.nextDate),
        });
    }

    getKeyHelp() {
        return [
            ["↑ ↓", _t("choose a call")],
            ["C", _t("call")],
            ["1 … 5", _t("result")],
            ["Enter", _t("save the result")],
            ["Esc", _t("close the result")],
            ["N", _t("next call")],
            ["O", _t("open the customer")],
            ["?", _t("show or hide the keys")],
        ];
    }

    // Choosing

    isSelected(call) {
        return call.id === this.state.selectedId;
    }

    select(call) {
        if (call?.id !== this.state.selectedId) {
            this.state.openId = false;
            this.state.result = false;
        }
        this.state.selectedId = call ? call.id : false;
        this.scrollToSelected = true;
    }

    step(by) {
        const index = Math.max(0, Math.min(this.calls.length - 1, this.selectedIndex + by));
        this.select(this.calls[index]);
    }

    showSelected() {
        if (this.scrollToSelected) {
            this.scrollToSelected = false;
            const row = this.rootRef.el?.querySelector(".o_crm_call.o_selected");
            row?.scrollIntoView({ block: "nearest" });
        }
    }

    setFilter(code) {
        this.state.filter = code;
        this.select(this.calls[0]);
    }

    async setScope(scope) {
        this.state.openId = false;
        browser.localStorage.setItem(SCOPE_KEY, scope);
        await this.load(scope);
    }

    // Acting

    call(call = this.selectedCall) {
        const phone = call && (call.phone || call.people[0]?.phone);
        if (phone) {
            dial(this.env, { phone, partnerId: call.partner_id, activityId: call.id });
        }
    }

    openResult(call, result = false) {
        if (!this.state.data.can_write) {
            this.notification.add(_t("You may view these calls; closing them needs full access."), {
                type: "warning",
            });
            return;
        }
        if (this.state.openId === call.id && !result) {
            this.state.openId = false;
            return;
        }
        this.select(call);
        this.state.openId = call.id;
        this.state.result = result;
    }

    openCustomer(call) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: call.partner_id,
            views: [[false, "form"]],
        });
    }

    /** @param {{ result, comment, nextDate, outcomeReason, pauseUntil }} answer */
    async save(call, answer) {
        if (this.state.saving) {
            return;
        }
        this.state.saving = true;
        try {
            await this.orm.call(
                "mail.activity",
                "register_call_result",
                [[call.id], answer.result, answer.comment],
                {
                    next_date: answer.nextDate || null,
                    outcome_reason: answer.outcomeReason || null,
                    pause_until: answer.pauseUntil || null,
                }
            );
        } finally {
            this.state.saving = false;
        }
        const next = this.calls[this.selectedIndex + 1] || this.calls[this.selectedIndex - 1];
        this.state.openId = false;
        this.select(next);
        this.tell(call, answer);
        await this.load(this.state.data.scope);
    }

    tell(call, answer) {
        const label = this.state.data.results.find(({ code }) => code === answer.result).label;
        const then = answer.nextDate
            ? _t("Next call: %s.", shortDay(answer.nextDate))
            : _t("No further call is planned now.");
        this.notification.add(_t("%(result)s. %(then)s", { result: label, then }), {
            title: call.name,
            type: "success",
            buttons: [{ name: _t("Open"), onClick: () => this.openCustomer(call) }],
        });
    }

    // Keys and fingers

    onKeydown(ev) {
        const busy = ev.ctrlKey || ev.altKey || ev.metaKey || document.querySelector(".o_dialog");
        const writing = ev.target.closest?.("input, textarea, select, [contenteditable='true']");
        if (ev.key === "Escape" && this.state.openId && !busy) {
            this.state.openId = false;
            ev.preventDefault();
            return;
        }
        const act = !busy && !writing && this.getKeyAct(ev.key);
        if (act) {
            ev.preventDefault();
            act();
        }
    }

    getKeyAct(key) {
        const call = this.selectedCall;
        const general = { "?": () => (this.state.help = !this.state.help) };
        if (!call) {
            return general[key];
        }
        const result = this.state.data.results[parseInt(key) - 1];
        const acts = {
            ...general,
            ArrowDown: () => this.step(1),
            ArrowUp: () => this.step(-1),
            n: () => this.step(1),
            c: () => this.call(),
            o: () => this.openCustomer(call),
            r: () => this.openResult(call),
        };
        return result
            ? () => this.openResult(call, result.code)
            : acts[key] || acts[key.toLowerCase()];
    }

    onTouchStart(ev) {
        this.touch = { x: ev.touches[0].clientX, y: ev.touches[0].clientY };
    }

    onTouchEnd(ev) {
        const { clientX, clientY } = ev.changedTouches[0];
        const across = clientX - this.touch.x;
        const sloping = Math.abs(clientY - this.touch.y) > Math.abs(across) / 2;
        if (this.ui.isSmall && Math.abs(across) > SWIPE_PX && !sloping) {
            this.step(across < 0 ? 1 : -1);
        }
    }
}

registry.category("actions").add("crm_bpm_core.calls_today", CallsToday);
