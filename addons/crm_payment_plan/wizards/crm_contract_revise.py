from odoo import fields, models
from odoo.exceptions import UserError


class CrmContractRevise(models.TransientModel):
    """Reopens the terms of an approved contract as a new version."""

    _name = "crm.contract.revise"
    _description = "New Version of a Contract"

    contract_id = fields.Many2one("crm.contract", required=True)
    reason = fields.Text(required=True)

    def action_apply(self):
        """Keep the old version, open the terms."""
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Say why the contract is revised."))
        self.contract_id._revise(self.reason.strip())
