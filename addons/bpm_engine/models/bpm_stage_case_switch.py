from collections import defaultdict

from odoo import api, models
from odoo.tools import split_every

from .bpm_stage_case_intake import TAKEN_AT_ONCE


class BpmStageCase(models.Model):
    """Another regulation or another version comes to apply to records."""

    _inherit = "bpm.stage.case"

    @api.model
    def _settle(self, regulation):
        """A regulation is no longer in force: its cases go under another one, or end."""
        cases = self.sudo().search(
            [("regulation_id", "=", regulation.id), ("is_ended", "=", False)]
        )
        for batch in split_every(TAKEN_AT_ONCE, cases.ids):
            some = self.sudo().browse(batch)
            records = self.env[regulation.model].sudo().browse(some.mapped("res_id")).exists()
            versions = self.env["bpm.regulation"]._get_versions_in_force(records)
            known = {case.res_id: case for case in some}
            self._close(records, [case for id_, case in known.items() if id_ not in versions])
            self._switch(records, versions, known, set())

    @api.model
    def _switch(self, records, versions, cases, moved):
        """The deciding field has changed: those records go under another regulation."""
        groups = defaultdict(list)
        for id_, case in cases.items():
            if id_ in versions and case.regulation_id != versions[id_].regulation_id:
                groups[versions[id_]].append(case.id)
        for version, ids in groups.items():
            some = self.sudo().browse(ids)
            former = {case.res_id: case.regulation_id.name for case in some}
            # Steps of the stage that a moved record enters are started by the move.
            staying = some.filtered(lambda case: case.res_id not in moved)
            withdrawn = self._adopt(staying, version) | self._adopt(some - staying, version, False)
            self._tell_switch(records, former, version, withdrawn)

    @api.model
    def _adopt(self, cases, version, start=True):
        """Put cases under a version: what is done stays done, by key or kind and name.

        Records that came to an end get no new steps: nobody works on them any more.

        :return: the steps that were withdrawn.
        """
        steps = self.env["bpm.stage.case.step"].sudo()
        if not cases:
            return steps
        stages = {stage.value: stage for stage in version.stage_ids}
        for value, some in cases.grouped("value").items():
            stage = stages.get(value)
            some.write(
                {
                    "regulation_id": version.regulation_id.id,
                    "version_id": version.id,
                    "stage_id": stage.id if stage else False,
                }
            )
        for origin, some in cases.filtered("origin_id").grouped("origin_id").items():
            some.origin_id = stages.get(origin.value)
        withdrawn = steps.search([("case_id", "in", cases.ids)])._adopt(version)
        if start:
            for stage, some in cases.grouped("stage_id").items():
                if not (stage.is_final or stage.is_lost):
                    steps._open(some, stage, entered=False)
            steps._start_unheld(cases)
        return withdrawn

    @api.model
    def _tell_switch(self, records, former, version, withdrawn):
        """Say in the chatter which regulation applies now and what was withdrawn."""
        if not hasattr(records, "_message_log_batch"):
            return
        names = defaultdict(list)
        for step in withdrawn:
            names[step.case_id.res_id].append(step._get_name())
        bodies = {
            id_: self._describe_switch(name, version.regulation_id.name, names[id_])
            for id_, name in former.items()
        }
        records.browse(list(bodies))._message_log_batch(bodies)

    def _describe_switch(self, before, after, withdrawn):
        text = self.env._(
            "The regulation “%(after)s” applies now instead of “%(before)s”. Steps already "
            "done stay done.",
            after=after,
            before=before,
        )
        if withdrawn:
            text += " " + self.env._("Withdrawn: %s.", ", ".join(withdrawn))
        return text
