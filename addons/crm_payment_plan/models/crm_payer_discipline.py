from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, format_date

from ..lib.payer_discipline import disloyal_reasons

CLASSES = [
    ("strict", "Strict payer"),
    ("hesitant", "Hesitant payer"),
    ("disloyal", "Disloyal payer"),
    ("unrated", "Not rated"),
]
OVERRIDE_DAYS, OVERRIDE_MAX_DAYS = 90, 365


class CrmPayerDiscipline(models.Model):
    """How punctually a customer pays a company: class, figures, and why.

    The nightly sweep writes it: see ``crm_payer_discipline_run``. People may only set
    another class for a limited time, with a reason; the computed one stays beside it.
    """

    _name = "crm.payer.discipline"
    _description = "Payer Discipline"
    _order = "overdue_amount desc, id"
    _rec_name = "partner_id"
    _log_access = False  # written for all customers every night; the history tells when

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Responsible")
    payer_class = fields.Selection(
        CLASSES, string="Class", required=True, default="unrated", readonly=True,
        help="What everybody sees: the class set by hand while it is valid, else the computed one."
    )  # fmt: skip
    computed_class = fields.Selection(
        CLASSES, required=True, default="unrated", readonly=True, help="Confirmed over weeks."
    )
    class_date = fields.Date(string="Class Since", readonly=True)
    pending_class = fields.Selection(CLASSES, string="Points To", readonly=True)
    pending_count = fields.Integer(string="Weeks in a Row", readonly=True)
    week_date = fields.Date(string="Last Weekly Run", readonly=True)
    figures_date = fields.Date(string="Figures Of", readonly=True)
    debt_count = fields.Integer(string="Debts", readonly=True, aggregator=None)
    days_late = fields.Float(
        digits=(16, 1), readonly=True, aggregator="avg",
        help="Average over the amounts, less the grace."
    )  # fmt: skip
    on_time = fields.Float(readonly=True, aggregator="avg", help="Share of the amount.")
    on_time_count = fields.Float(
        string="On Time, by Number", readonly=True, aggregator="avg", help="Share of the debts."
    )
    max_overdue = fields.Integer(
        string="Oldest Overdue", readonly=True, aggregator="max", help="Days."
    )
    overdue_amount = fields.Monetary(string="Overdue", readonly=True)
    days_early = fields.Float(digits=(16, 1), readonly=True, aggregator=None)
    score = fields.Integer(
        readonly=True, aggregator=None, help="0 to 100; 80 is payment on the day, more is earlier."
    )
    written_off = fields.Boolean(readonly=True, help="A debt of the last year was written off.")
    override_class = fields.Selection(CLASSES[:3], string="Set by Hand", readonly=True)
    override_reason = fields.Char(readonly=True)
    override_until = fields.Date(readonly=True)
    override_user_id = fields.Many2one("res.users", string="Set By", readonly=True)
    override_note = fields.Char(compute="_compute_override_note")
    explanation = fields.Text(compute="_compute_explanation")
    history_ids = fields.One2many("crm.payer.discipline.history", "discipline_id")

    _company_partner_uniq = models.UniqueIndex("(company_id, partner_id)")
    _class_idx = models.Index("(company_id, payer_class)")

    @api.depends("partner_id", "payer_class")
    def _compute_display_name(self):
        labels = dict(self._fields["payer_class"]._description_selection(self.env))
        for payer in self:
            payer.display_name = f"{payer.partner_id.display_name}: {labels[payer.payer_class]}"

    @api.depends("override_class", "override_reason", "override_until", "override_user_id")
    def _compute_override_note(self):
        labels = dict(self._fields["payer_class"]._description_selection(self.env))
        for payer in self:
            payer.override_note = payer.override_class and self.env._(
                "Set by %(user)s until %(until)s: %(reason)s. By its payments: %(computed)s.",
                user=payer.override_user_id.name,
                until=format_date(self.env, payer.override_until),
                reason=payer.override_reason,
                computed=labels[payer.computed_class],
            )

    @api.depends("computed_class", "debt_count", "days_late", "on_time", "pending_class")
    def _compute_explanation(self):
        rules = {}
        for payer in self:
            company = payer.company_id
            if company not in rules:
                rules[company] = self.env["crm.payer.rule"].sudo()._get_of_company(company)
            payer.explanation = "\n".join(
                payer._get_explanation_lines(rules[company]) + payer._get_promise_lines()
            )

    def _get_promise_lines(self):
        """What the customer promised within a year, and whether he kept it."""
        counts = self.env["crm.payment.promise"]._count_by_state(self.partner_id, self.company_id)
        text = self.partner_id._get_promise_summary(counts.get(self.partner_id.id, {}))
        return [self.env._("Promises to pay of the last year: %s.", text)] if text else []

    def _get_explanation_lines(self, rule):
        """Why the computed class is what it is, a sentence a line."""
        self.ensure_one()
        _ = self.env._
        labels = dict(self._fields["payer_class"]._description_selection(self.env))
        limits = rule._get_limits()
        if self.debt_count < limits.min_count:
            return [
                _(
                    "Not rated: %(count)s debts became due in the last %(days)s days, at least "
                    "%(least)s are needed.",
                    count=self.debt_count,
                    days=limits.window,
                    least=limits.min_count,
                )
            ]
        lines = [
            _(
                "%(count)s debts due in the last %(days)s days, or overdue now.",
                count=self.debt_count,
                days=limits.window,
            ),
            _(
                "%(share).0f %% of the amount was paid on time (strict: at least %(least).0f %%).",
                share=self.on_time * 100,
                least=limits.strict_on_time * 100,
            ),
            _(
                "%(late).1f days late on average, grace taken off (strict: at most %(most)g).",
                late=self.days_late,
                most=limits.strict_late,
            ),
        ]
        if self.max_overdue:
            lines.append(
                _(
                    "The oldest open debt is overdue for %(days)s days (strict: at most %(most)g, "
                    "disloyal: more than %(limit)g); %(amount)s overdue in all.",
                    days=self.max_overdue,
                    most=limits.strict_overdue,
                    limit=limits.disloyal_overdue,
                    amount=format_amount(self.env, self.overdue_amount, self.currency_id),
                )
            )
        else:
            lines.append(_("Nothing is overdue."))
        lines += [
            self._get_reason_text(reason)
            for reason in disloyal_reasons(self._get_figures(), limits)
        ]
        if self.written_off:
            lines.append(_("A debt was written off in the last year."))
        if self.pending_class:
            lines.append(
                _(
                    "The figures point to “%(label)s” (%(count)s of %(needed)s weeks).",
                    label=labels[self.pending_class],
                    count=self.pending_count,
                    needed=limits.confirmations,
                )
            )
        return lines

    def _get_reason_text(self, reason):
        _ = self.env._
        return {
            "late": _("Disloyal, as the average delay is over the limit."),
            "overdue": _("Disloyal, as a debt is overdue for too long."),
            "on_time": _("Disloyal, as less than half comes on time, and that late."),
        }[reason]

    # Set by hand --------------------------------------------------------------

    def action_override(self):
        """Button: set another class for some time, with a reason."""
        self.ensure_one()
        self._check_may_override()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set the Class by Hand"),
            "res_model": "crm.payer.discipline.override",
            "view_mode": "form",
            "target": "new",
            "context": {"default_discipline_id": self.id},
        }

    def action_end_override(self):
        """Button: the computed class counts again."""
        self._check_may_override()
        self.sudo()._set_override(False, False, False)

    def action_view_debts(self):
        """Button: the open debts behind the figures, for accountants."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_payment_plan.crm_receivable_action"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.partner_id.id)],
            "context": {"search_default_overdue": 1},
        }

    @api.model
    def _check_may_override(self):
        user = self.env.user
        if not (
            self.env.su
            or user.has_group("account.group_account_manager")
            or user.has_group("crm_bpm_core.group_head")
        ):
            raise AccessError(
                self.env._("Only the head of sales and the chief accountant may set the class.")
            )

    def _set_override(self, override_class, reason, until):
        """Set or end (False) a class by hand; the history keeps both."""
        self.ensure_one()
        today = self.company_id._get_local_today()
        if override_class:
            if not (reason or "").strip():
                raise UserError(self.env._("Say why: the reason is shown with the class."))
            if not until or not today <= until <= today + timedelta(days=OVERRIDE_MAX_DAYS):
                raise UserError(
                    self.env._("A class set by hand ends within a year from today; choose a day.")
                )
        old = self.payer_class
        new = override_class or self.computed_class
        self.write(
            {
                "override_class": override_class,
                "override_reason": override_class and reason.strip(),
                "override_until": override_class and until,
                "override_user_id": override_class and self.env.uid,
                "payer_class": new,
                "class_date": self.class_date if new == old else today,
            }
        )
        event = "override" if override_class else "override_end"
        self._add_history({self.id: event}, today)
        self._map_to_trust(self.ids)
        self._on_class_changed({self.id: old} if new != old else {})
