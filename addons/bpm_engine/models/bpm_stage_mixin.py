from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

LAST_CHANGES = """
    SELECT DISTINCT ON (res_id) res_id, status_id, comment
      FROM bpm_stage_change
     WHERE res_model = %s AND res_id = ANY(%s) AND (status_id IS NOT NULL OR comment IS NOT NULL)
     ORDER BY res_id, id DESC
"""

#: Records of which one of these steps is the next: the first that is to be done.
NEXT_OF = """
    SELECT c.res_id
      FROM bpm_stage_case_step s
      JOIN bpm_stage_case c ON c.id = s.case_id
     WHERE s.id IN %(steps)s
       AND NOT EXISTS (SELECT 1 FROM bpm_stage_case_step sooner
                        WHERE sooner.case_id = s.case_id AND sooner.state = 'todo'
                          AND (sooner.sequence, sooner.id) < (s.sequence, s.id))
"""

#: Records of which one of these changes is the last that said something.
LAST_OF = """
    SELECT c.res_id
      FROM bpm_stage_change c
     WHERE c.id IN %(changes)s
       AND NOT EXISTS (SELECT 1 FROM bpm_stage_change later
                        WHERE later.res_model = c.res_model AND later.res_id = c.res_id
                          AND later.id > c.id
                          AND (later.status_id IS NOT NULL OR later.comment IS NOT NULL))
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
        string="Next Step Until",
        compute="_compute_bpm_next_step",
        search="_search_bpm_next_step_deadline",
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

    @api.depends_context("uid", "lang")
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
            record.bpm_next_step = step._get_name() if step else False
            record.bpm_next_step_deadline = step.deadline if step else False

    def _search_bpm_next_step(self, operator, value):
        """By the step that the column shows, in the language in which it shows it."""

        def named(operator, value):
            gone = Domain("step_id", "=", False) & Domain("name", operator, value)
            return Domain("step_id.name", operator, value) | gone

        return self._search_next_step(named, operator, value)

    def _search_bpm_next_step_deadline(self, operator, value):
        def due(operator, value):
            return Domain("deadline", operator, value)

        return self._search_next_step(due, operator, value)

    def _search_next_step(self, ask, operator, value):
        """Records whose next step is so; "is not set" finds those that have none.

        :param ask: (operator, value) -> domain of steps.
        """
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        if operator == "in" and False in value:
            given = self._where_next_step(ask("in", [v for v in value if v]))
            return given | ~self._where_next_step(Domain.TRUE)
        return self._where_next_step(ask(operator, value))

    def _where_next_step(self, domain):
        steps = self.env["bpm.stage.case.step"].sudo()
        steps.flush_model()
        domain &= Domain("state", "=", "todo") & Domain("case_id.res_model", "=", self._name)
        query = steps._search(domain, order="id")
        return Domain.custom(
            to_sql=lambda model, alias, _query: SQL(
                "%s IN (%s)", SQL.identifier(alias, "id"), SQL(NEXT_OF, steps=query.subselect())
            )
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
        return self._search_last_change("status_id", operator, value)

    def _search_bpm_stage_comment(self, operator, value):
        return self._search_last_change("comment", operator, value)

    def _search_last_change(self, name, operator, value):
        """Records whose last word at a change of stage is so: what their column shows.

        Records that never got one have none: "is not set" finds them too.
        """
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        if operator == "in" and False in value:
            given = self._search_last_change(name, "in", [v for v in value if v])
            return given | ~self._where_last_change(Domain(name, "!=", False))
        return self._where_last_change(Domain(name, operator, value))

    def _where_last_change(self, domain):
        changes = self.env["bpm.stage.change"].sudo()
        changes.flush_model()
        query = changes._search(domain & Domain("res_model", "=", self._name))
        return Domain.custom(
            to_sql=lambda model, alias, _query: SQL(
                "%s IN (%s)", SQL.identifier(alias, "id"), SQL(LAST_OF, changes=query.subselect())
            )
        )
