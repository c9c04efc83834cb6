from odoo import api, fields, models


class CrmReceivableImportColumn(models.Model):
    """A column of a file whose headings were not known, and what it means."""

    _name = "crm.receivable.import.column"
    _description = "Debt File: Column"
    _order = "index, id"
    _rec_name = "header"

    import_id = fields.Many2one("crm.receivable.import", required=True, ondelete="cascade")
    index = fields.Integer(required=True)
    header = fields.Char(string="Column of the File", readonly=True)
    sample = fields.Char(string="First Values", readonly=True)
    target = fields.Selection(
        [
            ("customer", "Customer's name"),
            ("tax_id", "Tax ID"),
            ("ref", "Customer's reference"),
            ("document", "Document"),
            ("contract", "Contract"),
            ("date", "Date of the document"),
            ("due_date", "Due date"),
            ("amount", "Amount of the document"),
            ("paid", "Paid"),
            ("open", "Open amount"),
            ("currency", "Currency"),
            ("paid_date", "Day of payment"),
            ("disputed", "Disputed"),
        ],
        string="Is",
    )

    @api.model
    def _get_target_labels(self):
        return dict(self._fields["target"]._description_selection(self.env))
