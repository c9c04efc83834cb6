from odoo import models


class BpmInstance(models.Model):
    """Carries the activities of tasks whose record cannot."""

    _name = "bpm.instance"
    _inherit = ["bpm.instance", "mail.activity.mixin"]

    def _get_record_or_none(self):
        """The record the process runs on; empty if it has none or it was deleted."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            return self.browse()
        return self.env[self.res_model].sudo().browse(self.res_id).exists()
