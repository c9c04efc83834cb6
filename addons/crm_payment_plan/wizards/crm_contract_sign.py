from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CrmContractSign(models.TransientModel):
    """Registers who signed a contract; each signature needs something that shows it."""

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
        default=lambda self: self._get_default_date(),
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Signed Copy")
    proof = fields.Char(
        string="Electronic Signature",
        help="Service and number of the document there; it stands in the history of the contract.",
    )

    @api.model
    def _get_default_date(self):
        contract = self.env["crm.contract"].browse(self.env.context.get("default_contract_id"))
        return (contract.company_id or self.env.company)._get_local_today()

    def action_apply(self):
        """Register the signature."""
        self.ensure_one()
        self.contract_id.check_access("write")
        self._check_proven()
        place = {"res_model": "crm.contract", "res_id": self.contract_id.id}
        # A copy that one party signed already stands there, and is not touched again.
        self.attachment_ids.filtered(
            lambda one: (one.res_model, one.res_id) != tuple(place.values())
        ).write(place)
        parties = ("company", "partner") if self.party == "both" else (self.party,)
        self.contract_id._sign(parties, self.how, self.date, self.attachment_ids)
        proof = (self.proof or "").strip()
        if self.how == "esign" and proof:
            self.contract_id.message_post(
                body=self.env._("Signed electronically: %s", proof), subtype_xmlid="mail.mt_note"
            )

    def _check_proven(self):
        """:raise UserError: nothing shows the signature, or its day is still to come."""
        if self.how == "scan" and not self.attachment_ids:
            raise UserError(self.env._("Attach the scan of the signed contract."))
        if self.how == "esign" and not (self.attachment_ids or (self.proof or "").strip()):
            raise UserError(
                self.env._(
                    "Attach the electronically signed file, or say by which service it was signed "
                    "and under which number it is kept there."
                )
            )
        if self.date > self.contract_id.company_id._get_local_today():
            raise UserError(
                self.env._(
                    "The day of the signature is still to come: %s. Payments would count from it.",
                    format_date(self.env, self.date),
                )
            )
