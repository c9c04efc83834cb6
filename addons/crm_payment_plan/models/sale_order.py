from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The contract of a sales order; invoices of the order follow it."""

    _inherit = "sale.order"

    crm_contract_id = fields.Many2one(
        "crm.contract",
        string="Contract",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        tracking=True,
        domain="[('direction', '=', 'income'), ('parent_id', '=', False),"
        " ('company_id', '=', company_id)]",
    )

    def write(self, vals):
        if "crm_contract_id" not in vals:
            return super().write(vals)
        contracts = self.sudo().crm_contract_id
        result = super().write(vals)
        # Lines of posted invoices got the new contract by recomputation.
        self.env.flush_all()
        (contracts | self.sudo().crm_contract_id)._settle()
        return result

    def action_create_crm_contract(self):
        """A contract with the order's customer, amount and responsible."""
        self.ensure_one()
        if self.crm_contract_id:
            raise UserError(
                self.env._(
                    "%(order)s belongs to contract %(contract)s already.",
                    order=self.name,
                    contract=self.crm_contract_id.display_name,
                )
            )
        contract = self.env["crm.contract"].create(self._prepare_crm_contract())
        self.crm_contract_id = contract
        return self.action_view_crm_contract()

    def _prepare_crm_contract(self):
        return {
            "partner_id": self.partner_invoice_id.commercial_partner_id.id or self.partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "amount_total": self.amount_total,
            "user_id": self.user_id.id or self.env.uid,
            "lead_id": self.opportunity_id.id,
            "title": self.client_order_ref or self.name,
        }

    def action_view_crm_contract(self):
        """The contract of this order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.contract",
            "res_id": self.crm_contract_id.id,
            "view_mode": "form",
        }
