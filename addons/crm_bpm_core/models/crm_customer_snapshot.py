from odoo import fields, models


class CrmCustomerSnapshot(models.Model):
    """How many customers had which status at the end of a night (funnel over time)."""

    _name = "crm.customer.snapshot"
    _description = "Customer Status Snapshot"
    _order = "day desc, id"
    _rec_name = "day"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    day = fields.Date(required=True, index=True)
    status_id = fields.Many2one("crm.customer.status", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Responsible", ondelete="cascade")
    customer_count = fields.Integer(string="Customers")
    arrived_count = fields.Integer(string="Arrived", help="Got this status since the last one.")
    left_count = fields.Integer(string="Left", help="Lost this status since the last one.")
    recession_count = fields.Integer(string="In Recession")
    without_step_count = fields.Integer(string="Without Next Step")
    overdue_call_count = fields.Integer(string="Overdue Calls")

    _uniq = models.UniqueIndex(
        "(company_id, day, status_id, COALESCE(user_id, 0))",
        "There is one snapshot a night, status and responsible.",
    )
