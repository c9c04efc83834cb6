from odoo import fields, models


class CrmDirectoryMixin(models.AbstractModel):
    """A short list that the head of sales keeps, with names in every language."""

    _name = "crm.directory.mixin"
    _description = "Directory"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
