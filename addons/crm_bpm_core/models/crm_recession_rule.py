from odoo import api, fields, models

#: Sensitivity -> factor k of the tolerated silence k * sqrt(7 * usual gap).
SENSITIVITY_FACTORS = {"early": 3.0, "standard": 4.0, "strict": 5.0}


class CrmRecessionRule(models.Model):
    """When a customer's silence or fall in volume becomes an alarm (PK-17, HU-15)."""

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
    season_ids = fields.One2many("crm.recession.season", "rule_id", copy=True)
    respect_holidays = fields.Boolean(
        default=True, help="Public holidays of the company's working hours age nobody's silence."
    )
    user_id = fields.Many2one(
        "res.users", string="Head", help="Who sees and assigns the alarms of this rule."
    )
    alert_ids = fields.One2many("crm.recession.alert", "rule_id")

    @api.depends("sensitivity")
    def _compute_factor(self):
        for rule in self:
            rule.factor = SENSITIVITY_FACTORS.get(rule.sensitivity, rule.factor or 4.0)
