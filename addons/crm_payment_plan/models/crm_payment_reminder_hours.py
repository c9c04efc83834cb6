from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import format_datetime

from odoo.addons.crm_bpm_core.lib import nights

from ..lib import contact_hours

MAIL_CRON = "mail.ir_cron_mail_scheduler_action"


class CrmPaymentReminder(models.Model):
    """Mails about debts leave on working days, by day: who sends at night sends for the morning.

    Days and hours are the company's, the clock is the recipient's.
    """

    _inherit = "crm.payment.reminder"

    @api.model
    def _remember_moments(self):
        """This model, which for one batch works out the moment of each time zone once."""
        return self.with_context(reminder_moments={})

    def _get_mail_moment(self):
        """Moment (naive UTC) before which the mail does not leave; None: at once."""
        self.ensure_one()
        company, zone = self.company_id.sudo(), self._get_recipient_tz()
        known = self.env.context.get("reminder_moments", {})
        if (company, zone) not in known:
            now = fields.Datetime.now()
            planner = self.env["crm.call.planner"].sudo()
            today = nights.local_date(now, zone)
            known[company, zone] = contact_hours.next_moment(
                now,
                planner._get_working_days(company, today),
                company.reminder_hour_first,
                company.reminder_hour_last,
                zone,
            )
        return known[company, zone]

    def _get_recipient_tz(self):
        """Time zone of the first recipient, of his country if it has one only, or ours."""
        person = self.recipient_ids.sudo()[:1]
        customer = self.partner_id.sudo()
        code = (person.country_id or customer.country_id).code
        zones = pytz.country_timezones.get(code, []) if code else []
        return (
            person.tz
            or customer.tz
            or (zones[0] if len(zones) == 1 else None)
            or self.company_id.nightly_tz
            or "UTC"
        )

    def _wait_for_the_hour(self, message):
        """Keep the mails of a message in the outbox until the hour has come."""
        moment = self._get_mail_moment()
        if not moment:
            return
        message.sudo().mail_ids.scheduled_date = moment
        # The outbox is looked into once an hour only.
        self.env.ref(MAIL_CRON).sudo()._trigger(moment + timedelta(minutes=1))

    def _get_waiting_text(self):
        """When a mail that waits for the hour leaves; empty: it does not wait."""
        waiting = self.message_id.sudo().mail_ids.filtered(
            lambda mail: mail.state == "outgoing"
            and mail.scheduled_date
            and mail.scheduled_date > fields.Datetime.now()
        )
        if not waiting:
            return ""
        return self.env._(
            "Leaves on %s",
            format_datetime(self.env, waiting[0].scheduled_date, dt_format="short"),
        )
