from odoo import models

from ..lib.own_context import is_internal


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """While a record is being created its creator is not subscribed by a stage's step:
        mail does that itself afterwards, without looking whether it was done."""
        if is_internal(self.env, "bpm_stage_creating") and partner_ids:
            own = self.env.user.partner_id.id
            partner_ids = [id_ for id_ in partner_ids if id_ != own]
            if not partner_ids:
                return True
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)
