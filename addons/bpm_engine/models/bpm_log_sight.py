from odoo import api, fields, models

from .bpm_sight_words import duration_text


class BpmLog(models.Model):
    """How long a step took, in words."""

    _inherit = "bpm.log"

    duration_text = fields.Char(
        string="Took", compute="_compute_duration_text", help="From entering to leaving the step."
    )

    @api.depends("duration", "event")
    def _compute_duration_text(self):
        for row in self:
            told = row.event in ("left", "cancelled")
            row.duration_text = duration_text(self.env, row.duration) if told else False
