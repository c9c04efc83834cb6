from odoo import fields, models


class CrmCustomerStatusHistory(models.Model):
    """One change of a customer's status; written by the system, never edited."""

    _name = "crm.customer.status.history"
    _description = "Customer Status History"
    _order = "date desc, id desc"
    _rec_name = "to_status_id"

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    from_status_id = fields.Many2one("crm.customer.status", ondelete="restrict")
    to_status_id = fields.Many2one("crm.customer.status", ondelete="restrict")
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    user_id = fields.Many2one("res.users", ondelete="set null")
    rule_id = fields.Many2one("crm.customer.promotion.rule", ondelete="set null")
    run_id = fields.Many2one("crm.nightly.run", ondelete="set null")
