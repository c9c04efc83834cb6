from odoo import models


class MailActivity(models.Model):
    """What the web client must know of a planned call."""

    _inherit = "mail.activity"

    def _to_store_defaults(self, target):
        return [*super()._to_store_defaults(target), "call_reason"]
