from odoo import models
from odoo.exceptions import UserError


class BpmHistoryMixin(models.AbstractModel):
    """Rows that are only ever added to: nobody changes or deletes history.

    The system itself removes it with the records it belongs to, under ``bpm_purge``.
    """

    _name = "bpm.history.mixin"
    _description = "History"

    def write(self, vals):
        """:raises UserError: for everybody, the system included"""
        self._check_purge()
        return super().write(vals)

    def unlink(self):
        """:raises UserError: save for a removal by the system itself"""
        self._check_purge()
        return super().unlink()

    def _check_purge(self):
        if self and not (self.env.su and self.env.context.get("bpm_purge")):
            raise UserError(self._get_purge_refusal())

    def _get_purge_refusal(self):
        """What somebody is told who tries."""
        return self.env._("History cannot be changed or deleted.")
