from odoo import models

from .bpm_stage_case_step import OPEN_STATES


class BpmStageCaseStep(models.Model):
    """Steps under another wording, and what is said of them when they are missing."""

    _inherit = "bpm.stage.case.step"

    def _adopt(self, version):
        """Go under a version, each as the same step there.

        What is done stays done, open steps follow the wording. An approval that was an activity
        before is to be given anew: whoever did the activity has not approved.

        :return: the open ones that have no place there and were withdrawn.
        """
        steps = version.stage_ids.step_ids
        groups = self._match(steps)
        nowhere = groups.pop(steps.browse(), self.browse())
        former = []
        for step, rows in groups.items():
            former += rows.grouped("step_id").items()
            rows._go_under(step)
        closed = nowhere.filtered(lambda row: row.state not in OPEN_STATES)
        keys = set(steps.mapped("key"))
        closed.filtered(lambda row: row.key in keys).is_current = False
        misplaced = self.filtered(lambda row: row.stage_id != row.case_id.stage_id)
        withdrawn = (nowhere | misplaced)._withdraw()
        for step, rows in former:
            rows._renew(step)
        return withdrawn

    def _go_under(self, step):
        self.write({
            "step_id": step.id, "key": step.key, "stage_id": step.stage_id.id,
            "required": step.required, "after_key": step.after_id.key,
        })  # fmt: skip
        group = (
            step.assign_group_id if step.assign_kind == "group" else step.assign_group_id.browse()
        )
        coming = self.filtered(lambda row: row.state in OPEN_STATES)
        coming.filtered(lambda row: not row.is_passed_on).group_id = group
        coming.name = step.name

    # ------------------------------------------------------------ in words

    def _get_awaited(self):
        """{waiting step of these: the step that is to be done for it}, asked at once.

        Of a chain it is the first one that somebody can do, not the next that waits as well.
        """
        waiting = self.filtered(lambda step: step.state == "waiting")
        if not waiting:
            return {}
        found = self.sudo().search(
            [
                ("case_id", "in", waiting.case_id.ids),
                ("is_current", "=", True),
                ("state", "!=", "withdrawn"),
            ]
        )
        by_key = {(step.case_id, step.key): step for step in found}
        awaited = {}
        for step in waiting:
            before, seen = by_key.get((step.case_id, step.after_key)), step
            while before and before.state == "waiting" and before not in seen:
                seen |= before
                before = by_key.get((before.case_id, before.after_key)) or before
            if before:
                awaited[step] = before
        return awaited

    def _describe_missing(self, awaited=None):
        """The item of a refusal (see bpm.regulation.why_not) for this open step.

        :param awaited: {step: the step it waits for}
        """
        self.ensure_one()
        before = (awaited or {}).get(self)
        cure = self._describe_cure()
        if before:
            cure["before"] = before._describe_cure() | {"name": before._get_name()}
        return {
            "kind": "step",
            "key": self.key,
            "name": self._get_name(),
            "stage": self.stage_id.name,
            "text": self._describe_state(before),
            "cure": cure,
        }

    def _describe_cure(self):
        return {
            "type": self.kind,
            "step_id": self.id,
            "state": self.state,
            "activity_id": self.activity_ids.filtered("active")[:1].id,
            "user": [self.user_id.id, self.user_id.name],
            "text": "",
        }

    def _describe_state(self, before=None):
        who = self.group_id.name or self.user_id.name or ""
        if before:
            return self._describe_waiting(before)
        if self.state == "waiting":
            return self.env._("Step “%s” waits for another step.", self._get_name())
        if self.state == "refused" and self.kind == "process":
            return self.env._(
                "“%(step)s” has not come to its end: %(reason)s",
                step=self._get_name(),
                reason=self.comment or "",
            )
        if self.state == "refused":
            return self.env._(
                "“%(step)s” was refused by %(who)s: %(reason)s",
                step=self._get_name(),
                who=self.done_by_id.name,
                reason=self.comment or "",
            )
        if self.kind == "approval":
            return self.env._(
                "“%(step)s” waits for the approval of %(who)s.", step=self._get_name(), who=who
            )
        return self.env._("Step “%(step)s” is not done (%(who)s).", step=self._get_name(), who=who)

    def _describe_waiting(self, before):
        who = before.group_id.name or before.user_id.name
        names = {"step": self._get_name(), "before": before._get_name()}
        # A step that waits itself is nobody's yet.
        if not who:
            return self.env._("Step “%(step)s” waits for “%(before)s”.", **names)
        return self.env._("Step “%(step)s” waits for “%(before)s” (%(who)s).", who=who, **names)
