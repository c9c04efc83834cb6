from odoo import fields, models
from odoo.exceptions import UserError


class CrmContractSign(models.TransientModel):
    """Registers who signed a contract; a signature on paper needs its scan."""

    _name = "crm.contract.sign"
    _description = "Register a Signature"

    contract_id = fields.Many2one("crm.contract", required=True)
    party = fields.Selection(
        [("both", "Both parties"), ("company", "We"), ("partner", "They")],
        string="Signed By",
        required=True,
        default="both",
    )
    how = fields.Selection(
        [("scan", "On paper, scan attached"), ("esign", "Electronically")],
        required=True,
        default="scan",
    )
    date = fields.Date(
        string="Signed On",
        required=True,
        default=lambda self: self.env.company._get_local_today(),
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Signed Copy")

    def action_apply(self):
        """Register the signature."""
        self.ensure_one()
        if self.how == "scan" and not self.attachment_ids:
            raise UserError(self.env._("Attach the scan of the signed contract."))
        self.contract_id.check_access("write")
        place = {"res_model": "crm.contract", "res_id": self.contract_id.id}
        # A copy that one party signed already stands there, and is not touched again.
        self.attachment_ids.filtered(
            lambda one: (one.res_model, one.res_id) != tuple(place.values())
        ).write(place)
        parties = ("company", "partner") if self.party == "both" else (self.party,)
        self.contract_id._sign(parties, self.how, self.date, self.attachment_ids)
