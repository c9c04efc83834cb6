from odoo import api, fields, models
from odoo.fields import Domain

LAST_CHANGES = """
    SELECT DISTINCT ON (res_id) res_id, status_id, comment
      FROM bpm_stage_change
     WHERE res_model = %s AND res_id = ANY(%s) AND (status_id IS NOT NULL OR comment IS NOT NULL)
     ORDER BY res_id, id DESC
"""


class BpmStageMixin(models.AbstractModel):
    """Columns and filters about the stage for lists of a regulated model.

    Regulations work on any model without it, and the bar stands on every form by itself.
    """

    _name = "bpm.stage.mixin"
    _description = "Regulated Record"

    bpm_next_step = fields.Char(
        string="Next Step", compute="_compute_bpm_next_step", search="_search_bpm_next_step"
    )
    bpm_next_step_deadline = fields.Datetime(
        string="Next Step Until", compute="_compute_bpm_next_step"
    )
    bpm_stage_status_id = fields.Many2one(
        "bpm.stage.status",
        string="Short Status",
        compute="_compute_bpm_stage_status",
        search="_search_bpm_stage_status_id",
        help="The last one given on a change of stage.",
    )
    bpm_stage_comment = fields.Text(
        string="Comment on the Stage",
        compute="_compute_bpm_stage_status",
        search="_search_bpm_stage_comment",
    )

    @api.depends_context("uid")
    def _compute_bpm_next_step(self):
        steps = (
            self.env["bpm.stage.case.step"]
            .sudo()
            .search(
                [
                    ("case_id.res_model", "=", self._name),
                    ("case_id.res_id", "in", self._origin.ids),
                    ("state", "=", "todo"),
                ],
                order="sequence desc, id desc",
            )
        )
        following = steps._get_by_record()
        for record in self:
            step = following.get(record._origin.id)
            record.bpm_next_step = step.name if step else False
            record.bpm_next_step_deadline = step.deadline if step else False

    def _search_bpm_next_step(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return self._search_by_link(
            "bpm.stage.case.step",
            Domain("name", operator, value) & Domain("state", "=", "todo"),
            "case_id.",
        )

    @api.depends_context("uid")
    def _compute_bpm_stage_status(self):
        self.env["bpm.stage.change"].flush_model()
        self.env.cr.execute(LAST_CHANGES, [self._name, self._origin.ids])
        found = {res_id: rest for res_id, *rest in self.env.cr.fetchall()}
        for record in self:
            status, comment = found.get(record._origin.id, (False, False))
            record.bpm_stage_status_id = status
            record.bpm_stage_comment = comment

    def _search_bpm_stage_status_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return self._search_by_link("bpm.stage.change", Domain("status_id", operator, value))

    def _search_bpm_stage_comment(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return self._search_by_link("bpm.stage.change", Domain("comment", operator, value))

    def _search_by_link(self, model, domain, path=""):
        """Records that have such a row linked by model and id; ever, not only the last."""
        domain &= Domain(f"{path}res_model", "=", self._name)
        rows = self.env[model].sudo().search(domain)
        ids = (rows.case_id if path else rows).mapped("res_id")
        return Domain("id", "in", ids)
