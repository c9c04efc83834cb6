from odoo import api, fields, models

from .bpm_stage_gate import Move

#: What the bar says of a step is read with these, in one query.
CASE_STEP_COLUMNS = (
    "case_id", "step_id", "stage_id", "key", "after_key", "name", "kind", "required", "sequence",
    "state", "user_id", "group_id", "deadline", "date_done", "done_by_id", "comment", "why",
    "instance_id", "created_model", "created_id",
)  # fmt: skip


class BpmStageCase(models.Model):
    """Builds the bar of a record (see :meth:`get_bar`).

    It comes with the record each time a form is opened, so it costs a handful of queries: the
    case, its steps and their activities, and what facts ask beyond the record's own fields.
    """

    _inherit = "bpm.stage.case"

    @api.model
    def _get_bar(self, record):
        """The bar of a record that the asking person may read; False without a regulation."""
        everything = record.sudo()
        version = self.env["bpm.regulation"]._get_versions_in_force(everything).get(record.id)
        if not version:
            return False
        case = self._get_cases(record).get(record.id)
        may_move = record.has_access("write")
        bar = self.sudo()._build_bar(everything, version.sudo(), case, may_move)
        return bar | {"may_move": may_move}

    @api.model
    def _build_bar(self, record, version, case, may_move=False):
        """``case`` may be None: what it would be under that version (try it on)."""
        value = record._get_stage_values()[record.id]
        current = version._get_stage(value or "")
        rows = case._get_present_steps(CASE_STEP_COLUMNS) if case else None
        if rows:
            rows._fetch_words()
        moves = self._judge_ways(record, version, case, current, value, rows)
        following = self._get_next(version, current, moves)
        regulation = version.regulation_id
        return {
            "regulation": {
                "id": regulation.id,
                "name": regulation.name,
                "version_id": version.id,
                "number": version.number,
            },
            "stage_field": regulation.stage_field,
            "value": value,
            "stages": [
                self._describe_stage(stage, current, following, moves.get(stage))
                for stage in version.stage_ids
            ],
            "steps": self._describe_steps(record, current, rows, may_move),
            "missing": {move.to_value: move.missing for move in moves.values()},
            "next": following.value or False,
            "days": self._get_days_by_case([case], self.env.cr.now())[case] if case else 0.0,
            "norm_days": current.norm_days,
            "asks": regulation._describe_asks(current),
            "may_override": self.env.user.has_group("bpm_engine.group_override"),
        }

    def _judge_ways(self, record, version, case, current, value, rows):
        """{stage: Move there} for all stages but the present one."""
        moves = {
            stage: Move(record, version, case, value, stage.value)
            for stage in version.stage_ids - current
        }
        self.env["bpm.stage.gate"]._judge(list(moves.values()), asked=False, rows=rows)
        return moves

    def _get_next(self, version, current, moves):
        ahead = version.stage_ids.filtered(
            lambda s: (
                s in moves
                and moves[s].way.kind == "forward"
                and (not current or current._is_before(s))
            )
        )
        return (ahead & current.next_ids)[:1] or ahead[:1]

    def _describe_stage(self, stage, current, following, move):
        if stage == current:
            state = "current"
        elif stage == following:
            state = "next"
        else:
            passed = current and stage._is_before(current) and not stage.is_lost
            state = "done" if passed else "later"
        return {
            "value": stage.value,
            "name": stage.name,
            "state": state,
            "kind": move.way.kind if move else "here",
            "is_final": stage.is_final,
            "is_lost": stage.is_lost,
            "color": stage.color,
            "norm_days": stage.norm_days,
            "missing": len(move.missing) if move else 0,
        }

    def _describe_steps(self, record, stage, rows, may_move):
        """The steps of the present stage; without a case (None) as they would be."""
        if rows is None:
            return stage.step_ids._describe_planned(record)
        rows = rows.filtered(lambda s: s.stage_id == stage)
        todo = rows.filtered(lambda s: s.state == "todo")
        own = todo.filtered(lambda s: s.user_id == self.env.user)
        following = (own or todo)[:1]
        return [row._describe_for_client(may_move) | {"next": row == following} for row in rows]


class BpmStageCaseStep(models.Model):
    _inherit = "bpm.stage.case.step"

    def _fetch_words(self):
        """Read at once what the description of these steps says of people and activities."""
        activities = self.env["mail.activity"].search_fetch(
            [("bpm_case_step_id", "in", self.ids)],
            ["bpm_case_step_id", "activity_type_id", "active"],
        )
        by_step = activities.grouped("bpm_case_step_id")
        ids = [by_step[step]._ids if step in by_step else () for step in self]
        self._fields["activity_ids"]._insert_cache(self, ids)
        people = self.user_id | self.done_by_id
        people.fetch(["partner_id"])
        people.partner_id.fetch(["name"])

    def _describe_for_client(self, may_write):
        """:param may_write: whether the asking person may change the record."""
        self.ensure_one()
        activity = self.activity_ids.filtered("active")[:1]
        activity_type = activity.activity_type_id
        is_open = self.state == "todo" and bool(self.deadline)
        return {
            "id": self.id,
            "key": self.key,
            "after_key": self.after_key or "",
            "name": self._get_name(),
            "kind": self.kind,
            "required": self.required,
            "state": self.state,
            "user": _pair(self.user_id),
            "group": _pair(self.group_id),
            "deadline": fields.Datetime.to_string(self.deadline),
            "overdue": is_open and self.deadline < fields.Datetime.now(),
            "date_done": fields.Datetime.to_string(self.date_done),
            "done_by": _pair(self.done_by_id),
            "comment": self.comment or "",
            "instruction": self.step_id.instruction or "",
            "why": self.why or "",
            "phone": self._get_phone(activity_type),
            "fields": self.step_id.field_ids.mapped("name"),
            "activity_id": activity.id,
            "category": activity_type._get_stage_category(),
            "icon": activity_type.icon or "",
            "instance_id": self.instance_id.id,
            "created": self._describe_created(),
            "may_do": (may_write and self.kind != "approval") or self.sudo(False)._may_act(),
        }

    def _describe_created(self):
        """The record it made, if the asking person may see it: [model, id, name]."""
        model = self.created_model
        if not model or model not in self.env:
            return False
        record = self.env[model].sudo(False).browse(self.created_id).exists()
        if not record or not record.has_access("read"):
            return False
        return [model, record.id, record.display_name]

    def _get_phone(self, activity_type):
        """Number to dial for a step that is a call."""
        is_call = self.state == "todo" and activity_type.category == "phonecall"
        return self._get_records().sudo()._get_stage_phone() if is_call else ""


class BpmRegulationStep(models.Model):
    _inherit = "bpm.regulation.step"

    def _describe_planned(self, record):
        """These steps as they would stand on a record, for trying a draft on it."""
        planned = []
        now = self.env.cr.now()
        company_id = self.env["bpm.stage.case"]._get_company_ids(record)[0]
        company = self.env["res.company"].browse(company_id) or self.env.company
        for step in self:
            if step._get_fitting(record):
                user, why, _absence = step._get_people(record)[record.id]
                deadline = step._get_deadline(company, now, user)
                planned.append({
                    "id": False, "key": step.key, "name": step.name, "kind": step.kind,
                    "required": step.required, "state": "planned", "user": _pair(user),
                    "group": _pair(step.assign_group_id), "why": why, "next": False,
                    "deadline": fields.Datetime.to_string(deadline),
                    "instruction": step.instruction or "",
                })  # fmt: skip
        return planned


def _pair(record):
    if not record:
        return False
    return [record.id, record.name if record._name == "res.users" else record.display_name]
