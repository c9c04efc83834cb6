from odoo import api, fields, models


class AccountPayment(models.Model):
    """Payments that name their contract: advances before there is an invoice."""

    _name = "account.payment"
    _inherit = ["account.payment", "crm.contract.link.mixin"]

    crm_contract_id = fields.Many2one(
        copy=False,
        help="For money without an invoice; money on invoices finds the contract by itself.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments.sudo().crm_contract_id._settle()
        return payments

    def unlink(self):
        contracts = self.sudo().crm_contract_id
        contracts._forget("account_payment_id", self)
        result = super().unlink()
        contracts.exists()._settle()
        return result

    def action_view_crm_contract(self):
        """The contract that this payment names."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.contract",
            "res_id": self.crm_contract_id.id,
            "view_mode": "form",
        }
