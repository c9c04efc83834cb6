from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..lib.own_context import INTERNAL
from .bpm_stage_case_step import OPEN_STATES


class BpmStageCaseStep(models.Model):
    """The end of a step: done, approved, refused or withdrawn, and who may do that."""

    _inherit = "bpm.stage.case.step"

    def action_done(self, comment=None):
        """Mark steps as done, by the person who has it or whoever may change the record.

        :raise AccessError: neither. :raise UserError: it waits, or is an approval or a process.
        """
        for step in self:
            step._check_open(("activity", "record", "action"))
            step._check_may_act("write")
            step._finish(comment)
        return True

    def action_approve(self, comment=None):
        """Give the approval (AT-09): only the person, the group or a manager may."""
        for step in self:
            step._check_open(("approval",))
            step._check_may_act()
            step._finish(comment)
        return True

    def action_refuse(self, reason):
        """Refuse the approval with a reason; the stage cannot be left until it is asked anew."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it is refused."))
        for step in self:
            step._check_open(("approval",))
            step._check_may_act()
            step.sudo()._close("refused", reason)
        return True

    def action_again(self):
        """Ask a refused approval (or start a failed process) anew; the former round stays."""
        for step in self:
            step._check_may_act("write")
            old = step.sudo()
            if old.state != "refused" or not old.is_current:
                raise UserError(self.env._("“%s” has not been refused.", old._get_name()))
            old.is_current = False
            new = old.copy({
                "is_current": True, "state": "todo", "comment": False, "date_done": False,
                "done_by_id": False, "instance_id": False, "is_passed_on": False,
                "substitution_id": False,
            })  # fmt: skip
            new._start()
        return True

    def _finish(self, comment):
        """Done, together with its activity, which may be done by anybody who may do the step."""
        activities = self.sudo().activity_ids.filtered("active")
        if activities:
            activities.with_context(bpm_step_checked=INTERNAL).action_feedback(feedback=comment)
        else:
            self.sudo()._mark_done(comment)

    def _mark_done(self, comment=None):
        """These steps are done; what waited for them starts. Callers have checked rights."""
        self = self.filtered(lambda step: step.state in OPEN_STATES)
        self._close("done", comment)
        self._start_following()

    def _close(self, state, comment=None):
        """End open steps; activities that are left go away, the row stays as history."""
        if not self:
            return
        self.write(
            {
                "state": state,
                "comment": comment or False,
                "date_done": fields.Datetime.now(),
                "done_by_id": self.env.uid,
            }
        )
        self._get_checked_activities().unlink()

    def _withdraw(self):
        """Nobody has to do these any more."""
        steps = self.filtered(lambda step: step.state in OPEN_STATES)
        if steps:
            steps.write({"state": "withdrawn", "date_done": fields.Datetime.now()})
            steps._get_checked_activities().unlink()
        return steps

    def _start_following(self):
        """Start steps that waited for these."""
        if not self:
            return
        done = {(step.case_id.id, step.key) for step in self}
        waiting = self.search(
            [
                ("case_id", "in", self.case_id.ids),
                ("state", "=", "waiting"),
                ("after_key", "in", self.mapped("key")),
            ]
        )
        waiting.filtered(lambda s: (s.case_id.id, s.after_key) in done)._start()

    # ------------------------------------------------------------ rights

    def _check_open(self, kinds):
        self.ensure_one()
        if self.kind not in kinds or self.state != "todo":
            labels = dict(
                self.env["bpm.regulation.step"]._fields["kind"]._description_selection(self.env)
            )
            raise UserError(
                self.env._(
                    "“%(step)s” cannot be ended this way: %(state)s, %(kind)s.",
                    step=self.sudo()._get_name(),
                    state=dict(self._fields["state"]._description_selection(self.env))[self.state],
                    kind=labels[self.kind],
                )
            )

    def _check_may_act(self, operation=None):
        """:raise AccessError: not one's own step, and no right to ``operation`` on the record."""
        for step in self:
            if not step._may_act(operation):
                raise AccessError(
                    self.env._(
                        "“%(step)s” is for %(who)s.",
                        step=step.sudo()._get_name(),
                        who=step.sudo().group_id.name or step.sudo().user_id.name,
                    )
                )

    def _may_act(self, operation=None):
        """Own step, own group's, a manager of processes, or who has a right on the record."""
        self.ensure_one()
        user, step = self.env.user, self.sudo()
        if self.env.su or step.user_id == user or step.group_id in user.all_group_ids:
            return True
        record = self._get_records().with_env(self.env)
        if user.has_group("bpm_engine.group_manager") and record.has_access("read"):
            return True
        return bool(operation and record.has_access(operation))
