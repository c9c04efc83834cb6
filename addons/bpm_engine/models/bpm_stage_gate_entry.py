from odoo import models

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
                move.missing += [item for item in entry.missing if item not in move.missing]
        return [entry for entry in entries if entry.record.id not in moving]

    def _judge_from_nowhere(self, entries):
        cases = self.env["bpm.stage.case"].browse(
            [entry.case.id for entry in entries if entry.case]
        )
        rows = cases._get_present_steps((*STEP_COLUMNS, "kind", "name"))
        by_case, known = rows.grouped("case_id"), {"before": rows._get_awaited()}
        for group in self._group(entries):
            way, (_start, target) = group[0].way, self._get_ends(group[0])
            self._judge_facts(group, way, target, known)
            self._judge_former_steps(group, way, by_case, known)

    def _judge_former_steps(self, entries, way, rows, known):
        """Required steps of the stages before; what was done under another regulation counts.

        :param rows: {case: the present rounds of its steps}
        """
        none = self.env["bpm.stage.case.step"].sudo()
        records = entries[0].record.browse([entry.record.id for entry in entries])
        for step in way.stages.step_ids.filtered("required"):
            fitting = set(step._get_fitting(records).ids)
            for entry in entries:
                row = step._find_row(rows.get(entry.case, none))
                if entry.record.id in fitting and not row:
                    entry.missing.append(step._describe_passed())
                elif entry.record.id in fitting and row.state in UNDONE:
                    entry.missing.append(row._describe_missing(known["before"]))


class BpmRegulationStep(models.Model):
    _inherit = "bpm.regulation.step"

    def _find_row(self, rows):
        """This step among those of a record: by its key, else by kind and name (LV-12)."""
        by_key = rows.filtered(lambda row: row.key == self.key)
        same = [("kind", "=", self.kind), ("name", "=", self.name)]
        return (by_key or rows.filtered_domain(same))[:1]
