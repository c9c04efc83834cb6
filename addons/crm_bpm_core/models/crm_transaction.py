from odoo import fields, models


class CrmTransaction(models.Model):
    """One line of sales history that came from outside (CSV, Excel, RPC).

    It feeds the daily ledger beside confirmed sales orders, so that customers
    are watched from the first day on the history of the previous system.
    """

    _name = "crm.transaction"
    _description = "Imported Transaction"
    _order = "date desc, id desc"
    _rec_name = "article"
    _log_access = False  # millions of rows; import_id tells who and when

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    date = fields.Date(required=True, help="Day of the transaction, company time.")
    order_ref = fields.Char(
        string="Order",
        help="Number of the order or basket; lines of one day without it are one order.",
    )
    article = fields.Char()
    quantity = fields.Float(help="Negative for a return.")
    amount = fields.Float(help="Without tax, company currency. Negative for a return.")
    key = fields.Char(
        required=True, help="Identity of the line; importing it again changes nothing."
    )
    import_id = fields.Many2one("crm.transaction.batch", ondelete="cascade", index=True)

    _key_uniq = models.UniqueIndex("(company_id, key)", "This transaction is there already.")
    _partner_day_idx = models.Index("(company_id, partner_id, date)")


class CrmTransactionBatch(models.Model):
    """One import of transactions: who, when, from which file, with what result."""

    _name = "crm.transaction.batch"
    _description = "Transaction Import"
    _order = "id desc"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    row_count = fields.Integer()
    created_count = fields.Integer(string="New")
    duplicate_count = fields.Integer(string="Known Already")
    error_count = fields.Integer(string="Errors")
