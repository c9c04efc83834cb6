from odoo import fields, models


class CrmCustomerStatusHistory(models.Model):
    """One change of a customer's status; written by the system, never edited.

    Every path leaves a row: the form, import and RPC through ``res.partner``'s
    ``write``, promotion rules through their own statement. No group may create,
    change or delete rows.
    """

    _name = "crm.customer.status.history"
    _description = "Customer Status History"
    _order = "date desc, id desc"
    _rec_name = "to_status_id"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True
    )
    from_status_id = fields.Many2one("crm.customer.status", string="From", ondelete="restrict")
    to_status_id = fields.Many2one("crm.customer.status", string="To", ondelete="restrict")
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    user_id = fields.Many2one("res.users", string="Changed by", ondelete="set null")
    rule_id = fields.Many2one(
        "crm.customer.promotion.rule",
        ondelete="set null",
        help="Promotion rule that changed it; empty: changed by hand.",
    )
    run_id = fields.Many2one(
        "crm.nightly.run", string="Sweep", ondelete="set null", index="btree_not_null"
    )
