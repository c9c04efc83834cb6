from odoo import fields, models


class BpmMigrationLine(models.Model):
    """The verdict on one running instance, and its state before the move."""

    _name = "bpm.migration.line"
    _description = "Change of a Running Process"
    _order = "verdict, id"
    _rec_name = "instance_id"

    migration_id = fields.Many2one("bpm.migration", required=True, ondelete="cascade", index=True)
    instance_id = fields.Many2one("bpm.instance", required=True, ondelete="cascade", index=True)
    from_version_id = fields.Many2one("bpm.process.version", ondelete="cascade")
    verdict = fields.Selection(
        [("moves", "Moves"), ("needs_mapping", "Needs a decision"), ("blocked", "Stays")],
        required=True,
    )
    reason = fields.Text()
    steps = fields.Json(readonly=True, help="Removed steps that need a decision.")
    state = fields.Selection(
        [("open", "Open"), ("moved", "Moved"), ("failed", "Failed"), ("undone", "Taken back")],
        default="open",
        required=True,
    )
    state_before = fields.Text(prefetch=False, groups="base.group_system")
    fingerprint_after = fields.Char(
        help="Of the state right after the move: undo is possible while nothing went on."
    )
