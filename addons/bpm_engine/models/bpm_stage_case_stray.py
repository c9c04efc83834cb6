from odoo import api, models
from odoo.tools import SQL, split_every

from .bpm_stage_case_intake import TAKEN_AT_ONCE
from .bpm_stage_gate import Move


class BpmStageCase(models.Model):
    """Records whose stage changed past the gate: in the database, or computed anew because
    another record changed. Their cases are brought in line, and history says so."""

    _inherit = "bpm.stage.case"

    @api.model
    def _cron_take_in(self):
        """First of all, so that what follows is done for the stage where records stand."""
        for model, rules in self.env["bpm.regulation"]._get_all_rules().items():
            for ids in split_every(TAKEN_AT_ONCE, self._find_strayed(model, rules.stage_field)):
                self._bring_in_line(self._filter_strayed(self.env[model].sudo().browse(ids)))
                if len(ids) == TAKEN_AT_ONCE:
                    self.env["ir.cron"]._commit_progress(len(ids))
        return super()._cron_take_in()

    @api.model
    def _find_strayed(self, model, stage_field):
        """Ids of records of which the stage field says something else than their case.

        Ends that are no value of that field are among them; who looks closer finds them right.
        """
        records = self.env[model]
        records.flush_model([stage_field])
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT c.res_id FROM bpm_stage_case c JOIN %s r ON r.id = c.res_id"
                " WHERE c.res_model = %s AND r.%s::text IS DISTINCT FROM c.value ORDER BY 1",
                SQL.identifier(records._table),
                model,
                SQL.identifier(stage_field),
            )
        )
        return [res_id for (res_id,) in rows]

    @api.model
    def _filter_strayed(self, records):
        records = records.exists()
        values, cases = records._get_stage_values(), self._get_cases(records)
        return records.filtered(
            lambda record: record.id in cases and values[record.id] != cases[record.id].value
        )

    @api.model
    def _bring_in_line(self, records):
        """Note where these records stand: steps of the stages left go, those of theirs begin."""
        records = records.exists()
        values, cases = records._get_stage_values(), self._get_cases(records)
        versions = self.env["bpm.regulation"]._get_versions_in_force(records)
        reason = self.env._("Changed in the database, or computed anew")
        moves = []
        for record in records.filtered(lambda r: r.id in versions and r.id in cases):
            case, value = cases[record.id], values[record.id]
            if value and value != case.value:
                way = (record, versions[record.id], case, case.value, value)
                moves.append(Move(*way, kind="bypass", reason=reason))
        if records:
            self._follow(records, versions, cases, moves)
