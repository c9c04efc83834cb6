from odoo import fields, models


class CrmReceivableRow(models.Model):
    """A line of a file of debts and what it changes against the last file.

    Lines that change nothing are forgotten when the file is applied.
    """

    _name = "crm.receivable.row"
    _description = "Change by a Debt File"
    _order = "change, id"
    _rec_name = "document"
    _log_access = False

    import_id = fields.Many2one(
        "crm.receivable.import", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="import_id.company_id")
    number = fields.Integer(string="Row", help="As the spreadsheet program counts.")
    name = fields.Char(string="Firm in the File")
    tax_id = fields.Char(string="Tax ID")
    ref = fields.Char(string="Reference")
    firm_key = fields.Char()
    name_key = fields.Char()
    tax_key = fields.Char()
    contract = fields.Char()
    document = fields.Char()
    doc_number = fields.Char()
    date = fields.Date()
    due_date = fields.Date()
    due_source = fields.Char()
    paid_date = fields.Date()
    amount = fields.Monetary()
    open_amount = fields.Monetary(string="Open Now")
    currency_id = fields.Many2one("res.currency")
    disputed = fields.Boolean()
    key = fields.Char()
    firm_id = fields.Many2one("crm.receivable.firm", ondelete="cascade")
    partner_id = fields.Many2one(related="firm_id.partner_id", string="Customer")
    item_id = fields.Many2one("crm.receivable.item", ondelete="cascade")
    rate = fields.Float(default=1.0, digits=0)
    old_open = fields.Monetary(string="Last Week")
    difference = fields.Monetary()
    change = fields.Selection(
        [
            ("new", "New"),
            ("grown", "Grown"),
            ("partial", "Paid in part"),
            ("paid", "Paid"),
            ("gone", "Gone: paid"),
            ("settled", "Settled before"),
            ("unchanged", "Unchanged"),
        ]
    )

    _import_change_idx = models.Index("(import_id, change)")
