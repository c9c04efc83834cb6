"""The lists behind the figures of the heat map: as many rows as the figure says."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class BpmHeat(models.AbstractModel):
    _inherit = "bpm.heat"

    @api.model
    def get_list(self, process_id: int, what: str, key, options: dict | None = None) -> dict:
        """What a figure of get_heat() with the same options counts.

        :param what: "passes" or "overdue" (passes that were late), "waiting", "late" (open
            tasks past their deadline) of an element; "ended" (instances) of a version.
        :param key: id of the element in the diagram; of "ended" the id of the version
        :return: dict: model and domain of the list
        :raises AccessError: the reader lacks "See processes"
        :raises UserError: no such process or figure
        """
        process = self._get_process(process_id)
        scope = self._get_scope(process, options or {})
        find = {
            "passes": self._find_passes,
            "overdue": self._find_overdue,
            "waiting": self._find_waiting,
            "late": self._find_late,
            "ended": self._find_ended,
        }.get(what)
        if find is None:
            raise UserError(self.env._("There is no such figure: %s.", what))
        model, domain = find(scope, key)
        return {"model": model, "domain": list(domain)}

    def _find_passes(self, scope, key):
        here = Domain("event", "=", "left") & Domain("element", "=", key)
        return "bpm.log", self._get_log_domain(scope) & here

    def _find_overdue(self, scope, key):
        model, domain = self._find_passes(scope, key)
        return model, domain & Domain("overdue", "=", True)

    def _find_tasks(self, scope, key):
        here = Domain("element_id.element_id", "=", key)
        return "bpm.task", self._get_open_task_domain(scope) & here

    def _find_late(self, scope, key):
        model, domain = self._find_tasks(scope, key)
        return model, domain & Domain("deadline", "<", scope["until"])

    def _find_ended(self, scope, key):
        domain = self._get_ended_domain(scope) & Domain("version_id", "=", int(key))
        return "bpm.instance", domain

    def _find_waiting(self, scope, key):
        """Of one person the tasks, else the processes that stand there.

        Where several tokens of a process stand at one element, these are told: the tasks, or
        what the history says of each.
        """
        model, domain = self._find_tasks(scope, key)
        if scope["user_id"]:
            return model, domain
        rows = self.env.execute_query(
            SQL(
                "SELECT instance_id, entered_id FROM %s standing WHERE element = %s",
                self._prepare_standing(scope),
                key,
            )
        )
        instances = {instance for instance, _entered in rows}
        if len(instances) == len(rows):
            return "bpm.instance", Domain("id", "in", sorted(instances))
        if self.env[model].search_count(domain) == len(rows):
            return model, domain
        return "bpm.log", Domain("id", "in", sorted(entered for _instance, entered in rows))
