from odoo import models

from ..lib.own_context import INTERNAL


class ResUsers(models.Model):
    """Who leaves the company leaves tasks and steps of stages behind: somebody else gets them."""

    _inherit = "res.users"

    def action_archive(self):
        """Odoo deletes a person's activities; those of steps, which are not to be dropped, are
        planned anew for whoever gets the steps."""
        users = self.with_context(bpm_step_checked=INTERNAL)
        return super(ResUsers, users).action_archive()

    def write(self, vals):
        is_left = "active" in vals and not vals["active"]
        leaving = self.filtered("active") if is_left else self.browse()
        result = super().write(vals)
        if leaving:
            self.env["bpm.stage.case.step"]._get_open_steps_of(leaving)._find_successors()
            self.env["bpm.task"]._get_open_of(leaving)._find_successors()
        return result

    def unlink(self):
        steps = self.env["bpm.stage.case.step"]._get_open_steps_of(self)
        tasks = self.env["bpm.task"]._get_open_of(self)
        result = super().unlink()
        for left in (steps, tasks):
            left.invalidate_recordset()
            left._find_successors()
        return result
