from odoo import fields, models


class ResPartner(models.Model):
    """How the customer orders: figures of the daily ledger, read when shown."""

    _inherit = "res.partner"

    last_order_date = fields.Date(compute="_compute_order_rhythm", search="_search_last_order_date")
    order_gap_days = fields.Float(
        string="Usual Gap",
        compute="_compute_order_rhythm",
        help="Days between the customer's order days, on average over the last 52 weeks.",
    )
    order_silence_days = fields.Integer(
        string="Silent Days",
        compute="_compute_order_rhythm",
        help="Calendar days since the last order.",
    )
    order_week_amount = fields.Float(
        string="Weekly Turnover",
        compute="_compute_order_rhythm",
        help="Average turnover a week over the last 26 weeks, company currency.",
    )
    recession_alert_ids = fields.One2many("crm.recession.alert", "partner_id")
    open_recession_alert_id = fields.Many2one(
        "crm.recession.alert", compute="_compute_open_recession_alert_id"
    )

    def _compute_order_rhythm(self):
        self.last_order_date = False
        self.order_gap_days = self.order_silence_days = self.order_week_amount = 0

    def _search_last_order_date(self, operator, value):
        return NotImplemented

    def _compute_open_recession_alert_id(self):
        self.open_recession_alert_id = False
