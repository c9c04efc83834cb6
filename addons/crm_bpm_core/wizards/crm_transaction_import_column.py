from odoo import api, fields, models


class CrmTransactionImportColumn(models.TransientModel):
    """A column of the file to import, and what it means."""

    _name = "crm.transaction.import.column"
    _description = "Import Transactions: Column"
    _order = "index, id"
    _rec_name = "header"

    wizard_id = fields.Many2one("crm.transaction.import", required=True, ondelete="cascade")
    index = fields.Integer(required=True)
    header = fields.Char(string="Column of the File", readonly=True)
    sample = fields.Char(string="First Values", readonly=True)
    target = fields.Selection(
        [
            ("customer", "Customer"),
            ("customer_name", "Name of a new customer"),
            ("date", "Date"),
            ("quantity", "Quantity"),
            ("amount", "Amount"),
            ("article", "Article"),
            ("order_ref", "Order"),
            ("key", "Key of the row"),
        ],
        string="Is",
    )

    @api.model
    def _get_target_labels(self):
        return dict(self._fields["target"]._description_selection(self.env))
