from odoo import api, fields, models
from odoo.fields import Domain


class AccountBankStatementLine(models.Model):
    """The contracts that a bank line pays, once it is matched with their invoices."""

    _name = "account.bank.statement.line"
    _inherit = ["account.bank.statement.line", "crm.payer.seen.mixin"]

    paid_contract_ids = fields.Many2many(
        "crm.contract",
        string="Contracts Paid",
        compute="_compute_paid_contracts",
        compute_sudo=True,
        search="_search_paid_contract_ids",
        help="Of the invoices with which the line is matched.",
    )
    paid_payment_ids = fields.Many2many(
        "crm.contract.payment",
        string="Planned Payments Closed",
        compute="_compute_paid_contracts",
        compute_sudo=True,
        search="_search_paid_payment_ids",
    )

    def _get_settlements(self):
        """What these lines brought for contracts."""
        return self.env["crm.contract.settlement"].search(
            [("counterpart_move_id", "in", self.move_id.ids)]
        )

    @api.depends("move_id.line_ids.matched_debit_ids", "move_id.line_ids.matched_credit_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_paid_contracts(self):
        rows = self._get_settlements().grouped("counterpart_move_id")
        none = self.env["crm.contract.settlement"]
        every = none.union(*rows.values())
        # Auditors see the line, though not the contracts. Rights are asked once for all rows.
        contracts = every.contract_id.sudo(False)._filtered_access("read")
        payments = every.payment_id.sudo(False)._filtered_access("read")
        for line in self:
            found = rows.get(line.move_id, none)
            line.paid_contract_ids = contracts & found.contract_id
            line.paid_payment_ids = payments & found.payment_id

    @api.model
    def _search_paid_contract_ids(self, operator, value):
        return self._search_settled("contract_id", operator, value)

    @api.model
    def _search_paid_payment_ids(self, operator, value):
        return self._search_settled("payment_id", operator, value)

    @api.model
    def _search_settled(self, name, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        Settlement = self.env["crm.contract.settlement"]
        settled = Domain("counterpart_move_id", "!=", False)
        if operator == "in" and False in value:
            # Whether there is one at all may be asked without the right to contracts.
            every = Settlement.sudo()._search(settled & Domain(name, "!=", False))
            none = ~Domain("move_id", "in", every.subselect("counterpart_move_id"))
            rest = [one for one in value if one is not False]
            return none | self._search_settled(name, "in", rest) if rest else none
        found = Settlement._search(settled & Domain(name, operator, value))
        return Domain("move_id", "in", found.subselect("counterpart_move_id"))
