from odoo import fields, models


class CrmTransactionRow(models.Model):
    """A row of a file while it is being imported, and for good when it is bad."""

    _name = "crm.transaction.row"
    _description = "Transaction Import Row"
    _order = "number, id"
    _rec_name = "number"
    _log_access = False

    batch_id = fields.Many2one(
        "crm.transaction.batch", required=True, ondelete="cascade", index=True
    )
    number = fields.Integer(string="Row", help="As the spreadsheet program counts.")
    customer = fields.Char()
    customer_name = fields.Char()
    partner_id = fields.Integer(help="Customer found. No foreign key: lives for seconds.")
    date = fields.Date()
    quantity = fields.Float()
    amount = fields.Float()
    article = fields.Char()
    order_ref = fields.Char(string="Order")
    key = fields.Char()
    error_column = fields.Char(string="Column")
    error_value = fields.Char(string="Value")
    error = fields.Char(string="What Is Wrong")
    error_cure = fields.Char(string="How to Cure It")
