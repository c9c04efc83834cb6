import { browser } from "@web/core/browser/browser";
import { download } from "@web/core/network/download";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { fullDay, money, shortDay } from "@crm_bpm_core/common/words";

const { Interval } = luxon;
const REFRESH_MS = 300000;
const HORIZONS = [4, 8, 13, 26, 52];
/** Room above and below the line of the balance, per cent of the chart's height. */
const MARGIN = 8;

/**
 * The cash forecast: weeks as columns, what comes and goes as bars, the balance as a line,
 * the gap in red and in words. A click on a week opens the documents that make it.
 */
export class CashBoard extends Component {
    static template = "crm_payment_plan.CashBoard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.ui = useState(useService("ui"));
        this.state = useState({ data: null, mode: null, weeks: null, basis: null, busy: false });
        Object.assign(this, { fullDay, shortDay });
        onWillStart(() => this.load());
        onMounted(() => {
            this.timer = browser.setInterval(() => !document.hidden && this.load(), REFRESH_MS);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    async load() {
        const { mode, weeks, basis } = this.state;
        this.state.busy = true;
        try {
            this.state.data = await this.orm.silent.call(
                "crm.cash.board",
                "get_board",
                [mode, weeks, basis],
                { context: user.context }
            );
        } finally {
            this.state.busy = false;
        }
    }

    async choose(values) {
        Object.assign(this.state, values);
        await this.load();
    }

    get data() {
        return this.state.data;
    }

    money(amount, currencyId = this.data.currency_id) {
        return money(amount, currencyId);
    }

    get horizons() {
        const count = this.data.weeks.length;
        return HORIZONS.includes(count) ? HORIZONS : [...HORIZONS, count].sort((a, b) => a - b);
    }

    /** From the first to the last day, as the language writes it: Mar 2 – 8. */
    weekText(week) {
        return Interval.fromDateTimes(
            deserializeDate(week.start),
            deserializeDate(week.last)
        ).toLocaleString({ day: "numeric", month: "short" });
    }

    get gapTitle() {
        const { place, missing } = this.data.gap;
        return _t("Cash gap in week %(number)s: %(amount)s missing.", {
            number: place + 1,
            amount: this.money(missing),
        });
    }

    get gapReason() {
        const values = {
            day: fullDay(this.data.gap.date),
            balance: this.money(this.data.gap.balance),
            least: this.money(this.data.minimum),
        };
        return this.data.minimum
            ? _t("On %(day)s the balance is %(balance)s; the least wanted is %(least)s.", values)
            : _t("On %(day)s the balance is %(balance)s.", values);
    }

    get lowestText() {
        const { low, low_date } = this.lowest;
        return _t("The lowest balance is %(balance)s on %(day)s.", {
            balance: this.money(low),
            day: fullDay(low_date),
        });
    }

    overdueText(week) {
        return _t("of it overdue: %s", this.money(week.overdue_in + week.overdue_out));
    }

    get laterText() {
        return _t("Later: %(in)s comes, %(out)s goes", {
            in: this.money(this.data.later.in),
            out: this.money(this.data.later.out),
        });
    }

    get unmatchedText() {
        return _t("%(count)s bank lines wait to be matched (%(amount)s).", {
            count: this.data.opening.unmatched_count,
            amount: this.money(this.data.opening.unmatched),
        });
    }

    leftOutText(line) {
        return `${line.label} (${line.count})`;
    }

    currencyText(line) {
        return _t("%(in)s comes, %(out)s goes", {
            in: this.money(line.in, line.currency_id),
            out: this.money(line.out, line.currency_id),
        });
    }

    /** At which rate; so many digits that small currencies show one too. */
    rateText(line) {
        return _t("at %s", Number(line.rate.toPrecision(6)).toLocaleString(user.lang));
    }

    get delaysText() {
        return _t(
            "Delays come from what payers paid within a year: %s.",
            this.data.delays.map((line) => `${line.label} (${line.count})`).join(" · ")
        );
    }

    /** Days and month under a column: the month only where it begins. */
    columnText(week, index) {
        const start = deserializeDate(week.start);
        const before = index && deserializeDate(this.data.weeks[index - 1].start);
        return !index || before.month !== start.month
            ? start.toLocaleString({ day: "numeric", month: "short" })
            : String(start.day);
    }

    weekTitle(week) {
        const text = _t("%(week)s: comes %(in)s, goes %(out)s, balance %(balance)s", {
            week: this.weekText(week),
            in: this.money(week.in),
            out: this.money(week.out),
            balance: this.money(week.balance),
        });
        return week.is_gap ? `${text} — ${this.gapText(week)}` : text;
    }

    gapText(week) {
        return week.low < 0
            ? _t("below zero on %s", this.shortDay(week.low_date))
            : _t("below the least balance on %s", this.shortDay(week.low_date));
    }

    get lowest() {
        return this.data.weeks.reduce((low, week) => (week.low < low.low ? week : low));
    }

    // The chart: two scales of their own, both from the largest figure

    get flowMax() {
        return Math.max(1, ...this.data.weeks.flatMap((week) => [week.in, week.out]));
    }

    flowHeight(amount) {
        return amount ? Math.max(2, (50 * amount) / this.flowMax) : 0;
    }

    get balanceRange() {
        const values = this.data.weeks.flatMap((week) => [week.balance, week.low]);
        const low = Math.min(0, ...values);
        const high = Math.max(0, this.data.minimum, ...values);
        return { low, span: high - low || 1 };
    }

    /** Per cent from the top at which a balance stands. */
    balanceTop(amount) {
        const { low, span } = this.balanceRange;
        return 100 - MARGIN - ((100 - 2 * MARGIN) * (amount - low)) / span;
    }

    get balancePoints() {
        const count = this.data.weeks.length;
        return this.data.weeks
            .map((week, place) => `${place + 0.5},${this.balanceTop(week.balance)}`)
            .concat([`${count},${this.balanceTop(this.data.weeks[count - 1].balance)}`])
            .join(" ");
    }

    // Everything opens its list

    async openDocuments(start, stop, direction = null, certainty = "firm") {
        const context = this.state.basis ? { cash_delay_basis: this.state.basis } : {};
        const action = await this.orm.call(
            "crm.cash.board",
            "get_documents_action",
            [this.data.mode, start, stop, direction, certainty],
            { context: { ...user.context, ...context } }
        );
        this.action.doAction(action);
    }

    /** What is overdue stands in the first week. */
    openWeek(week, direction = null) {
        const first = week === this.data.weeks[0];
        this.openDocuments(first ? null : week.start, week.stop, direction);
    }

    openLater() {
        this.openDocuments(this.data.weeks.at(-1).stop, null);
    }

    openLeftOut(line) {
        this.openDocuments(null, null, null, line.certainty);
    }

    openAccount(account) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name: account.name,
            res_model: "account.move.line",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [
                ["account_id", "=", account.account_id],
                ["parent_state", "=", "posted"],
                ["date", "<=", this.data.today],
            ],
        });
    }

    openUnmatched() {
        this.action.doAction("crm_payment_plan.account_bank_statement_line_action", {
            additionalContext: { search_default_unmatched: 1 },
        });
    }

    openAction(name) {
        this.action.doAction(`crm_payment_plan.${name}`);
    }

    async exportBoard() {
        await download({
            url: "/crm_payment_plan/cash_board.xlsx",
            data: {
                mode: this.data.mode,
                weeks: this.data.weeks.length,
                basis: this.data.basis,
                companies: user.context.allowed_company_ids.join(","),
            },
        });
    }

    print() {
        window.print();
    }
}

registry.category("actions").add("crm_payment_plan.cash_board", CashBoard);
