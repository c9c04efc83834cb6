from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: So many are sent at once; more are sent by the scheduler, and the page may be left.
AT_ONCE = 20
SEND_CRON = "crm_payment_plan.ir_cron_payment_reminder"


class CrmPaymentReminderRun(models.Model):
    """A review list: every reminder that would be sent, one a customer, before it is sent.

    The nightly sweep keeps one such list for each company; a person may make others, of what
    became overdue this week or of chosen customers. How debts are found:
    ``crm_payment_reminder_source``; what is made of them: ``crm_payment_reminder_prepare``;
    how they are sent: ``crm_payment_reminder_send``.
    """

    _name = "crm.payment.reminder.run"
    _description = "Payment Reminders to Review"
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade",
        default=lambda self: self.env.company,
    )  # fmt: skip
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True, default=fields.Date.context_today)
    user_id = fields.Many2one("res.users", string="Made By", readonly=True)
    scope = fields.Selection(
        [
            ("due", "Whose turn has come"),
            ("week", "Overdue this week"),
            ("partners", "Chosen customers"),
        ],
        string="What",
        required=True,
        readonly=True,
        default="due",
    )
    partner_ids = fields.Many2many("res.partner", string="Chosen Customers", readonly=True)
    state = fields.Selection(
        [
            ("review", "To review"),
            ("sending", "Sending"),
            ("done", "Sent"),
            ("cancelled", "Dropped"),
        ],
        default="review",
        required=True,
        readonly=True,
    )
    date_sent = fields.Datetime(string="Sent", readonly=True)
    reminder_ids = fields.One2many("crm.payment.reminder", "run_id", string="Customers to Remind")
    reminder_count = fields.Integer(compute="_compute_counts", string="Customers")
    ready_count = fields.Integer(compute="_compute_counts", string="To Send")
    held_count = fields.Integer(compute="_compute_counts", string="Held Back")
    sent_count = fields.Integer(compute="_compute_counts", string="Already Sent")
    failed_count = fields.Integer(compute="_compute_counts", string="Failed")
    ready_amount = fields.Monetary(compute="_compute_counts", string="Sum to Remind Of")
    letter_count = fields.Integer(compute="_compute_counts", string="Letters")
    progress = fields.Float(compute="_compute_counts", help="Per cent of what was chosen.")
    unknown_count = fields.Integer(
        string="Debts of Unknown Firms",
        readonly=True,
        help="Overdue debts of files whose firm is no customer yet: nobody can be reminded.",
    )
    rule_text = fields.Text(string="Who Gets What", compute="_compute_rule_text")

    _one_open_uniq = models.UniqueIndex(
        "(company_id) WHERE scope = 'due' AND state IN ('review', 'sending')",
        "There is a review list already.",
    )

    @api.depends("scope", "date", "partner_ids")
    def _compute_name(self):
        labels = dict(self._fields["scope"]._description_selection(self.env))
        for run in self:
            run.name = labels[run.scope]
            if run.scope == "partners" and len(run.partner_ids) == 1:
                run.name = run.partner_ids.sudo().display_name

    @api.depends("name", "date")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.name} · {fields.Date.to_string(run.date)}"

    @api.depends("reminder_ids.state", "reminder_ids.chosen", "reminder_ids.amount")
    def _compute_counts(self):
        Reminder = self.env["crm.payment.reminder"]
        Reminder.flush_model()
        rows = Reminder._read_group(
            [("run_id", "in", self.ids)],
            ["run_id", "state", "chosen", "channel"],
            ["__count", "amount:sum"],
        )
        for run in self:
            own = [row[1:] for row in rows if row[0] == run]
            if run != run._origin:
                # A form that is being edited: what is ticked in it counts at once.
                own = [(one.state, one.chosen, one.channel, 1, one.amount)
                       for one in run.reminder_ids]  # fmt: skip
            count = {
                state: sum(row[3] for row in own if row[0] == state)
                for state in ("waiting", "sent", "failed", "skipped")
            }
            run.reminder_count = sum(row[3] for row in own)
            ready = [row for row in own if row[0] == "waiting" and row[1]]
            run.ready_count = sum(row[3] for row in ready)
            run.ready_amount = sum(row[4] for row in ready)
            run.held_count = count["waiting"] - run.ready_count
            run.sent_count, run.failed_count = count["sent"], count["failed"]
            run.letter_count = sum(row[3] for row in own if row[0] == "sent" and row[2] == "letter")
            worked = count["sent"] + count["failed"] + count["skipped"]
            total = worked + run.ready_count
            run.progress = 100 * worked / total if total else 0

    @api.depends("company_id")
    def _compute_rule_text(self):
        Level = self.env["crm.payment.reminder.level"]
        texts = {company: Level._get_rule_text(company) for company in self.company_id}
        for run in self:
            run.rule_text = texts.get(run.company_id)

    # Making a list ------------------------------------------------------------

    @api.model
    def _check_may_send(self):
        if not (self.env.su or self.env.user.has_group("crm_payment_plan.group_reminder_user")):
            raise AccessError(
                self.env._(
                    "Reminders are sent by those with the right “Payment reminders: Send”. "
                    "The administrator gives it."
                )
            )

    @api.model
    def action_overdue_week(self):
        """Button “Remind of all overdue this week”: a list of its own, to review and send."""
        self._check_may_send()
        return self._make("week")._open_form()

    @api.model
    def _remind_partners(self, partners):
        """A list of chosen customers with all that they have overdue."""
        self._check_may_send()
        partners = partners.commercial_partner_id
        if not partners:
            raise UserError(self.env._("Choose customers or debts of customers first."))
        partners.check_access("read")
        return self._make("partners", partners)._open_form()

    @api.model
    def _make(self, scope, partners=None):
        run = self.sudo().create(
            {
                "scope": scope,
                "date": self.env.company._get_local_today(),
                "user_id": self.env.uid,
                "partner_ids": partners.ids if partners else False,
            }
        )
        run._prepare()
        return run.sudo(self.env.su)

    def _open_form(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment Reminders"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def write(self, vals):
        # A form saves the ticks of its reminders; all else is written by the product.
        if not self.env.su and set(vals) - {"reminder_ids"}:
            raise AccessError(self.env._("Lists of reminders are made and sent by their buttons."))
        return super().write(vals)

    # Buttons ------------------------------------------------------------------

    def action_refresh(self):
        """Button: look at the debts again; what was unticked or edited stays so."""
        self.ensure_one()
        self._check_may_send()
        self._check_state("review")
        self.sudo()._prepare()

    def action_send(self):
        """Button: send all that is ticked; many are sent in the background."""
        self.ensure_one()
        self._check_may_send()
        self._check_state("review", "sending")
        if self.state == "review" and not self.ready_count:
            raise UserError(self.env._("Nothing is ticked: tick the customers to remind."))
        self.sudo().write({"state": "sending", "user_id": self.env.uid})
        if self._takes_long():
            self.env.ref(SEND_CRON).sudo()._trigger()
            return
        self.sudo()._send_chosen()

    def _takes_long(self):
        """Whether it is sent in the background: so much that nobody should wait for it."""
        return self.ready_count > AT_ONCE

    def _keeps_each(self):
        """Whether each reminder is a transaction of its own: it takes long to make."""
        return False

    def action_cancel(self):
        """Button: send nothing of this list."""
        self._check_may_send()
        self._check_state("review")
        self.sudo().write({"state": "cancelled"})

    def action_view_reminders(self):
        """Button: the reminders of this list, to search and filter."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_payment_plan.crm_payment_reminder_action"
        )
        return {**action, "domain": [("run_id", "=", self.id)], "context": {}}

    def action_view_unknown(self):
        """Button: overdue debts of firms that are no customers yet."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_payment_plan.crm_receivable_action"
        )
        return {**action, "context": {"search_default_overdue": 1, "search_default_unmatched": 1}}

    def action_print_letters(self):
        """Button: the letters that were made, in one file."""
        self.ensure_one()
        self._check_may_send()
        content = self.sudo()._get_letters_pdf()
        if not content:
            raise UserError(self.env._("No letters were made in this list."))
        file = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": self.env._("Letters %s.pdf", fields.Date.to_string(self.date)),
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{file.id}?download=true",
            "target": "new",
        }

    def _check_state(self, *states):
        for run in self:
            if run.state not in states:
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(run)s: “%(state)s” already. Make a new list.",
                        run=run.display_name,
                        state=labels[run.state],
                    )
                )

    @api.model
    def _load_demo_reminders(self):
        """Demo data: promises, a dispute and a list to review; called by the demo file only."""
        from ..demo.reminders import DemoReminders  # the story is no part of a running product

        DemoReminders(self.env).tell()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if self.reminder_ids.filtered(lambda reminder: reminder.state == "sent"):
            raise UserError(
                self.env._("What was sent stays: it says which debts were reminded of, and when.")
            )
