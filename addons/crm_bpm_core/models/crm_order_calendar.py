from odoo import fields, models


class CrmOrderCalendar(models.Model):
    """How much of an ordinary day each calendar day was, for all customers.

    ``activity`` = least(1, customers ordering that day / median of the same
    weekday over the last 52 weeks). Holidays, shared lulls and days on which
    the feed was down do not age anybody's silence.
    Source: the study of recession rules, section 1.
    """

    _name = "crm.order.calendar"
    _description = "Company Order Calendar"
    _order = "day desc"
    _rec_name = "day"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    day = fields.Date(required=True)
    customer_count = fields.Integer(required=True, help="Customers who ordered that day.")
    usual_count = fields.Float(required=True, help="Median of the same weekday, 52 weeks.")
    activity = fields.Float(required=True, help="0 (nobody orders) to 1 (ordinary day).")
    cumulated = fields.Float(required=True, help="Running sum of activity, in activity days.")

    _company_day_uniq = models.UniqueIndex("(company_id, day)")
