from odoo import api, fields, models
from odoo.fields import Domain


class AccountMove(models.Model):
    """Contracts on invoices, for those who work in accounting."""

    _inherit = "account.move"

    crm_contract_id = fields.Many2one(
        "crm.contract",
        string="Contract",
        compute="_compute_crm_contract_id",
        inverse="_inverse_crm_contract_id",
        search="_search_crm_contract_id",
        check_company=True,
        domain="[('parent_id', '=', False), ('company_id', '=', company_id)]",
        help="Contract of all lines; empty if they have several. Setting it sets all lines.",
    )
    crm_contract_ids = fields.Many2many(
        "crm.contract",
        string="Contracts",
        compute="_compute_crm_contract_ids",
        compute_sudo=True,
        search="_search_crm_contract_id",
    )
    crm_contract_payment_ids = fields.Many2many(
        "crm.contract.payment",
        string="Planned Payments",
        compute="_compute_crm_contract_ids",
        compute_sudo=True,
        search="_search_crm_contract_payment_ids",
        help="What its lines name, and what the money received on it closed.",
    )
    crm_settlement_ids = fields.One2many(
        "crm.contract.settlement",
        "move_id",
        string="Receipts of Contracts",
        groups="crm_bpm_core.group_view,crm_payment_plan.group_plan_all",
    )
    # The cash forecast asks which reconciliations are with entries that were reset or cancelled.
    _crm_unposted_idx = models.Index("(id) WHERE state <> 'posted'")

    @api.depends("line_ids.crm_contract_id")
    def _compute_crm_contract_id(self):
        for move in self:
            contracts = move.line_ids.crm_contract_id
            move.crm_contract_id = contracts if len(contracts) == 1 else False

    @api.depends(
        "line_ids.crm_contract_id", "line_ids.crm_contract_payment_id",
        "crm_settlement_ids.payment_id",
    )  # fmt: skip
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_contract_ids(self):
        """Contracts and planned payments that the reader may see.

        Invoices are also read by auditors and by salespeople of other customers: what they may
        not see of the plan must not keep the invoice from them.
        """
        # Rights are asked once for all rows of a list.
        planned = self.line_ids.crm_contract_payment_id | self.crm_settlement_ids.payment_id
        payments = planned.sudo(False)._filtered_access("read")
        contracts = self.line_ids.crm_contract_id.sudo(False)._filtered_access("read")
        for move in self:
            lines = move.line_ids
            own = lines.crm_contract_payment_id | move.crm_settlement_ids.payment_id
            move.crm_contract_ids = contracts & lines.crm_contract_id
            move.crm_contract_payment_ids = payments & own

    def _inverse_crm_contract_id(self):
        for move in self:
            contract = move.crm_contract_id
            lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            # Empty stands for "several" too: that is no wish to take them off.
            if contract or len(lines.crm_contract_id) == 1:
                lines.filtered(
                    lambda line, contract=contract: line.crm_contract_id != contract
                ).write({"crm_contract_id": contract.id, "crm_contract_payment_id": False})

    @api.model
    def _search_crm_contract_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        found = Domain("line_ids.crm_contract_id", operator, value)
        if operator == "in" and False in value:
            none = Domain("line_ids.crm_contract_id", "=", False) & ~Domain(
                "line_ids.crm_contract_id", "!=", False
            )
            rest = [one for one in value if one is not False]
            return none | Domain("line_ids.crm_contract_id", "in", rest)
        return found

    @api.model
    def _search_crm_contract_payment_ids(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        if operator == "in" and False in value:
            none = ~self._get_planned_domain("!=", False)
            rest = [one for one in value if one is not False]
            return none | self._search_crm_contract_payment_ids("in", rest) if rest else none
        return self._get_planned_domain(operator, value)

    @api.model
    def _get_planned_domain(self, operator, value):
        """Invoices whose lines name such payments, and those whose money closed them."""
        rows = self.env["crm.contract.settlement"]
        if value is False:
            # Whether there is one at all is asked of invoices by people without contracts too.
            rows = rows.sudo()
        closed = rows._search(
            Domain("move_id", "!=", False) & Domain("payment_id", operator, value)
        )
        return Domain("line_ids.crm_contract_payment_id", operator, value) | Domain(
            "id", "in", closed.subselect("move_id")
        )

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._settle_crm_contracts()
        return result

    def _settle_crm_contracts(self):
        """Posting and resetting to draft change no reconciliation, but what counts of it."""
        self.env["account.move.line"].flush_model(["crm_contract_id"])
        self.env["account.payment"].flush_model(["crm_contract_id", "move_id"])
        self.env["crm.contract"].sudo()._get_of_moves(self)._settle()

    def _is_by_hand(self):
        """Whether this is an entry of no invoice, payment or bank line."""
        self.ensure_one()
        return self.move_type == "entry" and not (self.origin_payment_id or self.statement_line_id)

    def unlink(self):
        contracts = self.env["crm.contract"].sudo()._get_of_moves(self)
        contracts._forget("counterpart_move_id", self)
        result = super().unlink()
        contracts.exists()._settle()
        return result

    def action_view_crm_contracts(self):
        """The contracts that this invoice serves."""
        contracts = self.crm_contract_ids
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Contracts"),
            "res_model": "crm.contract",
            "view_mode": "list,form",
            "domain": [("id", "in", contracts.ids)],
        }
        if len(contracts) == 1:
            action.update(view_mode="form", res_id=contracts.id)
        return action
