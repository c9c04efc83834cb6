from odoo import models


class MailNotification(models.Model):
    """A reminder that came back is told to whoever sent it."""

    _inherit = "mail.notification"

    def write(self, vals):
        result = super().write(vals)
        # Not of “exception”: the outbox sets it before each attempt; the night looks at those.
        if vals.get("notification_status") == "bounce":
            self.env["crm.payment.reminder"].sudo()._tell_undelivered(self.mail_message_id.ids)
        return result
