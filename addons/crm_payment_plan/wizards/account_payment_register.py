from odoo import api, fields, models


class AccountPaymentRegister(models.TransientModel):
    """Which contracts the payment that is being registered will pay."""

    _inherit = "account.payment.register"

    crm_contract_ids = fields.Many2many(
        "crm.contract",
        string="Contracts",
        compute="_compute_crm_contract_ids",
        compute_sudo=True,
    )
    crm_contract_payment_ids = fields.Many2many(
        "crm.contract.payment",
        string="Planned Payments",
        compute="_compute_crm_contract_ids",
        compute_sudo=True,
        help="That invoice lines name; else the earliest of the contract are closed.",
    )

    @api.depends("line_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_contract_ids(self):
        for wizard in self:
            moves = wizard.line_ids.move_id
            wizard.crm_contract_ids = moves.crm_contract_ids
            named = moves.line_ids.crm_contract_payment_id
            wizard.crm_contract_payment_ids = moves.crm_contract_payment_ids & named
