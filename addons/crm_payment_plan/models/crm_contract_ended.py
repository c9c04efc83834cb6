from odoo import api, models

from .crm_contract import OPEN_STATES

#: Contracts that ended before all was paid: of their plan nothing more is expected.
ENDED = ("terminated", "cancelled")


class CrmContract(models.Model):
    """A contract that ended has its plan for the record; it is planned anew once reopened."""

    _inherit = "crm.contract"

    def action_generate_plan(self):
        """Only of a contract that is drawn up or in force."""
        self._check_state(*OPEN_STATES)
        return super().action_generate_plan()


class CrmContractPayment(models.Model):
    """Payments of contracts that ended.

    What was received in part keeps its amount and its status, so that reopening the contract
    expects the rest again and money which comes late still closes it; but nobody waits for it.
    What is owed by posted invoices stands in accounting, whatever becomes of the contract.
    """

    _inherit = "crm.contract.payment"

    @api.depends("contract_state")
    def _compute_amount_remaining(self):
        ended = self.filtered(lambda payment: payment.contract_state in ENDED)
        ended.amount_remaining = 0
        return super(CrmContractPayment, self - ended)._compute_amount_remaining()

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._check_plannable()
        return payments

    def write(self, vals):
        result = super().write(vals)
        if "contract_id" in vals:
            self._check_plannable()
        return result

    def _set_state(self, state):
        if state == "planned":
            changed = self.filtered(lambda payment: payment.state != "planned")
            changed.contract_id._check_state(*OPEN_STATES)
        return super()._set_state(state)

    def _check_plannable(self):
        """Refuse to plan money on a contract of which nothing more is expected."""
        planned = self.filtered(lambda payment: payment.state == "planned")
        planned.contract_id._check_state(*OPEN_STATES)
