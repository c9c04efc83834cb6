from odoo import fields, models


class CrmEducation(models.Model):
    """Education a customer already has; the way of a sale depends on it (LV-13)."""

    _name = "crm.education"
    _description = "Education"
    _inherit = ["crm.directory.mixin"]

    is_higher = fields.Boolean(
        string="Higher Education", help="Whoever has it needs no entrance examination."
    )
