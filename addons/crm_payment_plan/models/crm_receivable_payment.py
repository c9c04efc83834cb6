from odoo import fields, models


class CrmReceivablePayment(models.Model):
    """What was paid on a debt between two files; never changed, only marked as reversed."""

    _name = "crm.receivable.payment"
    _description = "Payment Seen in a File"
    _order = "date desc, id desc"
    _log_access = False

    item_id = fields.Many2one("crm.receivable.item", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="item_id.currency_id")
    date = fields.Date(required=True)
    amount = fields.Monetary(required=True)
    inferred = fields.Boolean(
        help="The file does not tell the day; it was paid by the day of the file, at most "
        "one file earlier."
    )
    since = fields.Date(
        string="Still Open On", help="Day of the last file before, which showed it as open."
    )
    import_id = fields.Many2one("crm.receivable.import", string="File", ondelete="restrict")
    reversed_import_id = fields.Many2one(
        "crm.receivable.import",
        string="Reversed By",
        ondelete="restrict",
        help="A later file showed the debt as open again.",
    )
