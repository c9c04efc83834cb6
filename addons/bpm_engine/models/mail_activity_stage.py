from odoo import api, fields, models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    """Steps of stages: done where the activity is done, and not to be dropped."""

    _inherit = "mail.activity"

    bpm_case_step_id = fields.Many2one(
        "bpm.stage.case.step",
        string="Step of a Stage",
        ondelete="cascade",
        index="btree_not_null",
    )

    def _get_stage_steps(self):
        """Open steps of these activities."""
        steps = self.sudo().filtered("active").bpm_case_step_id
        return steps.filtered(lambda step: step.state == "todo")

    def _action_done(self, feedback=False, attachment_ids=None):
        """Doing the activity of an approval approves it, so only approvers may."""
        steps = self._get_stage_steps()
        if steps and not self.env.context.get("bpm_step_checked"):
            steps.with_env(self.env).filtered(lambda s: s.kind == "approval")._check_may_act()
        activities = self.with_context(bpm_step_checked=True) if steps else self
        result = super(MailActivity, activities)._action_done(
            feedback=feedback, attachment_ids=attachment_ids
        )
        steps._mark_done(feedback)
        return result

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self._check_no_step_dropped()
        result = super().write(vals)
        if vals.get("user_id") and not self.env.context.get("bpm_step_checked"):
            self._get_stage_steps().write(
                {
                    "user_id": vals["user_id"],
                    "is_passed_on": True,
                    "why": self.env._("Passed on by %s", self.env.user.name),
                }
            )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_required_step(self):
        self._check_no_step_dropped()

    def _check_no_step_dropped(self):
        """Required steps are done, not dropped; with their record they go (TN-30).

        The record is looked for because it is deleted before its activities.
        """
        if self.env.context.get("bpm_step_checked"):
            return
        for step in self._get_stage_steps().filtered("required"):
            if step._get_records().exists():
                raise UserError(
                    self.env._(
                        "“%(step)s” is a required step of the stage “%(stage)s”: do it, or pass "
                        "it on to another person. It goes away when the record leaves the stage.",
                        step=step.name,
                        stage=step.stage_id.name,
                    )
                )
