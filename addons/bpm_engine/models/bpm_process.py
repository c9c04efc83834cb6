from odoo import Command, api, fields, models
from odoo.exceptions import RedirectWarning, UserError, ValidationError

from ..lib import keys
from ..lib.starter import starter_diagram
from .bpm_instance import OPEN_STATES


class BpmProcess(models.Model):
    """A business process: what it is for, on which records it runs, who may start it.

    Its diagrams are versions (bpm.process.version): one is published and serves new
    instances, one may be a draft; instances keep the version they run on until they
    are migrated.
    """

    _name = "bpm.process"
    _description = "Business Process"
    _inherit = ["mail.thread"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    key = fields.Char(
        required=True,
        copy=False,
        compute="_compute_key",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="Short technical name: other processes (call activity), messages and other "
        "systems start the process by it. Letters, digits, dot, dash and underscore.",
    )
    description = fields.Text(translate=True, help="What the process is for, in a few sentences.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    category = fields.Char(help="Free word to group processes by: Sales, Finance, Service ...")
    model_id = fields.Many2one(
        "ir.model",
        string="Runs on",
        ondelete="cascade",
        domain="[('transient', '=', False), ('abstract', '=', False)]",
        help="The kind of record each instance belongs to. Empty: a process of its own, "
        "without a record.",
    )
    model = fields.Char(related="model_id.model", store=True, index=True, string="Model Name")
    company_id = fields.Many2one("res.company", index=True, help="Empty: all companies.")
    owner_id = fields.Many2one(
        "res.users",
        string="Process Owner",
        default=lambda self: self.env.user,
        tracking=True,
        help="Is told of problems of running instances and decides on proposals.",
    )
    group_ids = fields.Many2many(
        "res.groups",
        "bpm_process_group_rel",
        string="Who May Start It",
        help="Empty: everybody who may work with processes.",
    )
    run_as_user_id = fields.Many2one(
        "res.users",
        string="Actions Run As",
        help="Service tasks act with the rights of this person. Empty: the process owner.",
    )
    start_by_hand = fields.Boolean(
        default=True, help="Offered under 'Processes' on the record's form and list."
    )
    one_per_record = fields.Boolean(
        default=True,
        string="One at a Time per Record",
        help="A second instance does not start while one is running on the same record.",
    )
    cancel_on_archive = fields.Boolean(
        default=True,
        help="Archiving the record cancels its running instances; their tasks are withdrawn.",
    )
    trigger_ids = fields.One2many("bpm.process.trigger", "process_id", string="Starts By Itself")
    version_ids = fields.One2many("bpm.process.version", "process_id")
    published_version_id = fields.Many2one(
        "bpm.process.version", compute="_compute_current_versions", store=True
    )
    draft_version_id = fields.Many2one(
        "bpm.process.version", compute="_compute_current_versions", store=True
    )
    state = fields.Selection(
        [("draft", "Draft"), ("published", "In use")],
        compute="_compute_current_versions",
        store=True,
    )
    instance_ids = fields.One2many("bpm.instance", "process_id")
    proposal_ids = fields.One2many("bpm.proposal", "process_id")
    running_count = fields.Integer(compute="_compute_counts", string="Running")
    incident_count = fields.Integer(compute="_compute_counts", string="Incidents")
    overdue_task_count = fields.Integer(compute="_compute_counts", string="Overdue Tasks")
    proposal_count = fields.Integer(compute="_compute_counts", string="Open Proposals")

    _key_uniq = models.UniqueIndex("(key)", "Another process has this key already.")

    @api.depends("name")
    def _compute_key(self):
        """A key from the name, until saved; then it stays, because others refer to it."""
        new = self.filtered(lambda process: process.name and not (process._origin and process.key))
        if new:
            taken = {key for [key] in self._read_group_keys()}
            for process in new:
                process.key = keys.free_key(keys.key_of(process.name), taken)
                taken.add(process.key)

    def _read_group_keys(self):
        # Keys are unique over all companies and archived processes.
        every = self.sudo().with_context(active_test=False)
        return every._read_group([("key", "!=", False)], ["key"])

    @api.depends("version_ids.state", "version_ids.number")
    def _compute_current_versions(self):
        for process in self:
            versions = process.version_ids.sorted("number")
            process.published_version_id = versions.filtered(lambda v: v.state == "published")[-1:]
            process.draft_version_id = versions.filtered(lambda v: v.state == "draft")[-1:]
            process.state = "published" if process.published_version_id else "draft"

    def _compute_counts(self):
        """Instances running and with an incident, overdue tasks, open proposals."""
        running = self._count("bpm.instance", [("state", "in", ("running", "incident"))])
        incidents = self._count("bpm.instance", [("state", "=", "incident")])
        overdue = self._count(
            "bpm.task", [("state", "=", "todo"), ("deadline", "<", fields.Datetime.now())]
        )
        proposals = self._count("bpm.proposal", [("state", "=", "open")])
        for process in self:
            process.running_count = running.get(process, 0)
            process.incident_count = incidents.get(process, 0)
            process.overdue_task_count = overdue.get(process, 0)
            process.proposal_count = proposals.get(process, 0)

    def _count(self, model, domain):
        groups = self.env[model]._read_group(
            [("process_id", "in", self.ids), *domain], ["process_id"], ["__count"]
        )
        return dict(groups)

    @api.constrains("key")
    def _check_key(self):
        for process in self:
            if not keys.KEY.match(process.key) or len(process.key) > keys.MAX_LENGTH + 4:
                raise ValidationError(
                    self.env._(
                        "“%(key)s” cannot be a key: use letters without accents, digits, dot, "
                        "dash and underscore, begin with a letter, at most 60 characters.",
                        key=process.key,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Each new process has a draft with a first diagram, unless it brings versions."""
        processes = super().create(vals_list)
        bare = processes.filtered(lambda process: not process.version_ids)
        self.env["bpm.process.version"].create(
            [bare_process._prepare_first_version_values() for bare_process in bare]
        )
        return processes

    def _prepare_first_version_values(self):
        self.ensure_one()
        return {
            "process_id": self.id,
            "bpmn_xml": starter_diagram(
                self.key, self.env._("Start"), self.env._("First step"), self.env._("Done")
            ),
        }

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self._check_nothing_runs()
        if "key" in vals or "model_id" in vals:
            self._check_identity_free(vals)
        return super().write(vals)

    def copy_data(self, default=None):
        names = [self.env._("%s (copy)", process.name) for process in self]
        values = super().copy_data(default)
        for process, vals, name in zip(self, values, names, strict=True):
            vals.setdefault("owner_id", self.env.uid)
            vals["name"] = (default or {}).get("name") or name
            source = process.published_version_id or process.draft_version_id
            if source:
                vals["version_ids"] = [Command.create({"bpmn_xml": source._current_xml()})]
            vals["trigger_ids"] = [
                # Paused: else copying would start everything twice.
                Command.create({**trigger, "active": False})
                for trigger in process._get_copied_triggers().copy_data({"process_id": False})
            ]
        return values

    def _get_copied_triggers(self):
        """Those entered by hand: the copy's own drawing brings its own when it is published."""
        return self.trigger_ids.filtered(lambda trigger: not trigger.version_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = (
            self.env["bpm.instance"]
            .sudo()
            ._read_group([("process_id", "in", self.ids)], ["process_id"])
        )
        if used:
            raise UserError(
                self.env._(
                    "“%(process)s” has run; its history must stay. Archive it instead.",
                    process=used[0][0].name,
                )
            )

    def _check_nothing_runs(self):
        """:raise RedirectWarning: instances still run; leads to their list."""
        running = (
            self.env["bpm.instance"]
            .sudo()
            ._read_group(
                [("process_id", "in", self.ids), ("state", "in", OPEN_STATES)],
                ["process_id"],
                ["__count"],
            )
        )
        if not running:
            return
        process, count = running[0]
        raise RedirectWarning(
            self.env._(
                "%(count)s instances of “%(process)s” are still running. Let them end or cancel "
                "them, then archive the process.",
                count=count,
                process=process.name,
            ),
            process.action_open_running(),
            self.env._("Show what is running"),
        )

    def _check_identity_free(self, vals):
        """Key and kind of record stay once instances exist: they refer to both."""
        changed = self.filtered(
            lambda process: ("key" in vals and vals["key"] != process.key)
            or ("model_id" in vals and (vals["model_id"] or False) != process.model_id.id)
        )
        domain = [("process_id", "in", changed.ids)]
        if changed and self.env["bpm.instance"].sudo().search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "“%(process)s” has run already: its key and the kind of record it runs on "
                    "must stay. Duplicate the process and change the copy.",
                    process=changed[0].name,
                )
            )
