from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.agreed import AGREED
from .bpm_process_tell import PAYMENT_OVERDUE

#: Open payments whose day has passed and of which nobody was told; planned anew and late
#: again, a payment is told again.
UNTOLD = f"""
SELECT p.id FROM crm_contract_payment p
  JOIN crm_contract c ON c.id = p.contract_id AND {AGREED}
 WHERE p.company_id = %(company)s AND p.state = 'planned' AND p.amount_remaining > 0
   AND p.date_planned < %(night)s AND p.overdue_told_date IS DISTINCT FROM p.date_planned
 ORDER BY p.id
"""


class CrmNightlyRun(models.Model):
    """The stage of the sweep that tells processes of payments which did not come."""

    _inherit = "crm.nightly.run"

    @api.model
    def _get_stages(self):
        stages = super()._get_stages()
        place = stages.index("payer_discipline") + 1
        return [*stages[:place], "payment_overdue", *stages[place:]]

    def _stage_payment_overdue(self, stage):
        """Each late payment once; those for which no process waits by one statement."""
        payments = self._get_untold()
        records = [record for payment in payments for record in payment._get_told_records()]
        awaited = set(self.env["bpm.process"]._get_awaited(PAYMENT_OVERDUE, records))
        told = payments.filtered(
            lambda payment: not awaited.isdisjoint(payment._get_told_records())
        )
        (payments - told)._mark_overdue_told()
        self._work_in_batches(
            stage,
            told.ids,
            self._tell_overdue,
            lambda payment_id: payments.browse(payment_id).partner_id.id,
        )

    def _get_untold(self):
        Payment = self.env["crm.contract.payment"].sudo()
        Payment.flush_model()
        self.env["crm.contract"].flush_model(["state", "version"])
        rows = self.env.execute_query(SQL(UNTOLD, company=self.company_id.id, night=self.night))
        return Payment.browse(key for (key,) in rows)

    def _tell_overdue(self, payment_ids):
        """Tell processes of these payments; a failure leaves them untold until next night."""
        payments = self.env["crm.contract.payment"].sudo().browse(payment_ids)
        payments._mark_overdue_told()
        processes = self.env["bpm.process"].sudo()
        payloads = {
            record: payment._prepare_overdue_told(self.night)
            for payment in payments
            for record in payment._get_told_records()
        }
        for record in processes._get_awaited(PAYMENT_OVERDUE, list(payloads)):
            processes._send_message(PAYMENT_OVERDUE, record._name, record.id, payloads[record])
        return len(payments)


class CrmContractPayment(models.Model):
    """Late payments that processes hear of."""

    _inherit = "crm.contract.payment"

    def _get_told_records(self):
        return [self, *self.contract_id._get_told_records()]

    def _mark_overdue_told(self):
        """Remember the date that passed; one statement for all of them."""
        if self:
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_contract_payment SET overdue_told_date = date_planned"
                    " WHERE id IN %s",
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["overdue_told_date"])

    def _prepare_overdue_told(self, night):
        return {
            **self._prepare_told(),
            "amount": self.amount_remaining,
            "days": (night - fields.Date.to_date(self.date_planned)).days,
        }


class CrmNightlyRunStage(models.Model):
    """The name of that stage."""

    _inherit = "crm.nightly.run.stage"

    code = fields.Selection(
        selection_add=[("payment_overdue", "Overdue payments")],
        ondelete={"payment_overdue": "cascade"},
    )
