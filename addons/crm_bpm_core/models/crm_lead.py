from odoo import fields, models


class CrmLead(models.Model):
    """Leads that become customers enter the life cycle (PK-06).

    Whoever may see a lead may open it, also one of a customer he may not see: what is computed
    from the contact is computed for him, as the contact's name is shown to him anyway.
    """

    _inherit = "crm.lead"

    partner_email_update = fields.Boolean(compute_sudo=True)
    partner_phone_update = fields.Boolean(compute_sudo=True)

    def _compute_commercial_partner_id(self):
        """Only of the contacts given: companies are looked up by name with one's own rights."""
        known = self.filtered("partner_id")
        super(CrmLead, known.sudo())._compute_commercial_partner_id()
        return super(CrmLead, self - known)._compute_commercial_partner_id()

    def _handle_partner_assignment(self, *args, **kwargs):
        result = super()._handle_partner_assignment(*args, **kwargs)
        self.partner_id._become_customer()
        return result

    def _merge_dependences(self, opportunities):
        """Processes of the leads that are merged go on on the one that is kept (EP-05)."""
        opportunities._move_bpm_instances(self)
        return super()._merge_dependences(opportunities)
