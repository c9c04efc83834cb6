import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

#: Sensitivity -> factor k of the tolerated silence k * sqrt(7 * usual gap).
SENSITIVITY_FACTORS = {"early": 3.0, "standard": 4.0, "strict": 5.0}

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class CrmRecessionRule(models.Model):
    """When a customer's silence or fall in volume becomes an alarm (PK-17, HU-15).

    Silence: an alarm is raised when the customer has been silent for longer than
    ``factor * sqrt(7 * usual gap)`` activity days, i.e. the rarer he orders, the
    fewer of his usual gaps he is waited for. Volume: he still orders, but buys
    far less than his norm. Source: the study of recession rules, sections 1 and 7.

    Nothing happens while a rule is a trial. When it is switched on, only
    customers who crossed their limit lately are called; all others are listed.
    """

    _name = "crm.recession.rule"
    _description = "Recession Rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    kind = fields.Selection(
        [("silence", "Silence: stopped ordering"), ("volume", "Volume: buys much less")],
        default="silence",
        required=True,
    )
    state = fields.Selection(
        [("draft", "Trial"), ("on", "Switched on"), ("paused", "Paused")],
        default="draft",
        required=True,
        tracking=True,
        copy=False,
    )
    activation_date = fields.Date(copy=False, readonly=True)
    first_night = fields.Date(
        copy=False,
        readonly=True,
        help="First night after switching on, when only customers who crossed their limit "
        "lately are called.",
    )
    last_night = fields.Date(
        copy=False, readonly=True, help="Last night in which the rule was applied."
    )
    domain = fields.Char(
        default="[]", string="Customers", help="Which customers the rule watches. Empty: all."
    )
    sensitivity = fields.Selection(
        [("early", "Early"), ("standard", "Standard"), ("strict", "Strict"), ("custom", "Own")],
        default="standard",
        required=True,
        tracking=True,
    )
    factor = fields.Float(
        compute="_compute_factor",
        store=True,
        readonly=False,
        precompute=True,
        digits=(4, 2),
        tracking=True,
        help="k in: tolerated silence = k * sqrt(7 * usual gap), in activity days.",
    )
    # Who is watched
    lookback_days = fields.Integer(default=364, help="Length of the history looked at, days.")
    min_order_days = fields.Integer(default=6, help="Least number of days with an order.")
    min_tenure_days = fields.Integer(
        default=91, help="Least days between the first and the last order."
    )
    max_gap_days = fields.Float(default=45, help="Customers who order more rarely are left out.")
    max_silence_days = fields.Float(default=182, help="After this silence it is a lost customer.")
    cooldown_days = fields.Integer(default=28, help="No second alarm within so many days.")
    activation_window_days = fields.Integer(
        default=14,
        help="When the rule is switched on, only customers who crossed the limit within so "
        "many days are called; the others are listed.",
    )
    daily_limit = fields.Integer(
        default=20, help="Most alarms of a day that become calls, dearest first. 0: no limit."
    )
    # Volume
    volume_share = fields.Float(
        default=40.0, help="Alarm when the recent purchases are below this % of the norm."
    )
    volume_swings = fields.Float(
        default=2.0, help="... and the fall is more than so many of the customer's usual swings."
    )
    recent_days = fields.Integer(default=56, help="Recent period of the volume rule, days.")
    norm_days = fields.Integer(default=182, help="Period before it that is the norm, days.")
    run_weekday = fields.Selection(
        WEEKDAYS,
        default="0",
        required=True,
        string="Looked At On",
        help="The volume rule looks once a week, in the night to this day.",
    )
    season_ids = fields.One2many("crm.recession.season", "rule_id", copy=True)
    respect_holidays = fields.Boolean(
        default=True, help="Public holidays of the company's working hours age nobody's silence."
    )
    user_id = fields.Many2one(
        "res.users", string="Head", help="Who sees and assigns the alarms of this rule."
    )
    alert_ids = fields.One2many("crm.recession.alert", "rule_id")
    open_alert_count = fields.Integer(compute="_compute_open_alert_count", string="Open Alarms")

    _factor_positive = models.Constraint(
        "CHECK(factor > 0)", "The factor of the tolerated silence must be above zero."
    )
    _history_sensible = models.Constraint(
        "CHECK(lookback_days > 0 AND min_order_days >= 2 AND min_tenure_days >= 1)",
        "A rhythm needs a look-back, at least two order days and a day between them.",
    )
    _limits_positive = models.Constraint(
        "CHECK(daily_limit >= 0 AND cooldown_days >= 0 AND activation_window_days >= 0 "
        "AND max_gap_days > 0 AND max_silence_days > 0)",
        "Limits cannot be negative; longest gap and silence must be above zero.",
    )
    _volume_sensible = models.Constraint(
        "CHECK(volume_share > 0 AND volume_share < 100 AND volume_swings >= 0 "
        "AND recent_days >= 7 AND norm_days >= 28)",
        "Volume: the share lies between 0 and 100 %, the recent period is at least 7 days "
        "and the norm at least 28.",
    )

    @api.depends("sensitivity")
    def _compute_factor(self):
        for rule in self:
            rule.factor = SENSITIVITY_FACTORS.get(rule.sensitivity, rule.factor or 4.0)

    def _compute_open_alert_count(self):
        counts = dict(
            self.env["crm.recession.alert"]._read_group(
                [("rule_id", "in", self.ids), ("state", "!=", "closed")], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.open_alert_count = counts.get(rule, 0)

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            try:
                rule._get_partner_domain().validate(self.env["res.partner"])
            except (ValueError, SyntaxError, TypeError, KeyError) as error:
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s: the filter of customers cannot be read (%(error)s). "
                        "Choose it anew in the field Customers.",
                        rule=rule.name,
                        error=error,
                    )
                ) from error

    def _get_partner_domain(self):
        """Filter of customers as a Domain on ``res.partner``."""
        self.ensure_one()
        return Domain(ast.literal_eval(self.domain or "[]"))

    def action_switch_on(self):
        """From the next night on, alarms are raised and calls are planned.

        On the first night only customers who crossed their limit within the
        activation window are called, so that nobody is flooded.
        """
        self._check_head()
        self.filtered(lambda rule: rule.state != "on").write(self._prepare_switch_on_values())
        return True

    def _prepare_switch_on_values(self):
        return {
            "state": "on",
            "activation_date": fields.Date.context_today(self),
            "first_night": False,
            "last_night": False,
        }

    def action_pause(self):
        """No new alarms until switched on again; open ones are followed on."""
        self._check_head()
        self.filtered(lambda rule: rule.state == "on").state = "paused"
        return True

    def action_set_sensitivity(self, sensitivity):
        """Choose early, standard or strict (from the comparison on the own history)."""
        self._check_head()
        if sensitivity not in SENSITIVITY_FACTORS:
            raise UserError(
                self.env._("Sensitivity is one of: %s.", ", ".join(SENSITIVITY_FACTORS))
            )
        self.sensitivity = sensitivity
        return True

    def _check_head(self):
        """Switches of rules belong to the head: whoever may write the rule."""
        self.check_access("write")

    def action_open_alerts(self):
        """The alarms of this rule."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_bpm_core.crm_recession_alert_action"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_open_backtest(self):
        """Compare early, standard and strict on the company's own history."""
        self.ensure_one()
        wizard = self.env["crm.recession.backtest"].create({"rule_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Back-test on your own history"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
