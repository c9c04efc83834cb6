from odoo import api, fields, models


class AccountPaymentRegister(models.TransientModel):
    """Which contracts the payment that is being registered will pay."""

    _inherit = "account.payment.register"

    crm_contract_ids = fields.Many2many(
        "crm.contract", string="Contracts", compute="_compute_crm_contract_ids"
    )
    crm_contract_payment_ids = fields.Many2many(
        "crm.contract.payment",
        string="Planned Payments",
        compute="_compute_crm_contract_ids",
        help="That invoice lines name; else the earliest of the contract are closed.",
    )

    @api.depends("line_ids")
    def _compute_crm_contract_ids(self):
        for wizard in self:
            moves = wizard.line_ids.move_id
            wizard.crm_contract_ids = moves.crm_contract_ids
            wizard.crm_contract_payment_ids = moves.crm_contract_payment_ids
