"""Cycle times per version, and two versions side by side."""

from odoo import api, models
from odoo.fields import Domain

from .bpm_sight_words import duration_text

#: Below so many ended instances a comparison of versions may be chance.
FEW_INSTANCES = 30


class BpmHeat(models.AbstractModel):
    _inherit = "bpm.heat"

    def _get_versions(self, scope: dict) -> dict:
        """Cycle times of the instances that ended in the period, per version."""
        rows = self.env["bpm.cycle.report"]._get_version_figures(self._get_ended_domain(scope))
        return {"versions": rows, "few_instances": FEW_INSTANCES}

    def _get_ended_domain(self, scope: dict) -> Domain:
        """Instances of all versions that ended in the period."""
        return (
            self._get_instance_domain({**scope, "version": None})
            & Domain("state", "=", "done")
            & Domain("date_end", "<=", scope["until"])
            & (Domain("date_end", ">=", scope["since"]) if scope["since"] else Domain.TRUE)
        )

    @api.model
    def compare_versions(self, process_id: int, first_id: int, second_id: int, options=None):
        """Two versions side by side in one sentence, with a warning on small numbers."""
        process = self._get_process(process_id)
        scope = self._get_scope(process, options or {})
        rows = {row["version_id"]: row for row in self._get_versions(scope)["versions"]}
        first, second = rows.get(first_id), rows.get(second_id)
        if not (first and second):
            return {
                "sentence": self.env._(
                    "There is nothing to compare: in this period one of the versions ended "
                    "no instance. Choose a longer period."
                ),
                "warning": "",
            }
        return {
            "sentence": self._describe_difference(first, second),
            "warning": self._warn_of_few(first, second),
        }

    def _describe_difference(self, first: dict, second: dict) -> str:
        change = second["median"] - first["median"]
        values = {
            "new": second["name"],
            "old": first["name"],
            "change": duration_text(self.env, abs(change)),
            "median": duration_text(self.env, second["median"]),
            "before": duration_text(self.env, first["median"]),
            "percent": round(100 * abs(change) / first["median"]) if first["median"] else 0,
        }
        if change < 0:
            return self.env._(
                "%(new)s ends %(change)s sooner than %(old)s (%(percent)s %% less): "
                "median %(median)s instead of %(before)s.",
                **values,
            )
        if change > 0:
            return self.env._(
                "%(new)s takes %(change)s longer than %(old)s (%(percent)s %% more): "
                "median %(median)s instead of %(before)s.",
                **values,
            )
        return self.env._("%(new)s and %(old)s take the same time: median %(median)s.", **values)

    def _warn_of_few(self, first: dict, second: dict) -> str:
        few = [row for row in (first, second) if row["count"] < FEW_INSTANCES]
        if not few:
            return ""
        return self.env._(
            "Few instances (%(rows)s): below %(enough)s the difference may be chance.",
            rows=", ".join(f"{row['name']}: {row['count']}" for row in few),
            enough=FEW_INSTANCES,
        )
