from odoo import api, fields, models


class CrmNightlyRunStage(models.Model):
    """Progress of one stage of a sweep: resumable, done once per night."""

    _name = "crm.nightly.run.stage"
    _description = "Nightly Sweep Stage"
    _order = "sequence, id"
    _rec_name = "code"

    run_id = fields.Many2one("crm.nightly.run", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer()
    code = fields.Selection(
        [
            ("ledger", "Order ledger"),
            ("promotion", "Promotion of statuses"),
            ("monitoring", "Monitoring calls"),
            ("recession", "Recession alarms"),
            ("next_step", "Customers without next step"),
            ("snapshot", "Snapshot"),
        ],
        required=True,
        string="Stage",
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        default="waiting",
        required=True,
    )
    total = fields.Integer(
        aggregator=None, help="Records the stage had to work on, as far as known."
    )
    processed = fields.Integer(aggregator=None)
    created = fields.Integer(help="Calls, alarms or status changes made.")
    issue_count = fields.Integer(string="Errors")
    duration = fields.Float(string="Seconds", help="Seconds of work.")
    message = fields.Char(help="What the stage has to say, in words.")
    cursor = fields.Integer(
        help="For stages that note where they go on after an interruption. Most need none: "
        "what is done is no longer found."
    )
    progress = fields.Float(compute="_compute_progress", help="Per cent of the work done.")

    _run_code_uniq = models.UniqueIndex("(run_id, code)")

    @api.depends("state", "total", "processed")
    def _compute_progress(self):
        for stage in self:
            share = stage.processed / stage.total if stage.total else 0
            stage.progress = 100.0 if stage.state == "done" else 100.0 * min(share, 1)
