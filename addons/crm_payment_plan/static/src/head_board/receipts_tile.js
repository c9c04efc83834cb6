import { patch } from "@web/core/utils/patch";
import { _t } from "@web/core/l10n/translation";
import { HeadBoard } from "@crm_bpm_core/head_board/head_board";
import { money } from "@crm_bpm_core/common/words";

const RECEIPTS_ACTION = "crm_payment_plan.crm_contract_payment_action_receipts";

/** The receipts plan on the head's board; every sum opens its payments. */
patch(HeadBoard.prototype, {
    get receiptSums() {
        return this.data.receipts.rows.map((row) => ({
            ...row,
            count: row.sums.reduce((count, sum) => count + sum.count, 0),
            text: this.sumsText(row.sums),
        }));
    },

    sumsText(sums) {
        return sums.map((sum) => money(sum.amount, sum.currency_id)).join(" · ") || "–";
    },

    async openReceipts(domain = [], title = _t("Receipts Plan")) {
        const action = await this.action.loadAction(RECEIPTS_ACTION);
        await this.action.doAction({
            ...action,
            name: title,
            display_name: title,
            domain: [
                ["direction", "=", "income"],
                ["contract_state", "not in", ["terminated", "cancelled"]],
                ...domain,
            ],
            context: {
                search_default_planned: 1,
                ...(domain.length ? {} : { search_default_group_section: 1 }),
            },
        });
    },
});
