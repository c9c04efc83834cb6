from odoo import api, models

from .bpm_process_tell import DISCIPLINE_CHANGED


class CrmPayerDiscipline(models.Model):
    """Processes learn that a payer is in another class."""

    _inherit = "crm.payer.discipline"

    @api.model
    def _on_class_changed(self, before):
        """Tell processes of these customers; a class that stays is no news.

        :param before: {id: the class that was shown until now}
        """
        if before:
            payers = self.sudo().browse(sorted(before))
            self.env["bpm.process"]._tell(
                DISCIPLINE_CHANGED,
                {payer.partner_id: payer._prepare_told(before[payer.id]) for payer in payers},
            )

    def _prepare_told(self, before):
        return {
            "payer_class": self.payer_class,
            "payer_class_before": before,
            "company": self.company_id.name,
        }
