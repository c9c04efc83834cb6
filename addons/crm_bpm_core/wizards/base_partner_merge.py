from odoo import models


class MergePartnerWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Contacts that come from another customer follow their new responsible."""
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        kept = self.env["res.partner"].sudo().browse(partner_ids).exists()
        kept._refresh_customer_users(kept.commercial_partner_id)
        return result
