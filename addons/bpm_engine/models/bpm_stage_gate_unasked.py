from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from .bpm_regulation import StageRules


class BpmStageGate(models.AbstractModel):
    """Required steps that nobody was asked for, because their condition came to hold late.

    A step "only if" is made when its condition holds. What makes it hold may come together
    with the change of the stage (one import row, one save of a form), unseen (a date that has
    come), or when the stage lies behind already. It is demanded all the same (AT-09, IM-13).
    """

    _inherit = "bpm.stage.gate"

    def _judge_unasked(self, moves, start, rows, known):
        """Add required steps of the stage left, and of those behind it, that have no round.

        :param rows: {case: the present rounds of its steps}
        """
        if isinstance(moves[0].record.env.context.get("bpm_stage_trial"), StageRules):
            # A draft on trial has asked nobody yet.
            return
        steps = self._get_steps_to_ask(moves[0], start, known)
        if all(move.is_enrolled for move in moves):
            steps = steps.filtered("domain")
        keys = {case: set(some.mapped("key")) for case, some in rows.items()} if steps else {}
        for step in steps:
            some = [
                move
                for move in moves
                if (step.domain or not move.is_enrolled) and step.key not in keys.get(move.case, ())
            ]
            fitting = self._get_known_fitting(step, some, known) if some else ()
            if fitting and step.stage_id != start:
                fitting = self._filter_passed(step, some, fitting, known)
            if fitting:
                self._add(some, fitting, step._describe_unasked())

    def _get_steps_to_ask(self, move, start, known):
        """Required steps of the stage a move leaves, conditional ones of the stages behind.

        :param known: in which it is kept what is the same for all ways from a stage.
        """
        none = start.step_ids.browse()
        if not start or not move.way.stages:
            return none
        begin = move.case.origin_id if start.is_lost and move.case else start
        if ("to ask", start, begin) not in known:
            own = start.step_ids.filtered("required")
            known["to ask", start, begin] = own, begin._get_steps_behind()
        own, behind = known["to ask", start, begin]
        steps = own if own and start in move.way.stages else none
        if behind and move.way.kind == "forward":
            steps |= behind.filtered(lambda step: step.stage_id not in move.way.stages)
        return steps

    def _get_known_fitting(self, step, moves, known):
        """Ids of the records of these moves that a step is meant for, asked once a judgement."""
        records = moves[0].record.browse([move.record.id for move in moves])
        if (step, records) not in known:
            known[step, records] = set(step._get_fitting(records).ids)
        return known[step, records]

    def _filter_passed(self, step, moves, ids, known):
        """Those of the records that went through the step's stage and were not let off it."""
        records = moves[0].record.browse([move.record.id for move in moves])
        if ("passed", records) not in known:
            known["passed", records] = self._get_passed(records, step.stage_id.version_id)
        passed = known["passed", records]
        return {id_ for id_ in ids if step._was_passed(*passed[id_])}

    @api.model
    def _get_passed(self, records, version):
        """What the history says of records: through which stages they came under the rules.

        A program that passes the rules by does not lead a record through the stages.

        :return: {record id: (stages of the version, keys of what was missing at overrides)}
        """
        changes = self.env["bpm.stage.change"].sudo()
        domain = Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
        names = ["res_id", "from_value", "to_value", "kind", "missing"]
        found = defaultdict(lambda: (set(), set()))
        ways = {}
        for change in changes.search_fetch(domain, names, order="id"):
            stages, let_off = found[change.res_id]
            let_off.update(item.get("key") for item in change.missing or ())
            if change.kind != "bypass":
                ends = change.from_value, change.to_value
                if ends not in ways:
                    ways[ends] = version._get_stage(ends[0] or "")._get_stages_to(
                        version._get_stage(ends[1] or "")
                    )
                stages.update(ways[ends].ids)
        return found


class BpmRegulationStage(models.Model):
    _inherit = "bpm.regulation.stage"

    def _get_stages_to(self, target):
        """Stages that a way on from here (empty: from the very beginning) leads through."""
        if not target or target.is_lost or (self and not self._is_before(target)):
            return self.browse()
        return self if target in self.next_ids else target._get_passed(self)

    def _get_steps_behind(self):
        """Required steps "only if" of the stages before this one; of an end none are asked."""
        if not self or self.is_final or self.is_lost:
            return self.step_ids.browse()
        behind = self.version_id.stage_ids.filtered(
            lambda stage: not stage.is_lost and not stage.is_final and stage._is_before(self)
        )
        return behind.step_ids.filtered(lambda step: step.required and step.domain)


class BpmRegulationStep(models.Model):
    _inherit = "bpm.regulation.step"

    def _was_passed(self, stage_ids, let_off):
        """Whether a record with that history came through the stage of the step, and nobody
        who may has let it off the step."""
        return self.stage_id.id in stage_ids and self.key not in let_off

    def _describe_unasked(self):
        """The item of a refusal for a required step that has not been asked for."""
        self.ensure_one()
        text = self.env._(
            "“%(step)s” is required at “%(stage)s”, and nobody has been asked for it yet. Save "
            "other changes before the stage.",
            step=self.name,
            stage=self.stage_id.name,
        )
        return {
            "kind": "unasked", "key": self.key, "name": self.name, "stage": self.stage_id.name,
            "text": text, "cure": {"type": "ask", "text": text},
        }  # fmt: skip


class BpmStageCaseStep(models.Model):
    _inherit = "bpm.stage.case.step"

    @api.model
    def _open(self, cases, stage, *args, **kwargs):
        """With the steps of a stage those of the stages behind it whose condition holds now."""
        result = super()._open(cases, stage, *args, **kwargs)
        steps = stage._get_steps_behind()
        if steps and cases:
            self._open_late(cases, stage, steps)
        return result

    def _open_late(self, cases, stage, steps):
        """Make required steps of stages behind at the present stage, which they now bar."""
        # What a program did at this stage may have led the record on.
        cases = cases.exists().filtered(lambda case: case.stage_id == stage)
        if not cases:
            return
        known = self._get_known(cases, steps)
        records = self.env[cases[0].res_model].sudo().browse(cases.mapped("res_id"))
        wanted = []
        for step in steps:
            fitting = set(step._get_fitting(records).ids)
            wanted += [
                (case, step)
                for case in cases
                if case.res_id in fitting and (case.id, step.key) not in known
            ]
        if not wanted:
            return
        records = records.browse({case.res_id for case, _step in wanted})
        passed = self.env["bpm.stage.gate"]._get_passed(records, stage.version_id)
        rows = [
            self._prepare_row(case, step) | {"stage_id": stage.id}
            for case, step in wanted
            if step._was_passed(*passed[case.res_id])
        ]
        self._set_order(rows)
        created = self.sudo().create(rows)
        created.filtered(lambda row: row.state == "todo")._start()
