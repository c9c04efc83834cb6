from odoo import models


class CrmLead(models.Model):
    """The payer's class on the opportunity, before anything is promised."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.payer.overdue.mixin"]
