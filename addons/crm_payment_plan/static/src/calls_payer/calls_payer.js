import { patch } from "@web/core/utils/patch";
import { _t } from "@web/core/l10n/translation";
import { CallRow } from "@crm_bpm_core/calls_today/call_row";
import { money } from "@crm_bpm_core/common/words";

const COLOURS = {
    strict: "text-bg-success",
    hesitant: "text-bg-warning",
    disloyal: "text-bg-danger",
    unrated: "text-bg-secondary",
};

/** How the customer pays: class in colour and words, and what is overdue, before the call. */
patch(CallRow.prototype, {
    get payerColour() {
        return COLOURS[this.call.payer.payer_class];
    },

    get payerOverdue() {
        return _t("overdue: %s", money(this.call.payer.overdue, this.props.data.currency_id));
    },

    openPayer() {
        return this.env.services.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.payer.discipline",
            res_id: this.call.payer.id,
            views: [[false, "form"]],
        });
    },
});
