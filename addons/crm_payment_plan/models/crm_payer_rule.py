from odoo import api, fields, models

from ..lib.payer_discipline import Thresholds

#: Field -> parameter of the formula; shares are per cent in the field.
LIMITS = {
    "grace": "grace",
    "file_grace": "file_grace",
    "lookback_days": "window",
    "min_count": "min_count",
    "strict_late": "strict_late",
    "strict_on_time": "strict_on_time",
    "strict_overdue": "strict_overdue",
    "disloyal_late": "disloyal_late",
    "disloyal_overdue": "disloyal_overdue",
    "disloyal_on_time": "disloyal_on_time",
    "disloyal_on_time_late": "disloyal_on_time_late",
    "tightening": "tightening",
    "tightening_on_time": "tightening_on_time",
    "confirmations": "confirmations",
}
SHARES = {"strict_on_time", "disloyal_on_time", "tightening", "tightening_on_time"}
_DEFAULT = Thresholds()


def _default(name):
    value = getattr(_DEFAULT, name)
    return value * 100 if name in SHARES else value


class CrmPayerRule(models.Model):
    """The limits by which a company calls its payers strict, hesitant or disloyal."""

    _name = "crm.payer.rule"
    _description = "Rule of Payer Discipline"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    origin = fields.Selection(
        [("odoo", "Invoices in Odoo"), ("file", "Files from accounting"), ("both", "Both")],
        string="Debts From",
        default="both",
        required=True,
    )
    tolerance = fields.Monetary(default=1.0, help="Smaller parts of debts do not count.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    lookback_days = fields.Integer(
        string="Looks Back", default=_default("window"), help="Days; open debts count at any age."
    )
    grace = fields.Integer(default=_default("grace"), help="Days late that do not count.")
    file_grace = fields.Integer(
        string="Grace by Files",
        default=_default("file_grace"),
        help="Days that do not count where a weekly file shows the payment up to a week late.",
    )
    min_count = fields.Integer(
        string="Debts Needed", default=_default("min_count"), help="With fewer, nobody is rated."
    )
    strict_late = fields.Float(default=_default("strict_late"), help="Average days late, at most.")
    strict_on_time = fields.Float(
        default=_default("strict_on_time"), help="Per cent of the amount paid on time, at least."
    )
    strict_overdue = fields.Float(
        default=_default("strict_overdue"), help="Days of the oldest overdue debt, at most."
    )
    disloyal_late = fields.Float(
        default=_default("disloyal_late"), help="Average days late, more than."
    )
    disloyal_overdue = fields.Float(
        default=_default("disloyal_overdue"), help="Days of the oldest overdue debt, more than."
    )
    disloyal_on_time = fields.Float(
        default=_default("disloyal_on_time"), help="Per cent paid on time, less than …"
    )
    disloyal_on_time_late = fields.Float(
        default=_default("disloyal_on_time_late"), help="… and average days late, more than."
    )
    tightening = fields.Float(
        default=_default("tightening"),
        help="Per cent by which limits are tighter for somebody who is to rise.",
    )
    tightening_on_time = fields.Float(
        default=_default("tightening_on_time"),
        help="Points by which the share on time must be higher for somebody who is to rise.",
    )
    confirmations = fields.Integer(
        default=_default("confirmations"),
        help="Weeks in a row that must point to another class before it changes.",
    )
    summary = fields.Text(compute="_compute_summary")

    _company_uniq = models.UniqueIndex("(company_id)", "This company has its rule already.")
    _sane = models.Constraint(
        "CHECK (lookback_days > 0 AND grace >= 0 AND file_grace >= 0 AND min_count > 0 "
        "AND confirmations > 0 AND tolerance >= 0 AND tightening >= 0 AND tightening < 100)",
        "Days and amounts cannot be negative; one debt and one week are the least.",
    )
    _ordered = models.Constraint(
        "CHECK (strict_late <= disloyal_late AND strict_overdue <= disloyal_overdue "
        "AND disloyal_on_time <= strict_on_time AND strict_on_time <= 100)",
        "The limits of strict payers must be tighter than those of disloyal ones.",
    )

    @api.depends(*LIMITS)
    def _compute_summary(self):
        _ = self.env._
        for rule in self:
            rule.summary = "\n".join(
                [
                    _(
                        "Strict (green): %(on_time).0f %% of the amount on time, %(late)g days "
                        "late on average at most, nothing overdue for more than %(overdue)g days.",
                        on_time=rule.strict_on_time,
                        late=rule.strict_late,
                        overdue=rule.strict_overdue,
                    ),
                    _(
                        "Disloyal (red): more than %(late)g days late on average, or a debt "
                        "overdue for more than %(overdue)g days, or less than %(on_time).0f %% "
                        "on time and more than %(both)g days late.",
                        late=rule.disloyal_late,
                        overdue=rule.disloyal_overdue,
                        on_time=rule.disloyal_on_time,
                        both=rule.disloyal_on_time_late,
                    ),
                    _("Hesitant (amber): everybody between. Unrated (grey): fewer than %s debts.",
                      rule.min_count),
                ]
            )  # fmt: skip

    @api.model
    def _get_of_company(self, company):
        """The rule of a company; a company without one has the usual limits."""
        rule = self.search([("company_id", "=", company.id)], limit=1)
        return rule or self.new({"company_id": company.id})

    def _get_limits(self):
        self.ensure_one()
        return Thresholds(
            **{
                parameter: self[name] / 100 if name in SHARES else self[name]
                for name, parameter in LIMITS.items()
            }
        )
