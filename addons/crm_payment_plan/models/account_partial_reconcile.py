from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Reconciling and undoing it change what is received on contracts."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._get_crm_contracts()._settle()
        return partials

    def unlink(self):
        contracts = self._get_crm_contracts()
        # Before the database does it in silence, without the totals noticing.
        contracts._forget("partial_id", self)
        result = super().unlink()
        contracts.exists()._settle()
        return result

    def _get_crm_contracts(self):
        if not self:
            # Odoo empties each entry that it makes of the reconciliations it never had.
            return self.env["crm.contract"].sudo()
        items = self.debit_move_id | self.credit_move_id
        # Of an entry by hand only these items: it may bring debts of a whole customer base.
        by_hand = items.filtered(lambda item: item.move_id._is_by_hand())
        moves = (items - by_hand).move_id
        self.env["account.move.line"].flush_model(["crm_contract_id"])
        self.env["account.payment"].flush_model(["crm_contract_id", "move_id"])
        contracts = self.env["crm.contract"].sudo()._get_of_moves(moves)
        return contracts | by_hand.sudo().crm_contract_id
