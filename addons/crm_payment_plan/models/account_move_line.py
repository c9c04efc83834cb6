from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.sql import column_exists, create_column

#: Items of entries by hand that may name a contract: what is taken over from other accounting.
OPENING_ACCOUNTS = {"income": "asset_receivable", "expense": "liability_payable"}


class AccountMoveLine(models.Model):
    """The contract of an invoice line: one invoice may serve several contracts."""

    _name = "account.move.line"
    _inherit = ["account.move.line", "crm.contract.link.mixin"]

    crm_contract_id = fields.Many2one(
        compute="_compute_crm_contract_id",
        store=True,
        readonly=False,
        help="Taken from the sales order; receipts on the invoice count for it.",
    )
    crm_contract_payment_id = fields.Many2one(
        help="Which planned payment this line invoices. Empty: receipts close the contract's "
        "payments in the order of dates.",
    )

    def _auto_init(self):
        # No line has a contract before the installation; computing millions takes minutes.
        if not column_exists(self.env.cr, self._table, "crm_contract_id"):
            create_column(self.env.cr, self._table, "crm_contract_id", "int4")
        return super()._auto_init()

    def _compute_no_followup(self):
        """Debts that an entry by hand takes over are asked for like invoices.

        Odoo leaves all that stands in a general journal out of any follow-up.
        """
        result = super()._compute_no_followup()
        self._get_opening_debts().no_followup = False
        return result

    def _get_opening_debts(self):
        return self.filtered(
            lambda line: (
                line.date_maturity
                and line.move_type == "entry"
                and line.account_type in OPENING_ACCOUNTS.values()
                and line.move_id._is_by_hand()
            )
        )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("date_maturity"):
            # Only now it is a debt.
            self._get_opening_debts().filtered("no_followup").no_followup = False
        return result

    @api.depends("sale_line_ids.order_id.crm_contract_id")
    def _compute_crm_contract_id(self):
        for line in self:
            if line.move_id.move_type == "entry":
                keeps = line.account_type in OPENING_ACCOUNTS.values()
                line.crm_contract_id = line.crm_contract_id if keeps else False
                continue
            contract = line.sale_line_ids.order_id.crm_contract_id[:1]
            line.crm_contract_id = contract or line.crm_contract_id

    @api.constrains("crm_contract_id", "crm_contract_payment_id")
    def _check_crm_contract(self):
        for line in self.filtered("crm_contract_id"):
            contract = line.crm_contract_id.sudo()
            if line.move_id.move_type == "entry":
                line._check_opening(contract)
                continue
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
        return super()._check_crm_contract()

    def _check_opening(self, contract):
        wanted = OPENING_ACCOUNTS[contract.direction]
        if self.account_type != wanted or not self.move_id._is_by_hand():
            raise ValidationError(
                self.env._(
                    "%(contract)s cannot be on this item of %(move)s. In entries by hand, items of "
                    "customers' accounts name income contracts, items of suppliers' accounts "
                    "expense contracts; a payment names its contract itself.",
                    contract=contract.display_name,
                    move=self.move_id.display_name,
                )
            )

    def _copy_data_extend_business_fields(self, values):
        """What takes a line back, or replaces it, is for the same planned payment."""
        result = super()._copy_data_extend_business_fields(values)
        if self.display_type == "product" and self.crm_contract_payment_id:
            values["crm_contract_payment_id"] = self.crm_contract_payment_id.id
        return result

    def _get_counting(self):
        return self.filtered(lambda line: line.parent_state == "posted")
