import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib import nights

_logger = logging.getLogger(__name__)

#: Calls named in one digest; the rest is counted.
MAX_ROWS = 50


class CrmCallDigest(models.Model):
    """The morning's one mail to a person about his calls of the day (HU-12).

    A row is the proof that the digest of that day was made, so that repeated or
    parallel runs send it once.
    """

    _name = "crm.call.digest"
    _description = "Digest of Calls"
    _order = "day desc, id desc"
    _rec_name = "day"

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade", index=True)
    day = fields.Date(required=True)
    call_count = fields.Integer(string="Calls")
    overdue_count = fields.Integer(string="Overdue")

    _user_day_uniq = models.UniqueIndex("(user_id, day)")

    @api.model
    def _cron_send(self):
        """Send the digests whose hour has come, on the working days of each company."""
        now = fields.Datetime.now()
        for company in self.env["res.company"].search([("nightly_active", "=", True)]):
            day = company._get_local_today()
            if nights.at_hour(day, company.digest_hour, company.nightly_tz) <= now:
                self._send(company, day)
        self.env["crm.nightly.run"]._schedule_wake_ups()

    @api.model
    def _send(self, company, day):
        """Digests of the company's people for a day; the rows of those that were sent."""
        planner = self.env["crm.call.planner"]
        if planner._get_working_days(company, day)[0] != day:
            return self.browse()
        digests = self.browse()
        for user, calls in self._get_calls(company, day).items():
            if not planner._is_available(company, day, user):
                continue
            try:
                with self.env.cr.savepoint():
                    digests |= self._send_one(user, day, calls)
            except Exception:
                # The others get theirs; this one is tried again within the hour.
                _logger.exception("No digest for %s", user.login)
        return digests

    @api.model
    def _get_calls(self, company, day):
        """Open calls of today and before by person, who has no digest of the day yet."""
        calls = self.env["mail.activity"].search(
            Domain("call_reason", "!=", False)
            & Domain("date_deadline", "<=", day)
            & Domain("user_id.company_id", "=", company.id),
            order="date_deadline, id",
        )
        sent = self.search([("day", "=", day), ("user_id", "in", calls.user_id.ids)]).user_id
        result = defaultdict(self.env["mail.activity"].browse)
        for call in calls:
            if call.user_id not in sent:
                result[call.user_id] |= call
        return result

    @api.model
    def _send_one(self, user, day, calls):
        overdue = len(calls.filtered(lambda call: call.date_deadline < day))
        row = self.env.execute_query(
            SQL(
                """INSERT INTO crm_call_digest (user_id, day, call_count, overdue_count,
                          create_uid, write_uid, create_date, write_date)
                   VALUES (%(user)s, %(day)s, %(count)s, %(overdue)s, %(me)s, %(me)s,
                          %(now)s, %(now)s)
              ON CONFLICT DO NOTHING RETURNING id""",
                user=user.id,
                day=day,
                count=len(calls),
                overdue=overdue,
                me=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        if not row:
            return self.browse()
        if user.email:
            self.env["mail.mail"].sudo().create(self._prepare_mail(user, day, calls, overdue))
        else:
            _logger.info("No digest for %s: the user has no e-mail address", user.login)
        return self.browse(row[0][0])

    @api.model
    def _prepare_mail(self, user, day, calls, overdue):
        """Values of the ``mail.mail``, in the language of the person."""
        self = self.with_context(lang=user.lang or self.env.lang)
        calls = calls.with_context(lang=self.env.context["lang"])
        body = self.env["ir.qweb"]._render(
            "crm_bpm_core.call_digest",
            {
                "user": user,
                "day": day,
                "rows": self._prepare_rows(calls[:MAX_ROWS], day),
                "more": max(len(calls) - MAX_ROWS, 0),
                "count": len(calls),
                "overdue": overdue,
                "url": user.get_base_url() + "/odoo",
            },
        )
        return {
            "subject": self.env._(
                "Calls today: %(count)s, overdue: %(overdue)s", count=len(calls), overdue=overdue
            ),
            "body_html": body,
            "recipient_ids": [fields.Command.link(user.partner_id.id)],
            "email_from": user.company_id.email_formatted or self.env.user.email_formatted,
            "auto_delete": True,
        }

    @api.model
    def _prepare_rows(self, calls, day):
        reasons = dict(calls._fields["call_reason"]._description_selection(calls.env))
        partners = self.env["res.partner"].browse(calls.mapped("res_id"))
        phones = {partner.id: partner.phone for partner in partners.exists()}
        return [
            {
                "name": call.res_name,
                "phone": phones.get(call.res_id) or "",
                "reason": reasons[call.call_reason],
                "summary": call.summary or "",
                "days": (day - call.date_deadline).days,
            }
            for call in calls
        ]
