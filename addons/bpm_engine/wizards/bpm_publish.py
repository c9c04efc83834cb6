from odoo import api, fields, models


class BpmPublish(models.TransientModel):
    """Shown before publishing when the check found something."""

    _name = "bpm.publish"
    _description = "Publish a Process"

    version_id = fields.Many2one("bpm.process.version", required=True, ondelete="cascade")
    error_list = fields.Text(compute="_compute_problems")
    warning_list = fields.Text(compute="_compute_problems")
    change_note = fields.Char(related="version_id.change_note", readonly=False)

    @api.depends("version_id")
    def _compute_problems(self):
        for wizard in self:
            problems = wizard.version_id.problems or []
            wizard.error_list = wizard._list(problems, "error")
            wizard.warning_list = wizard._list(problems, "warning")

    def _list(self, problems, level):
        return "\n".join(f"• {item['message']}" for item in problems if item["level"] == level)

    def action_publish(self):
        """Publish although there are warnings; errors still refuse."""
        self.ensure_one()
        return self.version_id.action_publish()
