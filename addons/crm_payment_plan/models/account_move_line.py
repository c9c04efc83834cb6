from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.sql import column_exists, create_column

CONTRACT_FIELDS = frozenset({"crm_contract_id", "crm_contract_payment_id"})


class AccountMoveLine(models.Model):
    """The contract of an invoice line: one invoice may serve several contracts."""

    _inherit = "account.move.line"

    crm_contract_id = fields.Many2one(
        "crm.contract",
        string="Contract",
        compute="_compute_crm_contract_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('parent_id', '=', False), ('company_id', '=', company_id)]",
        help="Taken from the sales order; receipts on the invoice count for it.",
    )
    crm_contract_payment_id = fields.Many2one(
        "crm.contract.payment",
        string="Planned Payment",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        domain="[('contract_id', '=', crm_contract_id)]",
        help="Which planned payment this line invoices. Empty: receipts close the contract's "
        "payments in the order of dates.",
    )

    def _auto_init(self):
        # No line has a contract before the installation; computing millions takes minutes.
        if not column_exists(self.env.cr, self._table, "crm_contract_id"):
            create_column(self.env.cr, self._table, "crm_contract_id", "int4")
        return super()._auto_init()

    @api.depends("sale_line_ids.order_id.crm_contract_id")
    def _compute_crm_contract_id(self):
        for line in self:
            if line.move_id.move_type == "entry":
                line.crm_contract_id = False
                continue
            contract = line.sale_line_ids.order_id.crm_contract_id[:1]
            line.crm_contract_id = contract or line.crm_contract_id

    @api.constrains("crm_contract_id", "crm_contract_payment_id")
    def _check_crm_contract(self):
        for line in self.filtered("crm_contract_id"):
            contract = line.crm_contract_id.sudo()
            payment = line.crm_contract_payment_id.sudo()
            sale = line.move_id.is_sale_document(include_receipts=True)
            if sale != (contract.direction == "income"):
                raise ValidationError(
                    self.env._(
                        "%(contract)s cannot be on %(move)s: invoices to customers take income "
                        "contracts, bills of suppliers expense contracts.",
                        contract=contract.display_name,
                        move=line.move_id.display_name,
                    )
                )
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
        posted = self.filtered(lambda line: line.parent_state == "posted")
        if posted:
            (contracts | self.sudo().crm_contract_id)._settle()
        return result
