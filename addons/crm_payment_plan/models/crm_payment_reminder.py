from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .crm_payer_discipline import CLASSES


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
    recipients_by_hand = fields.Boolean(
        readonly=True, help="A person chose the recipients: another look at the list keeps them."
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
            elif reminder.channel == "task":
                done = not reminder.activity_id.sudo().with_context(active_test=False).active
                reminder.delivery = _("Done") if done else _("Task is planned")
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
        if "recipient_ids" in vals:
            self.sudo().write({"recipients_by_hand": True})
        self.sudo()._remember_decision()
        if {"level_id", "recipient_ids"} & set(vals):
            self.sudo()._hold_anew()
        return result

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
