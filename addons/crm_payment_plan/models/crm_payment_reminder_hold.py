from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount, format_date

HOLDS = [
    ("dispute", "Disputed"),
    ("blocked", "Blocked by accounting"),
    ("promise", "Promise is open"),
    ("pause", "Do not disturb"),
    ("stop", "No reminders"),
    ("by_hand", "By hand only"),
    ("person", "Private person"),
    ("unapplied", "Money not assigned"),
    ("small", "Below the least amount"),
    ("recent", "Reminded lately"),
    ("no_email", "No e-mail"),
    ("bounced", "Last mail came back"),
    ("company", "Other company"),
    ("sent", "Reminded already"),
]
#: What no tick overrules: there is nothing to send, nobody to send to, or no right to.
HARD = {"dispute", "blocked", "no_email", "company", "sent", "stop"}


class CrmPaymentReminderRun(models.Model):
    """What holds a customer's reminder back: all of it, so that a tick overrules what was shown."""

    _inherit = "crm.payment.reminder.run"

    def _get_hold_reasons(self, partner, facts):
        """Codes of all that holds a reminder back, weightiest first. Hook for more.

        A missing address comes before what a tick overrules, and money that came before the
        rest: whoever ticks must have seen that the customer may have paid.
        """
        hard = self._get_hard_reason(partner, facts)
        return [hard] if hard else self._get_soft_reasons(partner, facts)

    def _get_hard_reason(self, partner, facts):
        if facts["foreign"]:
            return "company"
        if partner.reminder_mode == "stop":
            return "stop"
        if not facts["new"]:
            return "sent"
        if not facts["ready"] and facts["hold"] in HARD:
            return facts["hold"]
        return False

    def _get_soft_reasons(self, partner, facts):
        level, last = facts["level"], facts["last"]
        by_mail = level.channel == "mail"
        due = float(facts["amount"] or facts["held_amount"])
        pause = partner.reminder_pause_until
        gap = timedelta(days=self.company_id.reminder_gap_days)
        lately = last.get("date") and self.date < last["date"] + gap
        reasons = [
            by_mail and not facts["emails"] and "no_email",
            0 < facts["unapplied"] >= due and "unapplied",
            not facts["ready"] and facts["hold"],
            pause and pause >= self.date and "pause",
            self.scope != "partners" and partner._get_by_hand_reason(self.company_id),
            level.min_amount and due < level.min_amount and "small",
            by_mail and self._all_bounced(facts) and "bounced",
            lately and level.days <= last["level_days"] and "recent",
        ]
        return [reason for reason in reasons if reason]

    @api.model
    def _all_bounced(self, facts):
        return facts["emails"] and facts["emails"] <= facts["last"].get("bounced_emails", set())

    def _get_last_reminders(self, partner_ids):
        """{partner id: last reminder sent: date, days of its level, addresses that bounced}."""
        last = defaultdict(dict)
        for partner, date, level_days, bounced in self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (r.partner_id) r.partner_id, r.sent_date, l.days, (
                       SELECT array_agg(rp.email_normalized)
                         FROM mail_notification n JOIN res_partner rp ON rp.id = n.res_partner_id
                        WHERE n.mail_message_id = r.message_id
                          AND n.notification_status IN ('bounce', 'exception')
                          AND strpos(r.sent_to, rp.email_normalized) > 0)
                  FROM crm_payment_reminder r
                  JOIN crm_payment_reminder_level l ON l.id = r.level_id
                 WHERE r.company_id = %s AND r.state = 'sent' AND r.partner_id = ANY(%s)
              ORDER BY r.partner_id, r.sent_date DESC, r.id DESC
                """,
                self.company_id.id,
                list(partner_ids),
            )
        ):
            emails = {email for email in bounced or () if email}
            last[partner] = {
                "date": date,
                "level_days": level_days,
                "bounced_emails": emails,
                "bounced": ", ".join(sorted(emails)),
            }
        return last


class CrmPaymentReminder(models.Model):
    """Why a reminder is held back, in words, and what cures or overrules it."""

    _inherit = "crm.payment.reminder"

    hold_codes = fields.Char(
        readonly=True, help="Codes of all that holds it back, weightiest first, by commas."
    )
    hold_reason = fields.Selection(
        HOLDS, string="Held Back", compute="_compute_hold_reason", store=True
    )
    hold_text = fields.Char(string="Why", compute="_compute_hold_text")
    is_hard = fields.Boolean(compute="_compute_is_hard")

    def _get_hold_codes(self):
        return (self.hold_codes or "").split(",") if self.hold_codes else []

    @api.depends("hold_codes")
    def _compute_hold_reason(self):
        for reminder in self:
            reminder.hold_reason = next(iter(reminder._get_hold_codes()), False)

    @api.depends("hold_codes")
    def _compute_is_hard(self):
        for reminder in self:
            reminder.is_hard = not HARD.isdisjoint(reminder._get_hold_codes())

    # What a person may overrule -----------------------------------------------

    def _check_may_be_chosen(self, vals):
        cures = {"no_email": {"level_id", "recipient_ids"}, "sent": {"level_id"}}
        for reminder in self.filtered("is_hard"):
            if cures.get(reminder.hold_reason, set()) & set(vals):
                continue
            raise UserError(
                self.env._(
                    "%(customer)s cannot be reminded: %(reason)s",
                    customer=reminder.partner_id.display_name,
                    reason=reminder.hold_text,
                )
            )

    def _hold_anew(self):
        """Another level or address may cure what was held back, or make it so."""
        sent = self.filtered(lambda one: one.hold_reason == "sent")
        for run, reminders in sent.grouped("run_id").items():
            # At a higher level it is these debts' turn again.
            run.with_company(run.company_id)._look_at(reminders)
        for reminder in self - sent:
            old = reminder._get_hold_codes()
            emails = set(reminder.recipient_ids.sudo().mapped("email_normalized")) - {False}
            by_mail = reminder.channel == "mail"
            bounced = set((reminder.bounced_email or "").split(", "))
            codes = ["no_email"] if by_mail and not emails else []
            for code in old:
                cured = code == "bounced" and not (by_mail and emails <= bounced)
                if code != "no_email" and not cured:
                    codes.append(code)
            if codes != old:
                chosen = HARD.isdisjoint(codes) and (not codes or reminder.chosen)
                reminder.write({"hold_codes": ",".join(codes) or False, "chosen": chosen})

    def _stays_chosen(self, codes):
        """Whether it is ticked after another look, which found these reasons to hold it back.

        A tick overrules the reasons that were shown when it was set, no others.
        """
        old = self._get_hold_codes()
        if not old and not self.chosen:
            return False
        if not codes:
            return True
        return bool(old) and self.chosen and HARD.isdisjoint(codes) and set(codes) <= set(old)

    # In words -----------------------------------------------------------------

    @api.depends("hold_codes", "state", "error", "unapplied_amount", "chosen", "decided_level_id")
    @api.depends_context("lang")
    def _compute_hold_text(self):
        for reminder in self:
            reminder.hold_text = reminder.error or reminder._get_hold_text()

    def _get_hold_text(self):
        codes = self._get_hold_codes()
        texts = [self._get_reason_text(code) for code in codes]
        if self.unapplied_amount and self.state == "waiting" and "unapplied" not in codes:
            amount = format_amount(self.env, self.unapplied_amount, self.company_id.currency_id)
            texts.append(self.env._("%s came and is not assigned yet.", amount))
        if self.state == "waiting" and not (self.chosen or codes) and self.decided_level_id:
            texts.append(self.env._("Unticked by a person: left out until the next level."))
        return " ".join(texts)

    def _get_reason_text(self, code):
        """One reason as a sentence."""
        _ = self.env._
        partner, company = self.partner_id.sudo(), self.company_id
        if code == "promise":
            return self._get_promise_text()
        if code == "pause":
            return _(
                "Do not disturb until %(day)s: %(reason)s",
                day=format_date(self.env, partner.reminder_pause_until),
                reason=partner.reminder_pause_reason or "",
            )
        if code == "stop":
            return _("No reminders to this customer: %s", partner.reminder_mode_reason or "")
        amount = format_amount(self.env, self.unapplied_amount, company.currency_id)
        texts = {
            "dispute": _("All debts whose turn has come are disputed."),
            "blocked": _("Accounting has blocked the payment of these invoices."),
            "unapplied": _("%s came and is not assigned to invoices: assign it first.", amount),
            "by_hand": _("Is reminded only if a person chooses so: tick it to send."),
            "person": _(
                "A private person; the company reminds only firms by itself. Tick it to send."
            ),
            "small": _(
                "Less than %s, from which this level begins.",
                format_amount(self.env, self.level_id.min_amount, company.currency_id),
            ),
            "recent": _(
                "Reminded on %(day)s; the company waits %(days)s days between reminders.",
                day=format_date(self.env, self.last_date),
                days=company.reminder_gap_days,
            ),
            "no_email": _(
                "No e-mail: give a contact the role “Payments” and an address, or choose a "
                "call or letter."
            ),
            "bounced": _("The last mail to %s came back.", self.bounced_email),
            "company": _("Belongs to another company, or is one of ours."),
            "sent": _(
                "Reminded of these debts at this level on %s; a higher level may be chosen.",
                format_date(self.env, self.last_date) if self.last_date else "",
            ),
        }
        return texts.get(code, "")

    def _get_promise_text(self):
        promise = self.env["crm.payment.promise"].sudo().search(
            [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id),
             ("state", "=", "open")], order="date desc", limit=1
        )  # fmt: skip
        if not promise:
            return self.env._("A promise to pay was open.")
        return self.env._(
            "Promised %(amount)s until %(day)s.",
            amount=format_amount(self.env, promise.amount, promise.currency_id),
            day=format_date(self.env, promise.date),
        )
