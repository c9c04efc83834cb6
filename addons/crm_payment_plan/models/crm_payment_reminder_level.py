from odoo import api, fields, models

from .crm_payer_discipline import CLASSES

CHANNELS = [
    ("mail", "E-mail"),
    ("call", "Call"),
    ("letter", "Letter (PDF)"),
    ("task", "Task inside the company"),
]
#: Class of the payer -> field that says whether the level is for it.
CLASS_FIELDS = {name: f"for_{name}" for name, _label in CLASSES}


class CrmPaymentReminderLevel(models.Model):
    """A step of reminding: so many days before or after the due date, to whom, and how.

    A debt is reminded of once at each level. Of several levels that are reached at once
    only the last is used, so that a customer does not get the polite notice after the claim.
    """

    _name = "crm.payment.reminder.level"
    _description = "Reminder Level"
    _order = "company_id, days, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    days = fields.Integer(
        required=True,
        default=1,
        aggregator=None,
        help="After the due date; negative: before it. A level before the due date is over "
        "on the day after it.",
    )
    after_days = fields.Integer(
        string="After an Earlier Reminder",
        default=0,
        aggregator=None,
        help="So many days at least since the debt was reminded of at an earlier level; without "
        "an earlier reminder this level is not used. 0: by the due date alone.",
    )
    channel = fields.Selection(CHANNELS, required=True, default="mail")
    template_id = fields.Many2one(
        "mail.template",
        string="Text",
        domain="[('model', '=', 'crm.payment.reminder')]",
        ondelete="restrict",
        help="Of the mail or letter. It is translated like every text of a template: each "
        "customer gets it in his language.",
    )
    task_text = fields.Char(
        string="What to Do",
        translate=True,
        help="Of a task inside the company, as “Stop deliveries on credit”; the customer gets "
        "nothing.",
    )
    task_user_id = fields.Many2one(
        "res.users",
        string="Who Does It",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty: the salesperson of the customer.",
    )
    attach_invoices = fields.Boolean(help="The mail carries a PDF of each invoice in its table.")
    attach_statement = fields.Boolean(
        help="The mail carries the reconciliation statement from the oldest of its debts on."
    )
    copy_responsible = fields.Boolean(
        string="Copy to the Responsible", help="The salesperson gets a copy of the mail."
    )
    min_amount = fields.Monetary(
        string="From Amount", help="Customers who owe less in all are not reminded at this level."
    )
    is_automatic = fields.Boolean(
        string="Automatic",
        help="Sent every night without anybody's look, unless something holds it back.",
    )
    for_strict = fields.Boolean(string="Strict", default=True)
    for_hesitant = fields.Boolean(string="Hesitant", default=True)
    for_disloyal = fields.Boolean(string="Disloyal", default=True)
    for_unrated = fields.Boolean(string="Not Rated", default=True)
    when = fields.Char(compute="_compute_summary", help="The days in words.")
    summary = fields.Char(string="Rule", compute="_compute_summary")

    _min_amount_positive = models.Constraint(
        "CHECK (min_amount >= 0)", "The least amount cannot be negative."
    )
    _after_days_positive = models.Constraint(
        "CHECK (after_days = 0 OR (after_days > 0 AND days > 0))",
        "Days since an earlier reminder cannot be negative, and only a level after the due date "
        "can ask for an earlier one.",
    )
    _template_chosen = models.Constraint(
        "CHECK (channel IN ('call', 'task') OR template_id IS NOT NULL)",
        "Choose the text that is sent: only calls and tasks do without.",
    )
    _task_named = models.Constraint(
        "CHECK (channel <> 'task' OR task_text IS NOT NULL)",
        "Say what is to be done when this level is reached.",
    )

    @api.depends(
        "days", "after_days", "channel", "min_amount", "is_automatic", *CLASS_FIELDS.values()
    )
    def _compute_summary(self):
        _ = self.env._
        labels = dict(get_classes(self.env))
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for level in self:
            level.when = level._get_when()
            classes = [labels[name] for name, field in CLASS_FIELDS.items() if level[field]]
            level.summary = _(
                "%(when)s: %(channel)s to %(who)s%(amount)s, %(how)s.",
                when=level.when,
                channel=channels.get(level.channel, ""),
                who=", ".join(classes) if len(classes) < len(CLASS_FIELDS) else _("everybody"),
                amount=_(", from %s", level.currency_id.format(level.min_amount))
                if level.min_amount
                else "",
                how=_("by itself") if level.is_automatic else _("after a look"),
            )

    def _get_when(self):
        _ = self.env._
        if self.days < 0:
            return _("%s days before the due date", -self.days)
        if not self.days:
            return _("On the due date")
        if not self.after_days:
            return _("%s days after the due date", self.days)
        return _(
            "%(days)s days after the due date, %(after)s after an earlier reminder",
            days=self.days,
            after=self.after_days,
        )

    @api.depends("name", "days")
    def _compute_display_name(self):
        for level in self:
            level.display_name = f"{level.name} ({level.days:+d})" if level.days else level.name

    @api.model
    def _create_ready(self, companies=None):
        """Give companies that have no levels those of the first one; its are data."""
        Level = self.sudo().with_context(active_test=False)
        ready = self.env["crm.payment.reminder.level"].sudo()
        for name in ("notice", "polite", "second", "call", "claim"):
            ready |= (
                self.env.ref(f"crm_payment_plan.reminder_level_{name}", raise_if_not_found=False)
                or ready.browse()
            )
        owned = Level.search([]).company_id
        for company in (companies or self.env["res.company"].sudo().search([])) - owned:
            for level in ready:
                level.copy({"company_id": company.id, "name": level.name})

    @api.model
    def _get_rule_text(self, company):
        """Who gets how many reminders, a sentence a class: shown where levels are chosen."""
        _ = self.env._
        levels = self.search([("company_id", "=", company.id)], order="days")
        lines = []
        for name, label in get_classes(self.env):
            own = levels.filtered(CLASS_FIELDS[name])
            steps = ", ".join(f"{level.days:+d} {level.name}" for level in own)
            lines.append(f"{label}: {steps or _('no reminders')}")
        return "\n".join(lines)


def get_classes(env):
    """Classes of payers with their words in the user's language."""
    return env["crm.payer.discipline"]._fields["payer_class"]._description_selection(env)
