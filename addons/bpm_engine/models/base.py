from odoo import api, models

from ..lib.own_context import get_own
from .bpm_instance import OPEN_STATES


class Base(models.AbstractModel):
    """Processes start by themselves, and end with the record they run on."""

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        """Note new records of models with a process that starts on creation."""
        records = super().create(vals_list)
        triggers = self._get_bpm_triggers("create")
        if triggers:
            triggers._note_created(records)
        return records

    def write(self, vals):
        """Note changes of models with a process that starts on a change."""
        triggers = self._get_bpm_triggers("change")
        if triggers:
            triggers._note_before(self, vals)
        result = super().write(vals)
        if self._active_name in vals and not vals[self._active_name]:
            self._end_bpm_instances(archived=True)
        return result

    def unlink(self):
        """Processes on a deleted record are cancelled; their history stays."""
        self._end_bpm_instances()
        return super().unlink()

    def _get_bpm_triggers(self, kind):
        """Triggers that look at this model; nearly always none, so this must be cheap."""
        if not self.env.registry.ready or self._transient:
            return None
        ids = self.env["bpm.process.trigger"]._watched().get(self._name, {}).get(kind)
        return ids and self.env["bpm.process.trigger"].browse(ids)

    def _end_bpm_instances(self, archived=False):
        if not self or self._transient or not self.env.registry.ready:
            return
        if self._name not in self.env["bpm.instance"]._get_record_models():
            return
        instances = (
            self.env["bpm.instance"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "in", OPEN_STATES),
                ]
            )
        )
        if archived:
            # A process that archives its own record goes on to its end.
            acting = get_own(self.env, "bpm_acting_id", None)
            instances = instances.filtered(
                lambda i: i.process_id.cancel_on_archive and i.id != acting
            )
        if instances:
            reason = (
                self.env._("The record was archived.")
                if archived
                else self.env._("The record was deleted.")
            )
            instances._cancel(reason, self.env.uid)
