from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.bpm_regulation_part import read_domain


class BpmRegulationUse(models.TransientModel):
    """Makes a draft of a ready regulation, after showing which stages it uses and makes."""

    _name = "bpm.regulation.use"
    _description = "Use a Ready Regulation"

    template_id = fields.Many2one("bpm.regulation.template", required=True, readonly=True)
    description = fields.Text(compute="_compute_description")
    model = fields.Char(related="template_id.model")
    name = fields.Char(
        required=True,
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
    )
    domain = fields.Char(
        string="For Which Records",
        compute="_compute_domain",
        store=True,
        readonly=False,
        precompute=True,
    )
    record_count = fields.Integer(
        compute="_compute_record_count", help="Records that match now, among those you see."
    )
    regulation_id = fields.Many2one(
        "bpm.regulation",
        string="As a New Draft of",
        domain="[('template_id', '=', template_id), ('draft_version_id', '=', False)]",
        help="Empty: a regulation of its own. What is in force stays until you publish.",
        ondelete="cascade",
    )
    line_ids = fields.One2many(
        "bpm.regulation.use.line",
        "use_id",
        string="Stages",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    created_count = fields.Integer(compute="_compute_created_count")

    @api.depends("template_id")
    def _compute_description(self):
        for use in self:
            use.description = use.template_id._get_description()

    @api.depends("template_id")
    def _compute_from_template(self):
        for use in self:
            use.name = use.template_id.name

    @api.depends("template_id")
    def _compute_domain(self):
        for use in self:
            use.domain = use._get_domain() if use.template_id else "[]"

    def _get_domain(self):
        """Records it is meant for, as the template and the choices here say; hook."""
        template = self.template_id
        return template._get_domain_text(template._get_content().get("domain"))

    @api.depends("domain", "template_id")
    def _compute_record_count(self):
        for use in self:
            try:
                use.record_count = self.env[use.model].search_count(read_domain(use.domain))
            except (ValueError, KeyError):
                use.record_count = 0

    def _get_options(self):
        """What the hooks of the model need to find and make stages; hook."""
        return {}

    @api.depends("template_id")
    def _compute_line_ids(self):
        """One line per stage: the one that is there, or what will be made."""
        for use in self:
            lines = use._prepare_lines() if use.template_id else []
            use.line_ids = [Command.clear()] + [Command.create(line) for line in lines]

    def _prepare_lines(self):
        template = self.template_id
        found = template._find_values(self._get_options())
        return [self._prepare_line(stage, found[stage["key"]]) for stage in template.outline]

    def _prepare_line(self, stage, value):
        stages = self._get_stage_model()
        is_record = bool(stages and (not value or value.isdigit()))
        return {
            "key": stage["key"],
            "name": stage["name"],
            "res_model": stages if is_record else False,
            "res_id": int(value) if is_record and value else False,
            "value": False if is_record else value,
            "summary": self._describe_parts(stage),
        }

    def _get_stage_model(self):
        content = self.template_id._get_content()
        return self.env[self.template_id.model]._fields[content["stage_field"]].comodel_name

    def _describe_parts(self, stage):
        parts = [
            (self.env._("Steps"), stage["steps"]),
            (self.env._("Before leaving"), stage["facts"]),
        ]
        return "\n".join(f"{title}: {', '.join(names)}" for title, names in parts if names)

    @api.depends("line_ids.res_id", "line_ids.value")
    def _compute_created_count(self):
        for use in self:
            use.created_count = len(use.line_ids.filtered("is_new"))

    def action_use(self):
        """Make the missing stages and the draft, and open it.

        :raise UserError: two stages go by one; the domain does not fit; a draft is there.
        """
        self.ensure_one()
        values = self._get_values()
        regulation = self.regulation_id
        draft = self.template_id._make_draft(
            values,
            regulation,
            self._get_options(),
            **({} if regulation else {"name": self.name, "domain": self.domain}),
        )
        return draft._get_open_action()

    def _get_values(self):
        values = {line.key: line._get_value() for line in self.line_ids}
        given = [value for value in values.values() if value]
        twice = {value for value in given if given.count(value) > 1}
        if twice:
            lines = self.line_ids.filtered(lambda line: line._get_value() in twice)
            raise UserError(
                self.env._(
                    "These stages go by the same existing one: %s. Choose another, or leave it "
                    "empty to make a stage.",
                    ", ".join(lines.mapped("name")),
                )
            )
        return values


class BpmRegulationUseLine(models.TransientModel):
    """One stage of a ready regulation and the existing stage it goes by."""

    _name = "bpm.regulation.use.line"
    _description = "Stage of a Ready Regulation"

    use_id = fields.Many2one("bpm.regulation.use", required=True, ondelete="cascade")
    key = fields.Char(required=True)
    name = fields.Char(string="Stage", readonly=True)
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model", string="Existing Stage")
    value = fields.Char()
    is_new = fields.Boolean(compute="_compute_is_new", string="Will Be Made")
    note = fields.Char(compute="_compute_is_new", string="What Happens")
    summary = fields.Text(string="What Is Asked There", readonly=True)

    @api.depends("res_id", "value", "res_model")
    def _compute_is_new(self):
        for line in self:
            line.is_new = bool(line.res_model and not line.res_id)
            line.note = self.env._("will be made") if line.is_new else self.env._("is there")

    def _get_value(self):
        """Value of the stage field, or False: a stage is to be made."""
        return str(self.res_id) if self.res_model and self.res_id else self.value
