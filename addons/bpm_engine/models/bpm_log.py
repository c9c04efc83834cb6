from odoo import api, fields, models


class BpmLog(models.Model):
    """History of a process: who did what when. Only ever added to, by nobody changed."""

    _name = "bpm.log"
    _description = "History of a Process"
    _inherit = ["bpm.rows.mixin", "bpm.history.mixin"]
    _order = "id"
    _rec_name = "element_name"

    instance_id = fields.Many2one("bpm.instance", required=True, ondelete="restrict", index=True)
    process_id = fields.Many2one("bpm.process", required=True, ondelete="restrict")
    version_id = fields.Many2one("bpm.process.version", required=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True)
    element = fields.Char(help="Id of the element in the diagram.")
    element_name = fields.Char()
    element_type = fields.Char()
    token = fields.Char()
    event = fields.Selection(
        [
            ("started", "Started"),
            ("entered", "Entered"),
            ("left", "Left"),
            ("cancelled", "Withdrawn"),
            ("fired", "Fired"),
            ("decided", "Decided"),
            ("assigned", "Assigned"),
            ("escalated", "Escalated"),
            ("migrated", "Moved to another version"),
            ("error", "Incident"),
            ("repaired", "Repaired"),
            ("ended", "Ended"),
        ],
        required=True,
    )
    at = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", help="Who did it; empty: the engine.")
    duration = fields.Float(help="Seconds from entering to leaving the element.")
    overdue = fields.Boolean(help="Left after its deadline.")
    outcome = fields.Char()
    comment = fields.Text()

    _heat_idx = models.Index("(version_id, event, at)")
    _instance_idx = models.Index("(instance_id, id)")

    @api.model
    def _append(self, lines):
        """Add lines of history; those without a moment happen now.

        :param lines: dicts of values.
        """
        for statement in self._prepare_append(lines):
            self.env.cr.execute(statement)
        ids = {line["instance_id"] for line in lines}
        self.env["bpm.instance"].browse(ids).invalidate_recordset(["log_ids"], flush=False)

    @api.model
    def _prepare_append(self, lines):
        """Statements that add lines; see _append()."""
        now = fields.Datetime.now()
        rows = [{"at": now, **line} for line in lines]
        if rows and self._is_watched():
            self.create(rows)
        elif rows:
            yield self._prepare_insert(rows)

    def _get_purge_refusal(self):
        return self.env._("The history of processes cannot be changed or deleted.")
