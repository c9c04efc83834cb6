from odoo import api, fields, models

#: States in which an instance still has tokens.
OPEN_STATES = ("running", "incident", "suspended")


class BpmInstance(models.Model):
    """One run of a process, usually on a record; holds the state of its tokens."""

    _name = "bpm.instance"
    _description = "Running Process"
    _inherit = ["mail.thread", "bpm.rows.mixin"]
    _order = "id desc"

    name = fields.Char(required=True, readonly=True, help="Process and record, as they were named.")
    process_id = fields.Many2one("bpm.process", required=True, readonly=True, ondelete="restrict")
    version_id = fields.Many2one(
        "bpm.process.version", required=True, readonly=True, ondelete="restrict", index=True
    )
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    starter_id = fields.Many2one("res.users", string="Started By", readonly=True, index=True)
    start_kind = fields.Selection(
        [
            ("hand", "By hand"),
            ("create", "Record created"),
            ("change", "Field changed"),
            ("time", "Time"),
            ("message", "Message"),
            ("signal", "Signal"),
            ("process", "Another process"),
        ],
        default="hand",
        readonly=True,
    )
    start_event = fields.Char(
        readonly=True, help="Id of the start event at which it began; empty: the plain one."
    )
    participant_ids = fields.Many2many(
        "res.users",
        "bpm_instance_participant_rel",
        "instance_id",
        "user_id",
        readonly=True,
        help="Everybody who had a task in it; they may see it.",
    )
    state = fields.Selection(
        [
            ("running", "Running"),
            ("incident", "Incident"),
            ("suspended", "Suspended"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="running",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    result = fields.Char(readonly=True, help="Name of the end event that was reached.")
    engine_state = fields.Text(
        readonly=True, prefetch=False, copy=False, groups="base.group_system"
    )
    single_key = fields.Char(
        readonly=True,
        copy=False,
        help="Process and record while it runs, where only one may run on a record at a time.",
    )
    step_count = fields.Integer(readonly=True, aggregator=None)
    next_due = fields.Datetime(readonly=True, help="When its next timer fires.")
    date_start = fields.Datetime(readonly=True, default=fields.Datetime.now, index=True)
    date_end = fields.Datetime(readonly=True)
    duration_hours = fields.Float(
        compute="_compute_duration_hours",
        store=True,
        precompute=True,
        aggregator="avg",
        help="Start to end, hours.",
    )
    current_step = fields.Char(
        compute="_compute_current_step", help="Where it stands and who holds it, in one line."
    )
    error = fields.Text(readonly=True, help="What stopped it and how to go on.")
    task_ids = fields.One2many("bpm.task", "instance_id", readonly=True)
    wait_ids = fields.One2many("bpm.wait", "instance_id", readonly=True)
    log_ids = fields.One2many("bpm.log", "instance_id", readonly=True)
    job_ids = fields.One2many("bpm.job", "instance_id", readonly=True)
    has_open_jobs = fields.Boolean(
        compute="_compute_has_open_jobs", help="A background step of it waits or has failed."
    )

    _single_uniq = models.UniqueIndex(
        "(single_key) WHERE single_key IS NOT NULL",
        "This process is already running on the record.",
    )
    # Of a process: those that run (no end), and those that ended in a period.
    _process_idx = models.Index("(process_id, date_end)")
    _record_idx = models.Index("(res_model, res_id)")
    _due_idx = models.Index("(next_due) WHERE next_due IS NOT NULL AND state = 'running'")

    @api.depends("date_start", "date_end")
    def _compute_duration_hours(self):
        for instance in self:
            spent = (instance.date_end or instance.date_start) - instance.date_start
            instance.duration_hours = spent.total_seconds() / 3600

    @api.depends("job_ids.state")
    def _compute_has_open_jobs(self):
        jobs = self.env["bpm.job"].sudo()
        domain = [("instance_id", "in", self.ids), ("state", "in", ("waiting", "incident"))]
        busy = {instance for (instance,) in jobs._read_group(domain, ["instance_id"])}
        for instance in self:
            instance.has_open_jobs = instance.sudo() in busy

    @api.depends(
        "task_ids.state", "task_ids.user_id", "wait_ids", "job_ids.state", "state", "result"
    )
    def _compute_current_step(self):
        for instance in self:
            instance.current_step = instance.sudo()._describe_position()

    def _describe_position(self):
        """One line: what failed first, open tasks with their holders, what it waits for, what
        runs in the background; else its result."""
        self.ensure_one()
        _ = self.env._
        jobs = self.job_ids.sorted("id")
        names = [
            _("%(step)s (failed)", step=job.element_name or "")
            for job in jobs.filtered(lambda j: j.state == "incident")
        ]
        tasks = self.task_ids.filtered(lambda t: t.state == "todo")
        names += [
            f"{task.name} ({task.user_id.name or task.group_id.name or _('nobody')})"
            for task in tasks
        ]
        names += [wait.element_id.name or wait.name or wait.kind for wait in self.wait_ids]
        names += [
            _("%(step)s (in the background)", step=job.element_name or "")
            for job in jobs.filtered(lambda j: j.state == "waiting")
        ]
        if not names and self.state == "incident":
            names = [self._get_failed_step()]
        return ", ".join(filter(None, dict.fromkeys(names))) or self.result or ""

    def _get_failed_step(self):
        """Name of the element at which the last error was noted; "" when none was."""
        domain = [("instance_id", "=", self.id), ("event", "=", "error")]
        line = self.env["bpm.log"].search(domain, order="id desc", limit=1)
        return line.element_name or line.element or ""
