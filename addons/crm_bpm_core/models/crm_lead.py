from odoo import models


class CrmLead(models.Model):
    """Leads that become customers enter the life cycle (PK-06)."""

    _inherit = "crm.lead"

    def _handle_partner_assignment(self, *args, **kwargs):
        result = super()._handle_partner_assignment(*args, **kwargs)
        self.partner_id._become_customer()
        return result
