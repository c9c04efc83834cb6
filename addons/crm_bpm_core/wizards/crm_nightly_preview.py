from odoo import models


class CrmNightlyPreview(models.TransientModel):
    _name = "crm.nightly.preview"
    _description = "CrmNightlyPreview"
