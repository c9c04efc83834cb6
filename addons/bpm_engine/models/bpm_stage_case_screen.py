from odoo import api, fields, models
from odoo.exceptions import UserError

from .bpm_stage_gate import Move


class BpmStageCase(models.Model):
    """What the bar on a record shows, and its one way to change the stage."""

    _inherit = "bpm.stage.case"

    @api.model
    def _get_readable(self, res_model, res_ids, operation="read"):
        """Records named by a client, after checking its right to them.

        :raise UserError: there is no such model. :raise AccessError: no right.
        """
        if res_model not in self.env or not self.env[res_model]._auto:
            raise UserError(self.env._("There are no records of the kind “%s”.", res_model))
        ids = [res_ids] if isinstance(res_ids, int) else res_ids
        records = self.env[res_model].browse(ids).exists()
        records.check_access(operation)
        return records

    @api.model
    def get_bar(self, res_model, res_id):
        """The stages of a record with the present one's steps; False without a regulation.

        Readable by whoever may read the record.

        :return: dict

            - ``regulation`` {id, name, version_id, number}; ``stage_field``; ``value`` (text)
            - ``stages``: list of {value, name, state: done|current|next|later, is_final,
              is_lost, color, norm_days, kind: forward|back|lost|refused (the way there),
              missing: number of missing items}
            - ``steps`` of the present stage: {id, key, name, kind, required, state, user,
              group: [id, name] or False, deadline, date_done (UTC text), overdue, done_by,
              comment, instruction, why, phone (to dial), activity_id, category, icon,
              instance_id, next: the one to do next, may_do: by the asking person}
            - ``missing``: {stage value: [item]}, items as in bpm.regulation.why_not
            - ``next``: value of the stage that comes next, or False
            - ``days`` in the stage so far, in working days; ``norm_days``
            - ``asks``: {comment, status: demanded on leaving?, statuses: [[id, name]]}
            - ``may_override``, ``may_move`` of the asking person
        """
        record = self._get_readable(res_model, res_id)
        version = self.env["bpm.regulation"]._get_versions_in_force(record.sudo()).get(record.id)
        if not version:
            return False
        case = self._get_cases(record).get(record.id)
        bar = self.sudo()._build_bar(record.sudo(), version.sudo(), case)
        return bar | {"may_move": record.has_access("write")}

    @api.model
    def move(self, res_model, res_ids, target, comment=None, status_id=None, override_reason=None):
        """Bring records to a stage with what the one dialog asked.

        :param target: value of the stage, as text.
        :param override_reason: of a person who may override; noted with what was missing.
        :return: the new bar of a single record, True for several.
        :raise StageRefused: something is missing; AccessError: no right to write.
        """
        records = self._get_readable(res_model, res_ids, "write")
        if not records._get_stage_rules():
            raise UserError(self.env._("No regulation is in force for “%s”.", records._description))
        records.with_context(
            bpm_stage_comment=comment or "",
            bpm_stage_status=status_id or False,
            bpm_stage_override=override_reason or "",
        )._set_stage_value(str(target))
        return self.get_bar(res_model, records.id) if len(records) == 1 else True

    @api.model
    def get_history(self, res_model, res_id, limit=20):
        """Changes of a record's stage, newest first, for whoever may read the record.

        :return: list of {id, at, user: [id, name], from, to, days, comment, status, kind,
            reason, missing: list of names}
        """
        record = self._get_readable(res_model, res_id)
        changes = (
            self.env["bpm.stage.change"]
            .sudo()
            .search([("res_model", "=", record._name), ("res_id", "=", record.id)], limit=limit)
        )
        return [change._describe_for_client() for change in changes]

    # ------------------------------------------------------------ building

    @api.model
    def _build_bar(self, record, version, case):
        """``case`` may be None: what it would be under that version (try it on)."""
        value = record._get_stage_values()[record.id]
        current = version.stage_ids.filtered(lambda s: s.value == value)
        ways, missing = self._get_ways(record, version, case, current, value)
        following = self._get_next(version, current, ways)
        steps = self._describe_steps(record, current, case)
        return {
            "regulation": {
                "id": version.regulation_id.id,
                "name": version.regulation_id.name,
                "version_id": version.id,
                "number": version.number,
            },
            "stage_field": version.regulation_id.stage_field,
            "value": value,
            "stages": [
                self._describe_stage(stage, current, following, ways, missing)
                for stage in version.stage_ids
            ],
            "steps": steps,
            "missing": missing,
            "next": following.value or False,
            "days": self._get_days_by_case([case], self.env.cr.now())[case] if case else 0.0,
            "norm_days": current.norm_days,
            "asks": version.regulation_id._describe_asks(current),
            "may_override": self.env.user.has_group("bpm_engine.group_override"),
        }

    def _get_ways(self, record, version, case, current, value):
        """({stage: kind of the way there}, {value: missing items})"""
        gate = self.env["bpm.stage.gate"]
        others = version.stage_ids - current
        moves = [Move(record, version, case, value, stage.value) for stage in others]
        gate._judge(moves, asked=False)
        ways = {stage: gate._get_way(current, stage, case).kind for stage in others}
        return ways, {move.to_value: move.missing for move in moves}

    def _get_next(self, version, current, ways):
        ahead = version.stage_ids.filtered(
            lambda s: ways.get(s) == "forward" and (not current or current._is_before(s))
        )
        return (ahead & current.next_ids)[:1] or ahead[:1]

    def _describe_stage(self, stage, current, following, ways, missing):
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
            "kind": ways.get(stage, "here"),
            "is_final": stage.is_final,
            "is_lost": stage.is_lost,
            "color": stage.color,
            "norm_days": stage.norm_days,
            "missing": len(missing.get(stage.value, ())),
        }

    def _describe_steps(self, record, stage, case):
        if not case:
            return stage.step_ids._describe_planned(record)
        rows = case.step_ids.filtered(lambda s: s.is_current and s.state != "withdrawn")
        rows = rows.filtered(lambda s: s.stage_id == stage).sorted(lambda s: (s.sequence, s.id))
        todo = rows.filtered(lambda s: s.state == "todo")
        own = todo.filtered(lambda s: s.user_id == self.env.user)
        following = (own or todo)[:1]
        return [row._describe_for_client() | {"next": row == following} for row in rows]


