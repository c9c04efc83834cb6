from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, models

from ..exceptions import StageRefused
from .bpm_regulation_part import read_domain
from .bpm_regulation_stage import Way

#: So many refused records are described in an error; the rest are counted.
DESCRIBED = 20


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

    @property
    def group(self):
        origin = self.case.origin_id.id if self.case else False
        return self.version, self.from_value, self.to_value, origin


class BpmStageGate(models.AbstractModel):
    """Judges changes of stages: what each record still misses for its way.

    Judged set-based: records are grouped by version, from and to; each fact is asked
    once per group, whatever the number of records.
    """

    _name = "bpm.stage.gate"
    _description = "Gate Between Stages"

    # ------------------------------------------------------------ passing

    @api.model
    def _pass(self, records, before, bypass=""):
        """Called as superuser when a write or create has happened, inside a savepoint.

        :param before: {record id: value of the stage before, False for a new record}
        :param bypass: why a program may pass, empty if it may not.
        :raise StageRefused: somebody's way is not free; nothing has happened then.
        """
        rules = self.env["bpm.regulation"]
        after = records._get_stage_values()
        versions = rules._get_versions_in_force(records)
        moved = records.filtered(lambda r: before[r.id] != after[r.id])
        cases = self.env["bpm.stage.case"]._get_cases(records)
        moves = [
            Move(r, versions[r.id], cases.get(r.id), before[r.id], after[r.id])
            for r in moved
            if r.id in versions and after[r.id] and not _already_there(cases.get(r.id), after[r.id])
        ]
        self._judge(moves)
        leaves = self._judge_handovers(records, versions, cases)
        self._let_pass(moves + leaves, bypass)
        self.env["bpm.stage.case"]._log([move for move in leaves if move.kind != "normal"])
        self.env["bpm.stage.case"]._follow(records, versions, cases, moves)

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
    def _judge(self, moves, asked=True):
        """Fill in what each move misses.

        :param asked: also whether comment and short status were given.
        """
        groups = defaultdict(list)
        for move in moves:
            groups[move.group].append(move)
        known = {}
        for (version, from_value, to_value, _origin), group in groups.items():
            stages = {stage.value: stage for stage in version.stage_ids}
            start = stages.get(from_value) or self.env["bpm.regulation.stage"]
            target = stages.get(to_value)
            way = self._get_way(start, target, group[0].case)
            if way.kind == "refused":
                self._add(group, None, self._describe_way(way.text or self._no_stage(version)))
            self._judge_facts(group, way, target, known)
            self._judge_steps(group, way, start)
            if asked and from_value:
                self._judge_asked(group, start)

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
            start = former.stage_ids.filtered(lambda s, c=case: s.value == c.value)
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

    def _no_stage(self, version):
        return self.env._(
            "This stage is not part of the regulation “%s”; a designer adds it there.",
            version.regulation_id.name,
        )

    def _describe_way(self, text):
        return {
            "kind": "way", "key": "way", "name": self.env._("Way"), "stage": "",
            "text": text, "cure": {"type": "stage", "text": text},
        }  # fmt: skip

    def _add(self, moves, ids, item):
        """Add an item to the moves of these records (None: all)."""
        for move in moves:
            if ids is None or move.record.id in ids:
                move.missing.append(item)

    def _judge_facts(self, moves, way, target, known):
        """``known`` keeps what was found for a fact and a set of records."""
        records = moves[0].record.browse([move.record.id for move in moves])
        for fact in way.stages.fact_ids:
            if fact.to_stage_ids and target not in fact.to_stage_ids:
                continue
            if (fact, records) not in known:
                known[fact, records] = fact._get_failing_ids(records)
            if known[fact, records]:
                self._add(moves, known[fact, records], fact._describe_missing())

    def _judge_steps(self, moves, way, start):
        """Required steps that are open, and those of stages that were passed over."""
        open_steps = self._get_open_steps(moves, way)
        for move in moves:
            for step in open_steps.get(move.case, ()):
                move.missing.append(step._describe_missing())
        for step in (way.stages - start).step_ids.filtered("required"):
            records = moves[0].record.browse([move.record.id for move in moves])
            fitting = set(step._get_fitting(records).ids)
            fitting -= self._get_ids_done(moves, step)
            if fitting:
                self._add(moves, fitting, step._describe_passed())

    def _get_open_steps(self, moves, way):
        cases = self.env["bpm.stage.case"].browse([move.case.id for move in moves if move.case])
        if not cases or not way.stages:
            return {}
        steps = (
            self.env["bpm.stage.case.step"]
            .sudo()
            .search(
                [
                    ("case_id", "in", cases.ids),
                    ("stage_id", "in", way.stages.ids),
                    ("required", "=", True),
                    ("is_current", "=", True),
                    ("state", "in", ("waiting", "todo", "refused")),
                ]
            )
        )
        return steps.grouped("case_id")

    def _get_ids_done(self, moves, step):
        """Records that did the step earlier, or have it open (which is reported as such)."""
        cases = {move.case.id: move.record.id for move in moves if move.case}
        if not cases:
            return set()
        rows = (
            self.env["bpm.stage.case.step"]
            .sudo()
            .search(
                [
                    ("case_id", "in", list(cases)),
                    ("key", "=", step.key),
                    ("is_current", "=", True),
                    ("state", "!=", "withdrawn"),
                ]
            )
        )
        return {cases[row.case_id.id] for row in rows}

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

    # ------------------------------------------------------------ in words

    def _describe(self, move):
        names = {stage.value: stage.name for stage in move.version.stage_ids}
        return {
            "id": move.record.id,
            "name": move.record.display_name,
            "model": move.record._name,
            "from": move.from_value,
            "from_name": names.get(move.from_value, ""),
            "to": move.to_value,
            "to_name": names.get(move.to_value, ""),
            "regulation": move.version.regulation_id.name,
            "first": self._get_beginning(move),
            "missing": move.missing,
        }

    def _get_beginning(self, move):
        """[value, name] of the stage at which a refused new record may begin, or False."""
        if move.from_value:
            return False
        first = move.version.stage_ids.filtered(lambda s: not s.is_final and not s.is_lost)[:1]
        return [first.value, first.name] if first else False

    def _describe_refusals(self, moves):
        lines = []
        for move in moves[:DESCRIBED]:
            told = self._describe(move)
            if told["from_name"]:
                head = self.env._(
                    "“%(name)s” cannot go from “%(from)s” to “%(to)s” yet:",
                    **{"name": told["name"], "from": told["from_name"], "to": told["to_name"]},
                )
            else:
                head = self.env._(
                    "“%(name)s” cannot start at “%(to)s”:", name=told["name"], to=told["to_name"]
                )
            lines += [head, *(f"• {item['text']}" for item in move.missing)]
        if len(moves) > DESCRIBED:
            lines.append(self.env._("… and %s more records.", len(moves) - DESCRIBED))
        return "\n".join(lines)


def _already_there(case, value):
    """A write inside this write has brought it there."""
    return case and case.value == value
