from odoo import fields, models

from ..lib.kinds import REFUND
from .bpm_process_tell import CONTRACT_PAID, CONTRACT_SIGNED, PAYMENT_RECEIVED, PLAN_CHANGED


class CrmContract(models.Model):
    """Processes learn that a contract is signed, planned anew or paid, and of each payment.

    Each is told once, on the contract and on its opportunity; what was undone in accounting
    and comes again is told again.
    """

    _inherit = "crm.contract"

    is_paid_told = fields.Boolean(
        copy=False, help="Processes know that everything agreed is received."
    )

    def _sign(self, parties, how, date, attachments):
        before = self.signature_state
        result = super()._sign(parties, how, date, attachments)
        if before != "signed" and self.signature_state == "signed":
            day = fields.Date.to_string(fields.Date.to_date(date))
            payload = {"contract": self.display_name, "date": day}
            self.env["bpm.process"]._tell(
                CONTRACT_SIGNED, dict.fromkeys(self._get_told_records(), payload)
            )
        return result

    def _settle(self):
        result = super()._settle()
        if self:
            self.sudo()._tell_of_receipts()
        return result

    def _get_told_records(self):
        """Records on which processes of a contract may run."""
        self.ensure_one()
        return [record for record in (self, self.sudo().lead_id) if record]

    def _tell_of_receipts(self):
        """Tell what came since the last time; marks are written first, by one statement each."""
        news = self.payment_ids._mark_told()
        paid = self.filtered(lambda contract: contract._is_paid_in_full())
        fresh = paid.filtered(lambda contract: not contract.is_paid_told)
        (self - paid).filtered("is_paid_told").write({"is_paid_told": False})
        fresh.write({"is_paid_told": True})
        processes = self.env["bpm.process"]
        if news:
            processes._tell(
                PAYMENT_RECEIVED,
                {
                    record: payment._prepare_told()
                    for payment in news
                    for record in (payment, *payment.contract_id._get_told_records())
                },
            )
        if fresh:
            processes._tell(
                CONTRACT_PAID,
                {
                    record: {"contract": contract.display_name}
                    for contract in fresh
                    for record in contract._get_told_records()
                },
            )

    def _tell_plan_changed(self, changes):
        """Tell how the plan of an agreed contract changed, whoever or whatever changed it.

        :param changes: list of texts, a payment each
        """
        self.ensure_one()
        payload = {"contract": self.display_name, "changes": "; ".join(changes)}
        self.env["bpm.process"]._tell(
            PLAN_CHANGED, dict.fromkeys(self._get_told_records(), payload)
        )

    def _is_paid_in_full(self):
        """Whether all that was agreed is planned, and all that is planned is received.

        What is to go back keeps nothing from being paid.
        """
        live = self.payment_ids.filtered(lambda payment: payment.state != "cancelled")
        awaited = live.filtered(lambda payment: payment.kind != REFUND)
        if self.parent_id or not live or any(one.state != "received" for one in awaited):
            return False
        planned = sum(live.mapped("amount"))
        return self.currency_id.compare_amounts(planned, self._get_amount_to_plan()) >= 0


class CrmContractPayment(models.Model):
    """What of a planned payment processes were told."""

    _inherit = "crm.contract.payment"

    is_receipt_told = fields.Boolean(copy=False, help="Processes know that it is received.")
    overdue_told_date = fields.Date(
        copy=False, help="The planned date that passed when processes were told so."
    )

    def _mark_told(self):
        """Mark what is received and take marks off what is no longer.

        :return: payments whose receipt is news
        """
        # Of what was credited as a whole nothing came.
        came = self.filtered(lambda one: one.state == "received" and one.amount_received > 0)
        news = came.filtered(lambda one: not one.is_receipt_told)
        undone = self.filtered(lambda one: one.state != "received" and one.is_receipt_told)
        news.write({"is_receipt_told": True})
        undone.write({"is_receipt_told": False})
        return news

    def _prepare_told(self):
        """Process variables that a message about this payment brings."""
        self.ensure_one()
        return {
            "contract": self.contract_id.display_name,
            "payment": self.name,
            "amount": self.amount,
            "date": fields.Date.to_string(self.date_received or self.date_planned),
        }