class BpmStageCaseStep(models.Model):
    _inherit = "bpm.stage.case.step"

    def _describe_for_client(self):
        self.ensure_one()
        activity = self.activity_ids.filtered("active")[:1]
        activity_type = activity.activity_type_id
        person = self.sudo(False)
        return {
            "id": self.id,
            "key": self.key,
            "name": self.name,
            "kind": self.kind,
            "required": self.required,
            "state": self.state,
            "user": _pair(self.user_id),
            "group": _pair(self.group_id),
            "deadline": fields.Datetime.to_string(self.deadline),
            "overdue": self.state == "todo"
            and bool(self.deadline)
            and self.deadline < fields.Datetime.now(),
            "date_done": fields.Datetime.to_string(self.date_done),
            "done_by": _pair(self.done_by_id),
            "comment": self.comment or "",
            "instruction": self.step_id.instruction or "",
            "why": self.why or "",
            "phone": self._get_phone(activity_type),
            "activity_id": activity.id,
            "category": activity_type.category or "default",
            "icon": activity_type.icon or "",
            "instance_id": self.instance_id.id,
            "created": self._describe_created(),
            "may_do": person._may_act(None if self.kind == "approval" else "write"),
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

    def action_remind(self):
        """Tell the person once more, by the usual notification of an activity."""
        for model, cases in self.sudo().case_id.grouped("res_model").items():
            self.env["bpm.stage.case"]._get_readable(model, cases.mapped("res_id"))
        self.sudo().activity_ids.filtered("active").action_notify()
        return True


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
                user, why = step._get_people(record)[record.id]
                deadline = step._get_deadline(company, now)
                planned.append({
                    "id": False, "key": step.key, "name": step.name, "kind": step.kind,
                    "required": step.required, "state": "planned", "user": _pair(user),
                    "group": _pair(step.assign_group_id), "why": why, "next": False,
                    "deadline": fields.Datetime.to_string(deadline),
                    "instruction": step.instruction or "",
                })  # fmt: skip
        return planned


def _pair(record):
    return [record.id, record.display_name] if record else False
