from odoo import fields, models


class CrmCustomerPromotionRule(models.Model):
    """When a customer moves to another status by himself (PK-15, HU-14)."""

    _name = "crm.customer.promotion.rule"
    _description = "Customer Promotion Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    trigger = fields.Selection(
        [("orders", "Orders in a window"), ("portal", "Got access to the web store")],
        default="orders",
        required=True,
    )
    from_status_ids = fields.Many2many("crm.customer.status", required=True)
    to_status_id = fields.Many2one("crm.customer.status", required=True, ondelete="cascade")
    order_count = fields.Integer(
        string="More Than",
        default=3,
        help="The customer is promoted when he placed more orders than this in the window.",
    )
    window_days = fields.Integer(
        string="Within Days",
        default=1,
        help="Length of the window in calendar days of the company. 0: ever.",
    )
    start_monitoring = fields.Boolean(
        string="Switch Monitoring On",
        default=True,
        help="The first monitoring call is due one interval of the new status later.",
    )

    _count_positive = models.Constraint(
        "CHECK(order_count >= 0 AND window_days >= 0)",
        "Number of orders and window cannot be negative.",
    )
