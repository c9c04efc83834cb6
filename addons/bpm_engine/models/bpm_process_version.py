from odoo import api, fields, models
from odoo.exceptions import UserError

#: Written by publishing only, never by a form, an import or a remote call.
_BY_PUBLISHING = {
    "state",
    "number",
    "sha256",
    "problems",
    "published_by_id",
    "published_at",
    "called_version_ids",
}


class BpmProcessVersion(models.Model):
    """A version of a process's diagram; unchangeable once it was published.

    Who does what until when, labels and texts are kept per element (bpm.element) and
    stay changeable: they take effect at once, on running instances too (HU-20).
    """

    _name = "bpm.process.version"
    _description = "Version of a Business Process"
    _inherit = ["mail.thread"]
    _order = "process_id, number desc, id desc"
    _rec_names_search = ["process_id.name"]

    process_id = fields.Many2one("bpm.process", required=True, ondelete="cascade", index=True)
    number = fields.Integer(readonly=True, copy=False, aggregator=None)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "In use"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
        index=True,
    )
    model = fields.Char(related="process_id.model")
    company_id = fields.Many2one(related="process_id.company_id", store=True)
    bpmn_xml = fields.Text(string="Diagram", prefetch=False, help="BPMN 2.0 with layout.")
    sha256 = fields.Char(readonly=True, copy=False, help="Fingerprint of the published diagram.")
    svg = fields.Text(
        readonly=True,
        copy=False,
        prefetch=False,
        help="Picture of the diagram for lists and print.",
    )
    problems = fields.Json(
        readonly=True, copy=False, help="What the last check found: element, code, message, level."
    )
    change_note = fields.Char(help="What this version changes and why, in one line.")
    revision = fields.Char(
        readonly=True,
        copy=False,
        help="Another one after each change of an element, of this diagram or one that it "
        "calls: what is kept of them is kept by it.",
    )
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    published_at = fields.Datetime(readonly=True, copy=False)
    called_version_ids = fields.Many2many(
        "bpm.process.version",
        "bpm_version_call_rel",
        "caller_id",
        "called_id",
        string="Called Processes",
        readonly=True,
        copy=False,
        help="Versions of other processes that this one calls, fixed at publication.",
    )
    element_ids = fields.One2many("bpm.element", "version_id", readonly=True)
    instance_ids = fields.One2many("bpm.instance", "version_id")
    running_count = fields.Integer(compute="_compute_running_count", string="Running Instances")
    older_running_count = fields.Integer(related="process_id.older_running_count")
    start_by_hand = fields.Boolean(related="process_id.start_by_hand")

    _number_uniq = models.UniqueIndex(
        "(process_id, number)", "A process has one version of each number."
    )
    _one_draft = models.UniqueIndex(
        "(process_id) WHERE state = 'draft'", "A process has one draft at a time."
    )
    _one_published = models.UniqueIndex(
        "(process_id) WHERE state = 'published'", "A process has one version in use at a time."
    )

    def _compute_running_count(self):
        groups = self.env["bpm.instance"]._read_group(
            [("version_id", "in", self.ids), ("state", "in", ("running", "incident", "suspended"))],
            ["version_id"],
            ["__count"],
        )
        counts = dict(groups)
        for version in self:
            version.running_count = counts.get(version, 0)

    @api.depends("process_id.name", "number")
    @api.depends_context("bpm_number_only")
    def _compute_display_name(self):
        """Process and number; only the number beside others of the same process."""
        for version in self:
            if self.env.context.get("bpm_number_only"):
                version.display_name = self.env._("version %s", version.number)
                continue
            version.display_name = self.env._(
                "%(process)s, version %(number)s",
                process=version.process_id.name,
                number=version.number,
            )

    @api.model_create_multi
    def create(self, vals_list):
        """New versions are drafts with the next number of their process."""
        cleaned = [self._drop_protected(vals) for vals in vals_list]
        versions = super().create(cleaned)
        for version in versions.filtered(lambda version: not version.number):
            # The number is given out here only; forms and imports cannot choose it.
            version.sudo().number = version._next_number()
        return versions

    @api.model
    def _drop_protected(self, vals):
        if self.env.su:
            return vals
        return {name: value for name, value in vals.items() if name not in _BY_PUBLISHING}

    def _next_number(self):
        self.ensure_one()
        domain = [("process_id", "=", self.process_id.id), ("id", "!=", self.id)]
        last = self.sudo().search(domain, order="number desc", limit=1)
        return last.number + 1

    def write(self, vals):
        """A published diagram stays as it was published, whoever writes on whatever path."""
        if "bpmn_xml" in vals:
            self._check_diagram_free(vals["bpmn_xml"])
        if "process_id" in vals and any(v.process_id.id != vals["process_id"] for v in self):
            raise UserError(self.env._("A version stays with its process."))
        if not self.env.su and _BY_PUBLISHING & set(vals):
            raise UserError(
                self.env._(
                    "State and number of a version change only by “Publish” and “New draft”."
                )
            )
        return super().write(vals)

    def _check_diagram_free(self, xml):
        frozen = self.filtered(lambda version: version.state != "draft" and version.bpmn_xml != xml)
        if frozen:
            raise UserError(
                self.env._(
                    "“%(version)s” was published; its diagram stays as it is. Click “New draft” "
                    "and draw the change there. Who does what until when can be changed at once.",
                    version=frozen[0].display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        for version in self:
            if version.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(version)s” was published and cannot be deleted: what ran on it "
                        "refers to it.",
                        version=version.display_name,
                    )
                )

    # Drafts

    def action_new_draft(self):
        """Open a draft that begins with this version as it is now, hot changes included."""
        self.ensure_one()
        return self.action_new_draft_version()._open()

    @api.private
    def action_new_draft_version(self):
        """The draft of the process; made from this version if there is none.

        :raise AccessError: the person may not draw processes.
        """
        self.ensure_one()
        self.check_access("create")
        draft = self.process_id.draft_version_id
        return draft or self.create(self._prepare_draft_values())

    def _prepare_draft_values(self):
        return {"process_id": self.process_id.id, "bpmn_xml": self._current_xml()}

    def action_discard_draft(self):
        """Throw the draft away; the version in use stays.

        :raise UserError: it is no draft, or the process would have no version left.
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("Only a draft can be discarded."))
        process = self.process_id
        if not process.published_version_id:
            raise UserError(
                self.env._(
                    "“%(process)s” was never published: this draft is all there is. Delete or "
                    "archive the process instead.",
                    process=process.name,
                )
            )
        # Designers may not delete versions, but their drafts they may give up.
        self.sudo().unlink()
        return process.published_version_id._open()

    def _open(self):
        """Window action that shows this version's diagram."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_begin(self):
        """Choose a record to start the process on."""
        return self.process_id.action_begin()

    def action_open_process(self):
        """The process this version belongs to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.process_id.name,
            "res_model": "bpm.process",
            "res_id": self.process_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open_running(self):
        """Instances that run on this version."""
        self.ensure_one()
        return self.process_id._list_action(
            self.env._("running on version %s", self.number),
            "bpm.instance",
            [("version_id", "=", self.id), ("state", "in", ("running", "incident", "suspended"))],
        )
