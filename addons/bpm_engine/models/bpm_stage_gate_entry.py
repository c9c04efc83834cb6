from odoo import models
from odoo.fields import Domain

from .bpm_stage_gate import STEP_COLUMNS, UNDONE, Move


class BpmStageGate(models.AbstractModel):
    """Judges records that come under a regulation at one of its later stages.

    Whoever chooses the need of a deal, takes it away and gives it back, or goes by a laxer
    regulation must not get past what the stages before demand (EP-06).
    """

    _inherit = "bpm.stage.gate"

    def _judge_entries(self, records, after, versions, cases, under, moves):
        """Moves from nowhere to where they stand, of records that this write brings under
        another regulation than before; of those that move as well what is missing is added
        to their move.

        :param after: {record id: value of the stage now}
        :param under: {record id: id of its regulation before}, None: it cannot have changed.
        :return: the moves of those that stay where they are.
        """
        entries = [
            Move(r, versions[r.id], cases.get(r.id), False, after[r.id], entering=True)
            for r in (records if under is not None else ())
            if r.id in versions
            and versions[r.id].regulation_id.id != under.get(r.id)
            # A stage that is none of its way is left from the very beginning.
            and versions[r.id]._get_stage(after[r.id] or "")
        ]
        self._judge_from_nowhere(entries)
        moving = {move.record.id: move for move in moves}
        for entry in entries:
            move = moving.get(entry.record.id)
            if move:
                told = {item["key"] for item in move.missing}
                move.missing += [item for item in entry.missing if item["key"] not in told]
        return [entry for entry in entries if entry.record.id not in moving]

    def _judge_from_nowhere(self, entries):
        rows = self._get_former_rows(entries)
        by_record = rows.grouped(lambda row: row.case_id.res_id)
        known = {"before": rows._get_awaited(), "names": {}}
        if rows:
            steps = rows.step_id
            steps |= steps.union(*(entry.version.stage_ids.step_ids for entry in entries))
            known["names"] = steps._get_all_names()
        for group in self._group(entries):
            way, (_start, target) = group[0].way, self._get_ends(group[0])
            self._judge_facts(group, way, target, known)
            self._judge_former_steps(group, way, by_record, known)

    def _get_former_rows(self, entries):
        """What these records did or have to do, also before they were under no regulation."""
        cases = self.env["bpm.stage.case"]
        if entries:
            records = entries[0].record.browse([entry.record.id for entry in entries])
            cases = cases.browse(
                case.id for case in cases._find_cases(records, Domain.TRUE).values()
            )
        return cases._get_present_steps((*STEP_COLUMNS, "kind", "name", "step_id"))

    def _judge_former_steps(self, entries, way, rows, known):
        """Required steps of the stages before; what was done under another regulation counts.

        :param rows: {record id: the present rounds of its steps}
        """
        none = self.env["bpm.stage.case.step"].sudo()
        records = entries[0].record.browse([entry.record.id for entry in entries])
        for step in way.stages.step_ids.filtered("required"):
            fitting = set(step._get_fitting(records).ids)
            for entry in entries:
                row = step._find_row(rows.get(entry.record.id, none), known["names"])
                if entry.record.id in fitting and not row:
                    entry.missing.append(step._describe_passed())
                elif entry.record.id in fitting and row.state in UNDONE:
                    entry.missing.append(row._describe_missing(known["before"]))
