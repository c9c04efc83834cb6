from odoo import api, fields, models


class CrmOrderDay(models.Model):
    """Daily order ledger: what a customer bought on a day.

    One row a company, commercial partner and day of the company's calendar. It
    is derived from confirmed sales orders (less posted credit notes) and from
    imported transactions, kept up to date incrementally through
    ``crm.order.day.queue`` and can be rebuilt and verified at any time.
    """

    _name = "crm.order.day"
    _description = "Daily Order Ledger"
    _order = "day desc, id desc"
    _rec_name = "day"
    _log_access = False  # derived rows: audit columns would only make it larger

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True
    )
    day = fields.Date(required=True)
    order_count = fields.Integer(string="Orders", required=True)
    line_count = fields.Integer(string="Lines", required=True)
    quantity = fields.Float(required=True)
    amount = fields.Float(
        required=True,
        help="Turnover of the day without tax, less credit notes, company currency.",
    )

    _company_partner_day_uniq = models.UniqueIndex("(company_id, partner_id, day)")
    _day_brin_idx = models.Index("USING brin (day)")

    @api.model
    def _rebuild(self, companies):
        """Derive the whole ledger of these companies anew."""
