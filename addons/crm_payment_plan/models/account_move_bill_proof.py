from odoo import api, fields, models

PAID = ("paid", "in_payment")


class ResCompany(models.Model):
    """Whether paid bills need a proof."""

    _inherit = "res.company"

    crm_bill_proof = fields.Boolean(
        string="Proof of Payment for Bills",
        help="The process of a bill asks for the payment order or the bank's confirmation.",
    )


class AccountMove(models.Model):
    """The proof that a supplier's bill is paid, which the ready process asks for (HU-08)."""

    _inherit = "account.move"

    crm_bill_proof_ids = fields.Many2many(
        "ir.attachment",
        "account_move_crm_bill_proof_rel",
        "move_id",
        "attachment_id",
        string="Proof of Payment",
        copy=False,
        help="Payment order or the bank's confirmation.",
    )
    is_crm_bill_proof_asked = fields.Boolean(
        string="Proof of Payment Asked",
        compute="_compute_is_crm_bill_proof_asked",
        compute_sudo=True,
        help="The company asks for it, the bill was paid with money, and none is attached.",
    )

    @api.depends("company_id.crm_bill_proof", "payment_state", "crm_bill_proof_ids")
    def _compute_is_crm_bill_proof_asked(self):
        for move in self:
            # A bill that a credit note settled has no payment to prove.
            move.is_crm_bill_proof_asked = (
                move.company_id.crm_bill_proof
                and move._is_crm_bill()
                and move.payment_state in PAID
                and not move.crm_bill_proof_ids
            )
