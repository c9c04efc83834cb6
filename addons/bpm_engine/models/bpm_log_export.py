from odoo import api, models
from odoo.fields import Domain

from ..engine import xes

#: Our events in the words of the standard's life cycle.
TRANSITIONS = {
    "started": "start",
    "entered": "start",
    "left": "complete",
    "ended": "complete",
    "cancelled": "withdraw",
    "assigned": "assign",
    "error": "pi_abort",
    "repaired": "resume",
}
#: Instances read at a time while a log is written.
BATCH = 500


class BpmHeat(models.AbstractModel):
    """The log of a process as a file for process-mining tools."""

    _inherit = "bpm.heat"

    @api.model
    def _export_xes(self, process, options: dict):
        """Pieces of an XES file: a trace per instance that had something in the period.

        Read with the rights of the reader, in batches; see ``get_heat`` for ``options``.
        """
        scope = self._get_scope(process, options)
        return xes.write(self._iterate_events(scope), process.name)

    def _iterate_events(self, scope: dict):
        Instance = self.env["bpm.instance"]
        domain = self._get_instance_domain(scope) & Domain("date_start", "<=", scope["until"])
        if scope["since"]:
            ended = Domain("date_end", "=", False) | Domain("date_end", ">=", scope["since"])
            domain &= ended
        last = 0
        while True:
            batch = Instance.search(domain & Domain("id", ">", last), order="id", limit=BATCH)
            if not batch:
                return
            last = batch.ids[-1]
            yield from self._get_events(batch, scope)
            self.env.invalidate_all()

    def _get_events(self, instances, scope: dict):
        """Events of a batch in the period, case by case, in the order they happened."""
        rows = self.env["bpm.log"].search_fetch(
            self._get_log_domain(scope) & Domain("instance_id", "in", instances.ids),
            order="instance_id, id",
        )
        traces = {instance: self._prepare_trace(instance) for instance in instances}
        for row in rows:
            yield {**self._prepare_event(row), "case_attributes": traces[row.instance_id]}

    def _prepare_trace(self, instance) -> dict:
        """Attributes of a trace; hook for further ones."""
        return self._filled(
            {
                "name": instance.name,
                "version": instance.version_id.number,
                "state": instance.state,
                "result": instance.result,
                "start_kind": instance.start_kind,
            }
        )

    def _prepare_event(self, row) -> dict:
        """An event; hook for further attributes."""
        return {
            "case": row.instance_id.id,
            "activity": row.element_name or row.element or row.event,
            "transition": TRANSITIONS.get(row.event, row.event),
            "timestamp": row.at,
            "resource": row.user_id.sudo().name,
            "attributes": self._filled(
                {
                    "concept:instance": row.token,
                    "element": row.element,
                    "type": row.element_type,
                    "event": row.event,
                    "outcome": row.outcome,
                    "overdue": row.overdue,
                }
            ),
        }

    @staticmethod
    def _filled(values: dict) -> dict:
        return {key: value for key, value in values.items() if value}
