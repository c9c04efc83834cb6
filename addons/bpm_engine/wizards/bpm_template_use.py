from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class BpmTemplateUse(models.TransientModel):
    """Makes a process of a ready one: on which records, and who is who."""

    _name = "bpm.template.use"
    _description = "Use a Ready Process"

    template_id = fields.Many2one("bpm.process.template", required=True, readonly=True)
    description = fields.Text(compute="_compute_description")
    name = fields.Char(
        required=True,
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
    )
    model_id = fields.Many2one(
        "ir.model",
        string="Runs on",
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="cascade",
        domain="[('transient', '=', False), ('abstract', '=', False)]",
        help="The kind of record each instance belongs to. Empty: a process without a record.",
    )
    line_ids = fields.One2many(
        "bpm.template.use.line",
        "use_id",
        string="Who Is Who",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("template_id")
    def _compute_description(self):
        for use in self:
            use.description = use.template_id._get_description()

    @api.depends("template_id")
    def _compute_from_template(self):
        for use in self:
            use.name = use.template_id.name
            use.model_id = use.template_id.model_id

    @api.depends("template_id", "model_id")
    def _compute_line_ids(self):
        """One line per lane of the diagram, with who is drawn there."""
        for use in self:
            lanes = use.template_id._get_lanes() if use.template_id else []
            use.line_ids = [Command.clear()] + [
                Command.create(use._prepare_line_values(*lane)) for lane in lanes
            ]

    def _prepare_line_values(self, lane_id, name, assignment):
        kind = assignment.get("kind") or "starter"
        group = self.env["res.groups"]
        if kind == "group":
            group = self.env.ref(assignment.get("group", ""), raise_if_not_found=False) or group
        role = assignment.get("role") if kind == "role" else False
        if role and not self._is_path(role):
            kind, role = "starter", False
        return {
            "lane_id": lane_id,
            "name": name,
            "kind": kind,
            "group_id": group.id,
            "role": role,
        }

    def _is_path(self, path):
        return bool(
            self.model_id
            and self.env["bpm.process"].sudo()._resolve_path(self.model_id.model, path)
        )

    def action_use(self):
        """Make the process and open its drawing.

        :raise UserError: a line does not say who.
        """
        self.ensure_one()
        lanes = {line.lane_id: line._get_assignment() for line in self.line_ids}
        process = self.template_id._create_process(
            lanes=lanes, name=self.name, model_id=self.model_id.id, owner_id=self.env.uid
        )
        return process.action_open_designer()


class BpmTemplateUseLine(models.TransientModel):
    """Who does what is drawn in one lane."""

    _name = "bpm.template.use.line"
    _description = "People of a Ready Process"

    use_id = fields.Many2one("bpm.template.use", required=True, ondelete="cascade")
    lane_id = fields.Char(required=True)
    name = fields.Char(string="In the Process", readonly=True)
    kind = fields.Selection(
        [
            ("starter", "Who starts it"),
            ("starter_manager", "Manager of who starts it"),
            ("group", "Anybody of a group"),
            ("user", "One person"),
            ("role", "A person named on the record"),
        ],
        string="Who",
        required=True,
        default="starter",
    )
    group_id = fields.Many2one("res.groups", ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", string="Person", domain="[('share', '=', False)]", ondelete="cascade"
    )
    role = fields.Char(
        string="Field", help="Path to the person on the record, for instance user_id."
    )

    def _get_assignment(self):
        """The assignment as diagrams hold it.

        :raise UserError: group, person or field are missing or unknown.
        """
        self.ensure_one()
        # An author may name groups and people whose records he cannot read.
        line = self.sudo()
        if self.kind == "group" and line.group_id:
            known = line.group_id._get_external_ids()[line.group_id.id]
            return {"kind": "group", "group": known[0] if known else f"#{line.group_id.id}"}
        if self.kind == "user" and line.user_id:
            return {"kind": "user", "user": line.user_id.login}
        if self.kind == "role" and self.role and self.use_id._is_path(self.role):
            return {"kind": "role", "role": self.role}
        if self.kind in ("starter", "starter_manager"):
            return {"kind": self.kind}
        raise UserError(
            self.env._(
                "Say who is meant by “%s”: choose the group, the person or a field of the record.",
                self.name,
            )
        )
