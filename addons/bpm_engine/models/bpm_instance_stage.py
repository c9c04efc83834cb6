from odoo import models


class BpmInstance(models.Model):
    """A process that is a step of a stage: its end is the end of the step."""

    _inherit = "bpm.instance"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("done", "cancelled"):
            self._end_stage_steps(vals["state"])
        return result

    def _end_stage_steps(self, state):
        steps = (
            self.env["bpm.stage.case.step"]
            .sudo()
            .search([("instance_id", "in", self.ids), ("state", "=", "todo")])
        )
        if state == "done":
            steps._mark_done()
        else:
            steps._close("refused", self.env._("The process was cancelled."))
