from odoo import models

from .bpm_process_tell import BILL_PAID

SETTLED = ("paid", "in_payment", "reversed")


class AccountMove(models.Model):
    """Processes that wait for the payment of a bill go on once nothing is left to pay."""

    _inherit = "account.move"

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self._tell_bill_paid()
        return result

    def _tell_bill_paid(self):
        """Tell of the bills among these that they are paid, reversed or cancelled."""
        bills = self.filtered(lambda move: move._is_crm_bill())
        if bills:
            self.env["bpm.process"]._tell(
                BILL_PAID,
                {bill: {"bill": bill.display_name, "amount": bill.amount_total} for bill in bills},
            )

    def button_cancel(self):
        """A cancelled bill is paid by nobody: whoever had it to pay is told."""
        result = super().button_cancel()
        self.filtered(lambda move: move.state == "cancel")._tell_bill_paid()
        return result


class AccountMoveLine(models.Model):
    """A credit note may settle a bill without any payment."""

    _inherit = "account.move.line"

    def _reconcile_pre_hook(self):
        data = super()._reconcile_pre_hook()
        bills = self.move_id.filtered(lambda move: move._is_crm_bill())
        data["crm_open_bills"] = bills.filtered(lambda bill: bill.payment_state not in SETTLED)
        return data

    def _reconcile_post_hook(self, data):
        result = super()._reconcile_post_hook(data)
        # Odoo itself tells of what is paid.
        data["crm_open_bills"].filtered(
            lambda bill: bill.payment_state == "reversed"
        )._tell_bill_paid()
        return result
