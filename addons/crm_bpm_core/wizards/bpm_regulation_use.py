from odoo import api, fields, models


class BpmRegulationUse(models.TransientModel):
    """For leads: the team whose way it is."""

    _inherit = "bpm.regulation.use"

    team_id = fields.Many2one(
        "crm.team",
        ondelete="cascade",
        help="Only its leads, and new stages are made for it alone. Empty: all teams.",
    )

    @api.depends("team_id")
    def _compute_domain(self):
        return super()._compute_domain()

    @api.depends("team_id")
    def _compute_line_ids(self):
        return super()._compute_line_ids()

    def _get_domain(self):
        text = super()._get_domain()
        if not self.team_id or self.model != "crm.lead":
            return text
        team = f"('team_id', '=', {self.team_id.id})"
        return f"[{team}]" if text == "[]" else f"[{team}, {text[1:]}"

    def _get_options(self):
        options = super()._get_options()
        return options | {"team_id": self.team_id.id} if self.team_id else options
