from odoo import fields, models


class CrmRecessionAlert(models.Model):
    """A customer whose orders recede: why, who acts, and how it ended."""

    _name = "crm.recession.alert"
    _description = "Recession Alarm"
    _inherit = ["mail.thread"]
    _order = "base_week_amount desc, id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    rule_id = fields.Many2one("crm.recession.rule", required=True, ondelete="cascade", index=True)
    kind = fields.Selection(related="rule_id.kind", store=True)
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    user_id = fields.Many2one(
        "res.users", string="Responsible", tracking=True, index="btree_not_null"
    )
    alarm_date = fields.Date(required=True)
    state = fields.Selection(
        [
            ("listed", "Listed"),  # found at activation or over the limit: no call yet
            ("open", "To call"),
            ("called", "Called"),
            ("closed", "Closed"),
        ],
        default="open",
        required=True,
        tracking=True,
    )
    # What was seen when the alarm was raised; the explanation is built from it.
    last_order_day = fields.Date(readonly=True)
    order_day_count = fields.Integer(readonly=True, help="Order days in the look-back.")
    gap = fields.Float(readonly=True, help="Usual gap, activity days.")
    silence = fields.Float(readonly=True, help="Silence at the alarm, activity days.")
    silence_days = fields.Integer(readonly=True, help="Silence at the alarm, calendar days.")
    tolerated = fields.Float(readonly=True, help="Limit of the silence, activity days.")
    factor = fields.Float(readonly=True)
    weeks_ordered = fields.Integer(
        readonly=True, help="Weeks with an order among the 26 before the last order."
    )
    week_lines = fields.Float(readonly=True, help="Order lines a week in those 26 weeks.")
    base_week_amount = fields.Float(
        readonly=True, string="Weekly Turnover", help="Turnover a week before, company currency."
    )
    recent_week_amount = fields.Float(
        readonly=True, help="Volume rule: turnover a week in the recent period."
    )
    explanation = fields.Char(compute="_compute_explanation")
    lost_amount = fields.Float(
        compute="_compute_lost_amount", help="Turnover missed since the usual next order."
    )
    # How it ended
    outcome = fields.Selection(
        [
            ("recovered", "Recovered"),
            ("lost", "Lost"),
            ("false_alarm", "False alarm"),
            ("paused", "Pause agreed"),
        ],
        tracking=True,
    )
    outcome_reason = fields.Selection(
        [
            ("pause", "Temporary pause"),
            ("competitor", "Went to a competitor"),
            ("price", "Price"),
            ("quality", "Quality or service"),
            ("closed", "Closed business"),
            ("error", "Error in the data"),
            ("other", "Other"),
        ]
    )
    call_date = fields.Datetime(help="When the first call about it was closed.")
    resumed_date = fields.Date(help="Day of the first order after the alarm.")
    closed_date = fields.Date()
    won_back_amount = fields.Float(
        string="Won Back",
        help="Turnover of the 8 weeks from the first order after a call, company currency.",
    )
    activity_call_id = fields.Many2one("mail.activity", ondelete="set null", string="Call")

    def _compute_explanation(self):
        self.explanation = False

    def _compute_lost_amount(self):
        self.lost_amount = 0.0
