from odoo import fields, models


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
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        default="waiting",
        required=True,
    )
    total = fields.Integer(help="Records the stage had to work on, as far as known.")
    processed = fields.Integer()
    created = fields.Integer(help="Calls, alarms or status changes made.")
    issue_count = fields.Integer(string="Errors")
    duration = fields.Float(help="Seconds of work.")
    message = fields.Char(help="What the stage has to say, in words.")
    cursor = fields.Integer(help="Where the stage goes on after an interruption.")

    _run_code_uniq = models.UniqueIndex("(run_id, code)")
