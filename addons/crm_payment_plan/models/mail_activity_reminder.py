from odoo import fields, models


class MailActivity(models.Model):
    """Calls about overdue payments stand among the other planned calls."""

    _inherit = "mail.activity"

    call_reason = fields.Selection(
        selection_add=[("payment", "Payment")], ondelete={"payment": "set null"}
    )
