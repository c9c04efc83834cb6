from odoo import fields, models


class MailActivity(models.Model):
    """Calls about overdue payments stand among the other planned calls."""

    _inherit = "mail.activity"

    call_reason = fields.Selection(
        selection_add=[("payment", "Payment")], ondelete={"payment": "set null"}
    )
    reminder_company_id = fields.Many2one(
        "res.company",
        string="Company That Reminds",
        index="btree_not_null",
        ondelete="cascade",
        help="To which company the customer of this activity owes: each has its own.",
    )
