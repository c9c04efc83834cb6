import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { formatDate, serializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { calendarView } from "@web/views/calendar/calendar_view";
import { useState } from "@odoo/owl";
import { money } from "@crm_bpm_core/common/words";

/** Asks why a payment is planned for another day. */
export class MoveDateDialog extends ConfirmationDialog {
    static template = "crm_payment_plan.MoveDateDialog";
    static props = { ...ConfirmationDialog.props, onComment: Function };

    setup() {
        super.setup();
        this.comment = useState({ text: "" });
        useAutofocus({ refName: "comment" });
    }

    onInput(ev) {
        this.comment.text = ev.target.value;
        this.props.onComment(ev.target.value);
    }
}

/** Sums of the days beside the records, and moving a record with a comment. */
export class PaymentCalendarModel extends CalendarModel {
    static services = [...CalendarModel.services, "dialog"];

    setup(params, services) {
        super.setup(params, services);
        this.dialogService = services.dialog;
    }

    /** Rows of the forecast: with them the balance at the end of every day. */
    async updateData(data) {
        await Promise.all([super.updateData(data), this.loadBalances()]);
    }

    async loadBalances() {
        this.balances = { days: {} };
        if (this.meta.resModel === "crm.cash.forecast") {
            const stop = serializeDate(this.computeRange().end.plus({ days: 1 }));
            this.balances = await this.orm.call("crm.cash.board", "get_day_balances", [stop]);
        }
    }

    /** Money that comes (positive) and goes (negative) by day, of what is shown. */
    get dayTotals() {
        const totals = {};
        for (const record of Object.values(this.records)) {
            // What the board does not count, nobody reckons with: doubtful, disputed, drafts.
            if ((record.rawRecord.certainty || "firm") !== "firm") {
                continue;
            }
            const day = serializeDate(record.start);
            const { amount, currencyId } = this.getMoney(record.rawRecord);
            const total = (totals[day] = totals[day] || {});
            const sums = (total[currencyId] = total[currencyId] || { in: 0, out: 0 });
            sums[amount < 0 ? "out" : "in"] += amount;
        }
        return totals;
    }

    /** The forecast has signed sums in company currency; plans have sums and a direction. */
    getMoney(raw) {
        if ("amount_company" in raw) {
            return { amount: raw.amount_company, currencyId: raw.company_currency_id?.[0] };
        }
        const sign = raw.direction === "expense" ? -1 : 1;
        return { amount: sign * raw.amount_remaining, currencyId: raw.currency_id?.[0] };
    }

    async updateRecord(record) {
        const day = serializeDate(record.start);
        const { title } = this.records[record.id] || record;
        const comment = await this.askComment(title, record.start);
        try {
            if (comment !== null) {
                await this.orm.call(this.meta.resModel, "action_move_date", [
                    [record.id],
                    day,
                    comment,
                ]);
            }
        } finally {
            // Also takes back what was dragged and refused.
            await this.load();
        }
    }

    /** @returns {Promise<string|null>} the comment; null: nothing is to be moved */
    askComment(title, date) {
        let comment = "";
        return new Promise((resolve) => {
            this.dialogService.add(
                MoveDateDialog,
                {
                    title: _t("Plan for %s", formatDate(date)),
                    body: title,
                    onComment: (text) => (comment = text),
                    confirmLabel: _t("Move"),
                    confirm: () => resolve(comment),
                    cancel: () => resolve(null),
                },
                { onClose: () => resolve(null) }
            );
        });
    }
}

export class PaymentCalendarCommonRenderer extends CalendarCommonRenderer {
    get options() {
        return {
            ...super.options,
            eventDurationEditable: false,
            eventsSet: () => this.showTotals(),
            datesSet: () => this.showTotals(),
        };
    }

    /** What comes and goes on a day, in its cell of the month. */
    showTotals() {
        const totals = this.props.model.dayTotals;
        const { days, currency_id: currencyId } = this.props.model.balances || { days: {} };
        const root = this.fc.el;
        for (const cell of root?.querySelectorAll(".fc-daygrid-day[data-date]") || []) {
            cell.querySelector(".o_crm_day_total")?.remove();
            const sums = totals[cell.dataset.date];
            const balance = days[cell.dataset.date];
            if (sums || balance?.is_low) {
                const top = cell.querySelector(".fc-daygrid-day-top") || cell;
                const total = this.makeTotal(sums || {});
                if (balance) {
                    total.append(this.makeBalance(balance, currencyId));
                }
                top.append(total);
            }
        }
    }

    /** What is left at the end of the day; below the least balance in red, and in words. */
    makeBalance({ balance, is_low: isLow }, currencyId) {
        const node = document.createElement("span");
        node.className = "o_crm_day_balance " + (isLow ? "text-danger" : "text-muted");
        node.title = isLow ? _t("Left, below the least balance") : _t("Left at the end of the day");
        node.textContent = `${isLow ? "⚠ " : "= "}${money(balance, currencyId)}`;
        if (isLow) {
            const word = document.createElement("span");
            word.className = "o_crm_day_low d-none d-md-inline";
            word.textContent = ` ${_t("too low")}`;
            node.append(word);
        }
        return node;
    }

    makeTotal(sums) {
        const total = document.createElement("span");
        total.className = "o_crm_day_total";
        for (const [currencyId, { in: comes, out: goes }] of Object.entries(sums)) {
            const parts = [
                [comes, "text-success", _t("Comes")],
                [goes, "text-danger", _t("Goes")],
            ];
            for (const [amount, color, word] of parts) {
                if (amount) {
                    const part = document.createElement("b");
                    part.className = color;
                    part.title = word;
                    part.textContent =
                        (amount > 0 ? "+" : "") + money(amount, parseInt(currencyId));
                    total.append(part);
                }
            }
        }
        return total;
    }
}

export class PaymentCalendarRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: PaymentCalendarCommonRenderer,
        week: PaymentCalendarCommonRenderer,
        month: PaymentCalendarCommonRenderer,
    };
}

export class PaymentCalendarController extends CalendarController {
    setup() {
        super.setup();
        this.actionService = useService("action");
    }

    /** Rows of the forecast stand for a document: that is what a person wants to see. */
    async editRecord(record, context = {}) {
        if (this.model.resModel !== "crm.cash.forecast") {
            return super.editRecord(record, context);
        }
        const action = await this.orm.call("crm.cash.forecast", "action_open", [[record.id]]);
        return this.actionService.doAction(action);
    }
}

registry.category("views").add("crm_payment_calendar", {
    ...calendarView,
    Controller: PaymentCalendarController,
    Model: PaymentCalendarModel,
    Renderer: PaymentCalendarRenderer,
});
