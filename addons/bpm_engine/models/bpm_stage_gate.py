from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain

from ..exceptions import StageRefused
from .bpm_regulation_part import read_domain
from .bpm_regulation_stage import Way

#: States of a required step in which it keeps a record from leaving its stage.
UNDONE = ("waiting", "todo", "refused")
#: What the judgement reads of steps.
STEP_COLUMNS = ("case_id", "key", "after_key", "required", "state", "stage_id")


@dataclass
class Move:
    """A record that changes its stage, and what is found about that."""

    record: models.BaseModel
    version: models.BaseModel
    case: models.BaseModel
    from_value: str | bool
    to_value: str | bool
    missing: list = field(default_factory=list)
    kind: str = "normal"
    reason: str = ""
    way: Way | None = None
    #: It stands there and comes under the regulation by what was written.
    entering: bool = False

    @property
    def group(self):
        origin = self.case.origin_id.id if self.case else False
        return self.version, self.from_value, self.to_value, origin

    @property
    def is_enrolled(self):
        """Whether its steps of the stage it leaves were made: else nobody was asked yet."""
        return bool(self.case) and self.case.value == self.from_value


class BpmStageGate(models.AbstractModel):
    """Judges changes of stages: what each record still misses for its way.

    Judged set-based: records are grouped by version, from and to; each fact is asked
    once per group, whatever the number of records.
    """

    _name = "bpm.stage.gate"
    _description = "Gate Between Stages"

    # ------------------------------------------------------------ passing

    @api.model
    def _pass(self, records, before, bypass="", under=None):
        """Called as superuser when a write or create has happened, inside a savepoint.

        :param before: {record id: value of the stage before, False for a new record}
        :param bypass: why a program may pass, empty if it may not.
        :param under: {record id: id of its regulation before}, None if that cannot have changed.
        :raise StageRefused: somebody's way is not free; nothing has happened then.
        """
        rules = self.env["bpm.regulation"]
        after = records._get_stage_values()
        versions = rules._get_versions_in_force(records)
        cases = self.env["bpm.stage.case"]._get_cases(records)
        moves = self._get_moves(records, before, after, versions, cases)
        self._judge(moves)
        emptied = [move for move in moves if not move.to_value]
        moves = [move for move in moves if move.to_value]
        others = emptied + self._judge_handovers(records, versions, cases)
        others += self._judge_entries(records, after, versions, cases, under, moves)
        self._let_pass(moves + others, bypass)
        self.env["bpm.stage.case"]._log([move for move in others if move.kind != "normal"])
        self.env["bpm.stage.case"]._follow(records, versions, cases, moves, under)

    def _get_moves(self, records, before, after, versions, cases):
        """Changes of stages that are to be judged; without one a record may begin, not go on."""
        moves = []
        for record in records.filtered(lambda r: r.id in versions and before[r.id] != after[r.id]):
            case, value = cases.get(record.id), after[record.id]
            if (value or case) and not _already_there(case, value):
                # Whoever lost its stage, by a program or by SQL, was judged last where it stood.
                start = before[record.id] or (case.value if case else False)
                moves.append(Move(record, versions[record.id], case, start, value))
        return moves

    @api.model
    def _let_pass(self, moves, bypass):
        """Those that miss something pass by a bypass or an override, or nobody passes."""
        override = self._get_override() if any(move.missing for move in moves) else ""
        for move in moves:
            if bypass:
                move.kind, move.reason = "bypass", bypass
            elif move.missing and override and self._may_override(move):
                move.kind, move.reason = "override", override
        refused = [move for move in moves if move.missing and move.kind == "normal"]
        if refused:
            raise StageRefused(
                self._describe_refusals(refused), [self._describe(move) for move in refused]
            )

    @api.model
    def _get_override(self):
        """Reason of a person who may override, or False.

        An import cannot say a reason: of those who may override it counts as one for
        steps that new records could not have done (see :meth:`_may_override`).
        """
        if not self.env.user.has_group("bpm_engine.group_override"):
            return False
        return (self.env.context.get("bpm_stage_override") or "").strip() or (
            self.env.context.get("import_file") and self.env._("Import")
        )

    @api.model
    def _may_override(self, move):
        if (self.env.context.get("bpm_stage_override") or "").strip():
            return True
        return not move.from_value and all(item["kind"] == "passed" for item in move.missing)

    # ------------------------------------------------------------ judging

    @api.model
    def _judge(self, moves, asked=True, rows=None):
        """Fill in the way of each move and what is missing for it.

        :param asked: also whether comment and short status were given.
        :param rows: the present rounds of the cases' steps, if they are known.
        """
        groups = self._group(moves)
        if rows is None:
            rows = self._get_rows(moves, groups)
        by_case = rows.grouped("case_id")
        known = {"before": rows._get_awaited()}
        for group in groups:
            way, version = group[0].way, group[0].version
            start, target = self._get_ends(group[0])
            if way.kind == "refused":
                text = way.text or self._no_stage(version, group[0].to_value)
                self._add(group, None, self._describe_way(text, start))
            self._judge_facts(group, way, target, known)
            self._judge_steps(group, way, start, by_case, known)
            self._judge_unasked(group, start, by_case, known)
            if asked and start:
                self._judge_asked(group, start)

    def _group(self, moves):
        """Moves that go the same way, each knowing it."""
        groups = defaultdict(list)
        for move in moves:
            groups[move.group].append(move)
        for group in groups.values():
            start, target = self._get_ends(group[0])
            way = self._get_way(start, target, group[0].case)
            for move in group:
                move.way = way
        return list(groups.values())

    def _get_ends(self, move):
        """(stage it leaves, stage it goes to), empty if they are not of the version."""
        return (
            move.version._get_stage(move.from_value or ""),
            move.version._get_stage(move.to_value or ""),
        )

    def _judge_handovers(self, records, versions, cases):
        """Moves to the end of the former way, of records that go on to a following one.

        A lead that becomes an opportunity leaves the way of leads; by that it must not
        escape what was still to be done there (LV-10). Another need is no such step.
        """
        leaves = []
        for record in records if records._get_stage_way_fields() else ():
            case = cases.get(record.id)
            former = case.version_id if case else None
            if not former or former == versions.get(record.id) or former.state != "published":
                continue
            start = former._get_stage(case.value)
            ends = former.stage_ids.filtered(lambda s: s.is_final and not s.is_lost)
            if ends and start and not start.is_final and self._goes_on(record, former):
                leaves.append(Move(record, former, case, case.value, ends[-1].value))
        self._judge(leaves)
        return leaves

    def _goes_on(self, record, version):
        """It left the regulation by a step on its way, not by another choice."""
        names = record._get_stage_way_fields()
        domain = read_domain(version.regulation_id.domain)
        steps = [c for c in domain.iter_conditions() if c.field_expr in names]
        return any(not record.filtered_domain(step) for step in steps)

    def _get_way(self, start, target, case):
        if not target:
            return Way("refused", start.browse(), "")
        return start._get_way(target, case.origin_id if case else start.browse())

    def _describe_way(self, text, start):
        """The item of a refusal for a way that is not allowed, with those that are."""
        allowed = start.next_ids or start._get_following()
        return {
            "kind": "way", "key": "way", "name": self.env._("Way"), "stage": "", "text": text,
            "cure": {"type": "stage", "text": text, "values": [[s.value, s.name] for s in allowed]},
        }  # fmt: skip

    def _add(self, moves, ids, item):
        """Add an item to the moves of these records (None: all)."""
        for move in moves:
            if ids is None or move.record.id in ids:
                move.missing.append(item)

    def _judge_facts(self, moves, way, target, known):
        """``known`` keeps what was found and said once, for the other ways."""
        records = moves[0].record.browse([move.record.id for move in moves])
        for fact in way.stages.fact_ids:
            if fact.to_stage_ids and target not in fact.to_stage_ids:
                continue
            if (fact, records) not in known:
                known[fact, records] = fact._get_failing_ids(records, known)
            if known[fact, records]:
                self._add(moves, known[fact, records], fact._describe_missing())

    def _judge_steps(self, moves, way, start, rows, known):
        """Required steps that are open, and those of stages that were passed over.

        :param rows: {case: the present rounds of its steps}
        """
        none = self.env["bpm.stage.case.step"].sudo()
        for move in moves if way.stages else ():
            for step in rows.get(move.case, none):
                if step.required and step.state in UNDONE and step.stage_id in way.stages:
                    known[step] = known.get(step) or step._describe_missing(known["before"])
                    move.missing.append(known[step])
        for step in self._get_passed_steps(way, start):
            records = moves[0].record.browse([move.record.id for move in moves])
            fitting = set(step._get_fitting(records).ids)
            # What is open of it was reported as such.
            fitting -= {
                move.record.id
                for move in moves
                if step.key in rows.get(move.case, none).mapped("key")
            }
            if fitting:
                self._add(moves, fitting, step._describe_passed())

    def _get_passed_steps(self, way, start):
        return (way.stages - start).step_ids.filtered("required")

    def _get_rows(self, moves, groups):
        """Present rounds of steps of these records that their ways ask about."""
        cases = {move.case.id for move in moves if move.case}
        stages, keys = set(), set()
        for group in groups:
            way, (start, _target) = group[0].way, self._get_ends(group[0])
            stages.update(way.stages.ids)
            steps = self._get_passed_steps(way, start)
            steps |= self._get_steps_to_ask(group[0], start, {})
            keys.update(steps.mapped("key"))
        if not cases or not stages:
            return self.env["bpm.stage.case.step"].sudo()
        asked = Domain("stage_id", "in", stages) & Domain("required", "=", True)
        asked &= Domain("state", "in", UNDONE)
        asked |= Domain("key", "in", keys)
        return self.env["bpm.stage.case"].browse(cases)._get_present_steps(STEP_COLUMNS, asked)

    def _judge_asked(self, moves, stage):
        """Comment and short status that leaving the stage demands (EC-14)."""
        if stage.ask_comment and not self._get_comment():
            self._add(moves, None, self._describe_asked("comment", self.env._("Write a comment.")))
        if stage.ask_status and not self._get_status(stage.version_id.regulation_id):
            self._add(
                moves, None, self._describe_asked("status", self.env._("Choose a short status."))
            )

    def _describe_asked(self, kind, text):
        return {
            "kind": kind, "key": kind, "name": text, "stage": "", "text": text,
            "cure": {"type": kind, "text": text},
        }  # fmt: skip

    @api.model
    def _get_comment(self):
        return str(self.env.context.get("bpm_stage_comment") or "").strip()

    @api.model
    def _get_status(self, regulation):
        """The short status given with the change, if it is one of this regulation."""
        status_id = self.env.context.get("bpm_stage_status")
        if not isinstance(status_id, int) or not status_id:
            return self.env["bpm.stage.status"]
        return regulation._get_statuses().filtered(lambda s: s.id == status_id)


def _already_there(case, value):
    """A write inside this write has brought it there."""
    return case and case.value == value
