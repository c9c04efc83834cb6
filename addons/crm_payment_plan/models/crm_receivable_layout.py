from odoo import fields, models


class CrmReceivableLayout(models.Model):
    """Headings that were seen once, and what they mean; learned with the first file."""

    _name = "crm.receivable.layout"
    _description = "Layout of Debt Files"
    _rec_name = "headings"
    _order = "id desc"

    source_id = fields.Many2one("crm.receivable.source", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="source_id.company_id", store=True, index=True)
    fingerprint = fields.Char(required=True, index=True)
    headings = fields.Char(required=True)
    mapping = fields.Json(help="Column by its meaning; empty for reports known by themselves.")

    _company_fingerprint_uniq = models.UniqueIndex(
        "(company_id, fingerprint)", "These headings are known already."
    )
