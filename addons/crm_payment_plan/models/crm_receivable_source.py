from odoo import api, fields, models


class CrmReceivableSource(models.Model):
    """Where files of debts come from: one report of one accounting program.

    A full file of a source shows all its debts, so that what is missing in the next one
    was paid; files of another source say nothing of them.
    """

    _name = "crm.receivable.source"
    _description = "Source of Debt Files"
    _order = "name, id"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("ageing", "Debts by age"),
            ("statement", "Statement of settlements"),
            ("trial_balance", "Trial balance of the account"),
            ("table", "Table, a line per document"),
        ],
        required=True,
        default="table",
        help="Statements and trial balances show what a customer owes in all, without "
        "documents and due dates: they do not rate payers.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Currency of amounts whose currency the file does not say.",
    )
    payment_days = fields.Integer(
        string="Days to Pay",
        help="For files without due dates: a document is due so many days after its date. "
        "0: not known; such a debt becomes due when the report calls it overdue.",
    )
    layout_ids = fields.One2many("crm.receivable.layout", "source_id", string="Known Layouts")
    import_ids = fields.One2many("crm.receivable.import", "source_id", string="Files")
    last_date = fields.Date(
        string="Last File",
        compute="_compute_last_date",
        help="Day of the figures of the newest file applied; older ones are refused.",
    )

    _payment_days_positive = models.Constraint(
        "CHECK (payment_days >= 0)", "Days to pay cannot be negative."
    )

    @api.depends("import_ids.state", "import_ids.date")
    def _compute_last_date(self):
        applied = self.env["crm.receivable.import"]._read_group(
            [("source_id", "in", self.ids), ("state", "=", "done")], ["source_id"], ["date:max"]
        )
        dates = {source.id: date for source, date in applied}
        for source in self:
            source.last_date = dates.get(source.id, False)
