from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, format_date

from .crm_payer_discipline import CLASSES

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
HARD = ("dispute", "blocked", "no_email", "company", "sent", "stop")
#: What a person decides about a reminder; a refreshed list keeps it.
DECISIONS = ("chosen", "level_by_hand", "custom_subject", "custom_body")


class CrmPaymentReminder(models.Model):
    """One reminder to one customer: a mail, a call or a letter about all his overdue debts."""

    _name = "crm.payment.reminder"
    _description = "Payment Reminder"
    _order = "amount desc, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "crm.payment.reminder.run", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True,
        readonly=True,
    )  # fmt: skip
    user_id = fields.Many2one(
        "res.users", string="Sender", compute="_compute_user_id", help="Signs, and gets replies."
    )
    payer_class = fields.Selection(CLASSES, string="Payer", readonly=True)
    level_id = fields.Many2one(
        "crm.payment.reminder.level",
        required=True,
        ondelete="restrict",
        domain="[('company_id', '=', company_id)]",
    )
    level_by_hand = fields.Boolean(readonly=True)
    channel = fields.Selection(related="level_id.channel", store=True)
    chosen = fields.Boolean(string="Send", default=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("skipped", "Not sent"),
            ("failed", "Failed"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
    )
    recipient_ids = fields.Many2many(
        "res.partner",
        string="Recipients",
        domain="[('id', 'child_of', partner_id), ('email', '!=', False)]",
        help="Contacts with the role “Payments”, else the invoice address, else the company.",
    )
    recipient_text = fields.Char(string="To", compute="_compute_recipient_text")
    document_ids = fields.One2many("crm.payment.reminder.item", "reminder_id")
    document_count = fields.Integer(string="Debts", readonly=True)
    amount = fields.Monetary(readonly=True, help="Overdue and not held back, in company currency.")
    days = fields.Integer(string="Oldest, Days", readonly=True, aggregator="max")
    unapplied_amount = fields.Monetary(
        string="Not Assigned", readonly=True,
        help="Money and credit notes of the customer that no invoice has taken yet.",
    )  # fmt: skip
    last_date = fields.Date(string="Last Reminded", readonly=True)
    bounced_email = fields.Char(string="Came Back From", readonly=True)
    hold_reason = fields.Selection(HOLDS, string="Held Back", readonly=True)
    hold_text = fields.Char(string="Why", compute="_compute_hold_text")
    is_hard = fields.Boolean(compute="_compute_is_hard")
    lang = fields.Char(compute="_compute_lang")
    message_id = fields.Many2one("mail.message", readonly=True, ondelete="set null")
    activity_id = fields.Many2one("mail.activity", string="Call", readonly=True)
    sent_to = fields.Char(readonly=True, help="Addresses at that time.")
    sent_date = fields.Date(string="Sent On", readonly=True, index="btree_not_null")
    delivery = fields.Char(compute="_compute_delivery")
    error = fields.Char(readonly=True)

    _partner_uniq = models.UniqueIndex("(run_id, partner_id)")

    # Computes -----------------------------------------------------------------

    @api.depends("partner_id.user_id", "run_id.user_id")
    def _compute_user_id(self):
        for reminder in self:
            person = reminder.partner_id.sudo().user_id
            reminder.user_id = person if person.active else reminder.run_id.user_id

    @api.depends("recipient_ids.lang", "partner_id.lang")
    def _compute_lang(self):
        for reminder in self:
            partner = reminder.partner_id.sudo()
            recipient = reminder.recipient_ids.sudo()[:1]
            reminder.lang = recipient.lang or partner.lang or reminder.env.lang

    @api.depends("recipient_ids.name", "recipient_ids.email")
    def _compute_recipient_text(self):
        for reminder in self:
            people = reminder.recipient_ids.sudo()
            reminder.recipient_text = ", ".join(
                one.email if one == reminder.partner_id else one.name or one.email for one in people
            )

    @api.depends("hold_reason")
    def _compute_is_hard(self):
        for reminder in self:
            reminder.is_hard = reminder.hold_reason in HARD

    @api.depends("hold_reason", "state", "error")
    @api.depends_context("lang")
    def _compute_hold_text(self):
        for reminder in self:
            reminder.hold_text = reminder.error or reminder._get_hold_text()

    def _get_hold_text(self):
        _ = self.env._
        partner, company = self.partner_id.sudo(), self.company_id
        reason = self.hold_reason
        if reason == "promise":
            return self._get_promise_text()
        if reason == "pause":
            return _(
                "Do not disturb until %(day)s: %(reason)s",
                day=format_date(self.env, partner.reminder_pause_until),
                reason=partner.reminder_pause_reason or "",
            )
        if reason == "stop":
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
                "Reminded of these debts at this level on %s.",
                format_date(self.env, self.last_date) if self.last_date else "",
            ),
        }
        if reason:
            return texts.get(reason, "")
        if self.unapplied_amount and self.state == "waiting":
            return _("%s came and is not assigned yet.", amount)
        return ""

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

    @api.depends("message_id.notification_ids.notification_status", "activity_id.active", "state")
    def _compute_delivery(self):
        _ = self.env._
        for reminder in self:
            statuses = set(
                reminder.message_id.sudo().notification_ids.mapped("notification_status")
            )
            if reminder.state != "sent":
                reminder.delivery = False
            elif reminder.channel == "call":
                done = not reminder.activity_id.sudo().with_context(active_test=False).active
                reminder.delivery = _("Called") if done else _("Call is planned")
            elif reminder.channel == "letter":
                reminder.delivery = _("Letter is made")
            elif "bounce" in statuses:
                reminder.delivery = _("Came back")
            elif "exception" in statuses:
                reminder.delivery = _("Could not be sent")
            elif waiting := reminder._get_waiting_text():
                reminder.delivery = waiting
            elif statuses <= {"sent", "pending"} and statuses:
                reminder.delivery = _("Mail left")
            else:
                reminder.delivery = _("In the outbox")

    # What a person changes ----------------------------------------------------

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        allowed = {"chosen", "level_id", "recipient_ids", "subject", "body",
                   "custom_subject", "custom_body"}  # fmt: skip
        if set(vals) - allowed:
            raise AccessError(self.env._("Only tick, level, recipients and text are changed."))
        if self.filtered(lambda one: one.state != "waiting"):
            raise UserError(self.env._("It is sent already: nothing can be changed any more."))
        if vals.get("chosen"):
            self._check_may_be_chosen(vals)
        result = super().write(vals)
        if "level_id" in vals:
            self.sudo().write({"level_by_hand": True})
        if {"level_id", "recipient_ids"} & set(vals):
            self.sudo()._hold_anew()
        return result

    def _check_may_be_chosen(self, vals):
        for reminder in self.filtered("is_hard"):
            if reminder.hold_reason == "no_email" and {"level_id", "recipient_ids"} & set(vals):
                continue
            raise UserError(
                self.env._(
                    "%(customer)s cannot be reminded: %(reason)s",
                    customer=reminder.partner_id.display_name,
                    reason=reminder.hold_text,
                )
            )

    def _hold_anew(self):
        """Another channel or address may cure what was held back."""
        for reminder in self:
            emails = reminder.channel != "mail" or reminder.recipient_ids.filtered("email")
            if reminder.hold_reason == "no_email" and emails:
                reminder.write({"hold_reason": False, "chosen": True})
            elif not emails and not reminder.hold_reason:
                reminder.write({"hold_reason": "no_email", "chosen": False})

    def _is_decided(self):
        return (
            self.level_by_hand
            or self.custom_body
            or self.custom_subject
            or self.chosen == bool(self.hold_reason)
        )

    def _get_decisions(self):
        """What a person set, for the refreshed list."""
        values = {name: self[name] for name in DECISIONS}
        if self.level_by_hand:
            values["level_id"] = self.level_id.id
        if self.chosen != bool(self.hold_reason):
            values.pop("chosen")
        return values

    def action_open_form(self):
        """Button: the reminder with its debts and text."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.partner_id.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_reset_text(self):
        """Button: the text of the level again."""
        self.write({"custom_subject": False, "custom_body": False})
        return self.action_open_form()

    def action_choose(self):
        """Button of a list: tick those that may be sent."""
        self.filtered(lambda one: not one.is_hard and one.state == "waiting").write(
            {"chosen": True}
        )

    def action_unchoose(self):
        """Button of a list: untick."""
        self.filtered(lambda one: one.state == "waiting").write({"chosen": False})
