from odoo import api, fields, models
from odoo.exceptions import ValidationError

CONTRACT_FIELDS = frozenset({"crm_contract_id", "crm_contract_payment_id"})


class CrmContractLinkMixin(models.AbstractModel):
    """What of accounting serves a contract: lines of invoices, payments without an invoice."""

    _name = "crm.contract.link.mixin"
    _description = "Of a Contract"

    crm_contract_id = fields.Many2one(
        "crm.contract",
        string="Contract",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('parent_id', '=', False), ('company_id', '=', company_id)]",
    )
    crm_contract_payment_id = fields.Many2one(
        "crm.contract.payment",
        string="Planned Payment",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        domain="[('contract_id', '=', crm_contract_id)]",
    )

    @api.constrains("crm_contract_id", "crm_contract_payment_id")
    def _check_crm_contract(self):
        for record in self.filtered("crm_contract_id"):
            contract = record.crm_contract_id.sudo()
            payment = record.crm_contract_payment_id.sudo()
            if contract.parent_id:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s is an additional agreement: use its contract %(main)s.",
                        agreement=contract.display_name,
                        main=contract.parent_id.display_name,
                    )
                )
            if payment and payment.contract_id != contract:
                raise ValidationError(
                    self.env._(
                        "%(payment)s is no payment of contract %(contract)s.",
                        payment=payment.display_name,
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
        if counting := self._get_counting():
            (contracts | counting.sudo().crm_contract_id)._settle()
        return result

    def _get_counting(self):
        """Those that count for receipts already."""
        return self
