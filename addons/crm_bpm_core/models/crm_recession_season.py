from odoo import fields, models


class CrmRecessionSeason(models.Model):
    """Days of the year that age nobody's silence: holidays, dead season."""

    _name = "crm.recession.season"
    _description = "Recession Rule: Quiet Season"
    _order = "month_from, day_from"

    rule_id = fields.Many2one("crm.recession.rule", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True)
    day_from = fields.Integer(required=True, default=1)
    month_from = fields.Integer(required=True, default=1)
    day_to = fields.Integer(required=True, default=8)
    month_to = fields.Integer(required=True, default=1)
