from odoo import fields, models


class CrmNightlyRun(models.Model):
    """One sweep over the customers of a company, for one night (PK-12)."""

    _name = "crm.nightly.run"
    _description = "Nightly Sweep"
    _order = "night desc, id desc"
    _rec_name = "night"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", index=True)
    night = fields.Date(
        required=True, help="Calendar day of the company at whose 01:00 the sweep was due."
    )
    state = fields.Selection(
        [
            ("running", "Running"),
            ("done", "Done"),
            ("warning", "Done, with errors"),
            ("failed", "Failed"),
        ],
        default="running",
        required=True,
    )
    trigger = fields.Selection(
        [("cron", "By schedule"), ("manual", "By hand"), ("replay", "Replay")],
        default="cron",
        required=True,
    )
    date_start = fields.Datetime(required=True, default=fields.Datetime.now)
    date_end = fields.Datetime()
    stage_ids = fields.One2many("crm.nightly.run.stage", "run_id")
    issue_ids = fields.One2many("crm.nightly.run.issue", "run_id")
    feed_dead = fields.Boolean(
        string="No Orders Arrived",
        help="An ordinary working day brought far fewer orders than usual: the feed from "
        "the store or 1C is probably down. The administrator is told, nobody is called.",
    )

    _company_night_uniq = models.UniqueIndex(
        "(company_id, night)", "This company has a sweep for that night already."
    )
