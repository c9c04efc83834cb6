from odoo import api, fields, models


class BpmJob(models.Model):
    """A service task that runs in the background, or that failed: an incident."""

    _name = "bpm.job"
    _description = "Background Step of a Process"
    _order = "id desc"
    _rec_name = "element_name"

    instance_id = fields.Many2one("bpm.instance", required=True, ondelete="cascade", index=True)
    process_id = fields.Many2one(
        related="instance_id.process_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(related="instance_id.company_id", store=True, precompute=True)
    element_id = fields.Many2one("bpm.element", ondelete="set null")
    element_name = fields.Char(readonly=True)
    kind = fields.Selection(
        [
            ("service", "A service"),
            ("start", "The start"),
            ("timer", "A timer"),
            ("continue", "What follows a service"),
            ("event", "A message or signal"),
        ],
        default="service",
        required=True,
        readonly=True,
        help="What failed or waits: one service, or a whole step that is taken again.",
    )
    token = fields.Char(readonly=True, required=True)
    variables = fields.Json(
        readonly=True,
        help="First variables of a start that failed, or the messages that could not be taken.",
    )
    action_id = fields.Many2one("bpm.action", readonly=True, ondelete="set null")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("done", "Done"),
            ("incident", "Incident"),
            ("skipped", "Skipped"),
            ("cancelled", "Cancelled"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
    )
    tries = fields.Integer(readonly=True)
    error = fields.Text(readonly=True, help="What went wrong the last time.")
    date_done = fields.Datetime(readonly=True)
    done_by_id = fields.Many2one("res.users", readonly=True)
    reason = fields.Char(readonly=True, help="Why a manager skipped or cancelled it.")
    can_repair = fields.Boolean(
        compute="_compute_can_repair",
        help="You manage processes or own this one: you may retry, skip or cancel.",
    )
    queue_uuid = fields.Char(readonly=True, index=True)

    @api.depends("instance_id.can_control")
    @api.depends_context("uid")
    def _compute_can_repair(self):
        for job in self:
            job.can_repair = job.instance_id.can_control
