from odoo import models


class BpmRegulationPart(models.AbstractModel):
    _inherit = "bpm.regulation.part"

    def _get_preview_name(self):
        return self.name


class BpmRegulationFact(models.Model):
    _inherit = "bpm.regulation.fact"

    def _get_preview_name(self):
        """Of a fact that bars certain ways only, also which ones."""
        if not self.to_stage_ids:
            return self.name
        return self.env._(
            "%(fact)s (only on the way to %(stages)s)",
            fact=self.name,
            stages=", ".join(f"“{stage.name}”" for stage in self.to_stage_ids),
        )


class BpmRegulationStage(models.Model):
    """For the preview: is any way on free?"""

    _inherit = "bpm.regulation.stage"

    def _get_barred_ids(self, records, failing):
        """Ids of records at this stage for which facts bar each way on.

        :param failing: {fact of this stage: ids for which it does not hold}
        """
        failing = dict(failing)
        barred = set().union(*(ids for fact, ids in failing.items() if not fact.to_stage_ids))
        ways = self._get_ways_on()
        if not ways or not any(fact.to_stage_ids for fact in failing):
            return barred
        left = set(records.ids) - barred
        for target in ways:
            if left:
                left &= self._get_barred_to(target, records, failing)
        return barred | left

    def _get_ways_on(self):
        ahead = self.next_ids or self.version_id.stage_ids
        return ahead.filtered(lambda stage: self._is_before(stage) and not stage.is_lost)

    def _get_barred_to(self, target, records, failing):
        """Ids of the records that something bars from going to a stage.

        :param failing: what is found of stages that the way passes over is kept in it.
        """
        stages = self._get_way(target).stages
        barred = set()
        for fact in stages.fact_ids:
            if not fact.to_stage_ids or target in fact.to_stage_ids:
                if fact not in failing:
                    failing[fact] = fact._get_failing_ids(records)
                barred |= failing[fact]
        for step in (stages - self).step_ids.filtered("required"):
            barred |= set(step._get_fitting(records).ids)
        return barred
