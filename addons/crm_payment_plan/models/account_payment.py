from odoo import api, fields, models
from odoo.exceptions import ValidationError

CONTRACT_FIELDS = frozenset({"crm_contract_id", "crm_contract_payment_id"})


class AccountPayment(models.Model):
    """Payments that name their contract: advances before there is an invoice."""

    _inherit = "account.payment"

    crm_contract_id = fields.Many2one(
        "crm.contract",
        string="Contract",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        domain="[('parent_id', '=', False), ('company_id', '=', company_id)]",
        help="For money without an invoice; money on invoices finds the contract by itself.",
    )
    crm_contract_payment_id = fields.Many2one(
        "crm.contract.payment",
        string="Planned Payment",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        domain="[('contract_id', '=', crm_contract_id)]",
    )

    @api.constrains("crm_contract_id", "crm_contract_payment_id", "partner_id")
    def _check_crm_contract(self):
        for payment in self.filtered("crm_contract_id"):
            contract = payment.crm_contract_id.sudo()
            planned = payment.crm_contract_payment_id.sudo()
            if contract.parent_id:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s is an additional agreement: use its contract %(main)s.",
                        agreement=contract.display_name,
                        main=contract.parent_id.display_name,
                    )
                )
            if planned and planned.contract_id != contract:
                raise ValidationError(
                    self.env._(
                        "%(payment)s is no payment of contract %(contract)s.",
                        payment=planned.display_name,
                        contract=contract.display_name,
                    )
                )

    @api.onchange("crm_contract_id")
    def _onchange_crm_contract_id(self):
        if self.crm_contract_payment_id.contract_id != self.crm_contract_id:
            self.crm_contract_payment_id = False

    def write(self, vals):
        if CONTRACT_FIELDS.isdisjoint(vals):
            return super().write(vals)
        contracts = self.sudo().crm_contract_id
        result = super().write(vals)
        (contracts | self.sudo().crm_contract_id)._settle()
        return result

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
