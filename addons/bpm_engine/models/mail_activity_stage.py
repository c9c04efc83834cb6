from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.own_context import INTERNAL, is_internal


class MailActivity(models.Model):
    """Steps of stages: done where the activity is done, and not to be dropped."""

    _inherit = "mail.activity"

    bpm_case_step_id = fields.Many2one(
        "bpm.stage.case.step",
        string="Step of a Stage",
        ondelete="cascade",
        index="btree_not_null",
        copy=False,
    )

    def _get_stage_steps(self):
        """Open steps of these activities."""
        steps = self.sudo().filtered("active").bpm_case_step_id
        return steps.filtered(lambda step: step.state == "todo")

    def _is_step_checked(self):
        """Whether the step itself does this to its activity, and has checked who may."""
        return is_internal(self.env, "bpm_step_checked")

    def _action_done(self, feedback=False, attachment_ids=None):
        """Doing the activity of an approval approves it, so only approvers may."""
        steps = self._get_stage_steps()
        if not self._is_step_checked():
            steps.with_env(self.env)._check_may_approve()
        activities = self.with_context(bpm_step_checked=INTERNAL) if steps else self
        result = super(MailActivity, activities)._action_done(
            feedback=feedback, attachment_ids=attachment_ids
        )
        steps._mark_done(feedback)
        return result

    # ------------------------------------------------------------ changing it

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        # Looked at afterwards: a client may also give the step as a default.
        if activities.sudo().bpm_case_step_id and not self._is_step_checked():
            self._refuse_other_step()
        return activities

    def write(self, vals):
        """Passing the activity on passes the step on, postponing it postpones the step."""
        if self._is_step_checked():
            return super().write(vals)
        if "bpm_case_step_id" in vals:
            self._refuse_other_step()
        if vals.keys().isdisjoint(("active", "user_id", "date_deadline")):
            return super().write(vals)
        if "active" in vals and not vals["active"]:
            self._check_no_step_dropped()
        steps = self._get_stage_steps().with_env(self.env)
        if "user_id" in vals:
            steps._check_passing_on(vals["user_id"])
        day = fields.Date.to_date(vals.get("date_deadline"))
        if day:
            steps._check_postponing(day)
        result = super().write(vals)
        if vals.get("user_id"):
            steps._pass_on(vals["user_id"])
        if day:
            steps._postpone(day)
        return result

    def _refuse_other_step(self):
        raise UserError(
            self.env._(
                "Which step of a stage an activity is for is decided by the regulation; plan an "
                "activity of your own without it."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_required_step(self):
        self._check_no_step_dropped()

    def _check_no_step_dropped(self):
        """Required steps are done, not dropped; with their record they go (TN-30).

        The record is looked for because it is deleted before its activities.
        """
        if self._is_step_checked():
            return
        for step in self._get_stage_steps().filtered("required"):
            if step._get_records().exists():
                raise UserError(
                    self.env._(
                        "“%(step)s” is a required step of the stage “%(stage)s”: do it, or pass "
                        "it on to another person. It goes away when the record leaves the stage.",
                        step=step._get_name(),
                        stage=step.stage_id.name,
                    )
                )
