from datetime import timedelta

from odoo import api, fields, models

#: Days after the sending within which the night looks for mails that did not arrive.
LOOK_BACK = 14


class CrmPaymentReminder(models.Model):
    """A mail that did not arrive: its sender gets an activity to find another address."""

    _inherit = "crm.payment.reminder"

    undelivered_told = fields.Boolean(
        readonly=True, help="The sender was asked to find another address."
    )

    @api.model
    def _tell_undelivered(self, message_ids=None):
        """Plan an activity for each reminder that came back or could not be sent, once.

        :param message_ids: look at these mails only; None: at all of the last days
        """
        domain = [("state", "=", "sent"), ("channel", "=", "mail"),
                  ("undelivered_told", "=", False)]  # fmt: skip
        if message_ids is None:
            first = fields.Date.today() - timedelta(days=LOOK_BACK)
            domain += [
                ("sent_date", ">=", first),
                ("message_id.notification_ids.notification_status", "in", ("bounce", "exception")),
            ]
        else:
            domain.append(("message_id", "in", message_ids))
        reminders = self.search(domain)
        if not reminders:
            return
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [reminder._prepare_undelivered() for reminder in reminders]
        )
        reminders.undelivered_told = True

    def _prepare_undelivered(self):
        user = self.user_id or self.run_id.user_id or self.env.ref("base.user_admin")
        texts = self.with_context(lang=user.sudo().lang).env
        return {
            "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": self.partner_id.id,
            "user_id": user.id,
            "date_deadline": self.company_id._get_local_today(),
            "summary": texts._("The payment reminder did not arrive"),
            "note": texts._(
                "The mail to %s did not arrive: give the customer another address, or call.",
                self.sent_to or "",
            ),
        }
