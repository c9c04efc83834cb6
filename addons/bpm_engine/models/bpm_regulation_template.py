from odoo import api, fields, models
from odoo.exceptions import UserError


class BpmRegulationTemplate(models.Model):
    """A ready stage regulation of the catalogue: what addons know about a business.

    The row is what the catalogue shows. What stages, steps and facts it has is returned by
    :meth:`_get_contents`, in words that are translated with the addon's code. Using one
    makes an ordinary draft; loaded anew it is another draft, never a change of what people
    made of the former one.
    """

    _name = "bpm.regulation.template"
    _description = "Ready Regulation"
    _inherit = ["bpm.catalogue.mixin"]
    _order = "sequence, name, id"

    key = fields.Char(help="By which the addon finds its content.")
    model = fields.Char(required=True)
    regulation_ids = fields.One2many("bpm.regulation", "template_id", string="Made of It")
    regulation_count = fields.Integer(compute="_compute_regulation_count", string="In Use")
    stage_names = fields.Char(
        compute="_compute_stage_names", string="Stages", help="The way it regulates."
    )
    outline = fields.Json(
        compute="_compute_outline", help="Stages with the names of their steps and facts."
    )

    _key_uniq = models.UniqueIndex("(key)", "Another ready regulation has this key already.")

    def _compute_regulation_count(self):
        groups = self.env["bpm.regulation"]._read_group(
            [("template_id", "in", self.ids)], ["template_id"], ["__count"]
        )
        counts = dict(groups)
        for template in self:
            template.regulation_count = counts.get(template, 0)

    @api.depends("key")
    @api.depends_context("lang")
    def _compute_stage_names(self):
        for template in self:
            stages = (self._get_contents().get(template.key) or {}).get("stages", ())
            template.stage_names = " → ".join(
                self.env._(stage["name"]) for stage in stages if not stage.get("is_lost")
            )

    @api.depends("key")
    @api.depends_context("lang")
    def _compute_outline(self):
        for template in self:
            stages = (self._get_contents().get(template.key) or {}).get("stages", ())
            template.outline = [self._describe_stage(stage) for stage in stages]

    def _describe_stage(self, stage):
        return {
            "key": stage["key"],
            "name": self.env._(stage["name"]),
            "steps": [self.env._(step["name"]) for step in stage.get("steps", ())],
            "facts": [self.env._(fact["name"]) for fact in stage.get("facts", ())],
        }

    # Content

    @api.model
    def _get_contents(self):
        """{key of a template: its content}; addons extend it (see readme/DEVELOP.md).

        A content is a dict:

        - ``stage_field``: name of the field; ``domain``: records it is meant for, in which
          ``"ref:addon.name"`` stands for the id of a record; ``sequence``
        - ``statuses``: short statuses offered on a change of stage
        - ``stages``: dicts with ``key``, ``name``, fields of bpm.regulation.stage, ``next``
          (keys of stages) and

          - ``start``: the stage at which new records stand; ``value``: of a selection field
          - ``create``: values of a stage record that is made because it is missing
          - ``steps``: dicts of ``key``, ``name``, fields of bpm.regulation.step and ``after``
            (key), ``activity``, ``server_action``, ``group`` (external ids), ``process``,
            ``target_action`` (keys), ``only_if`` (domain), ``within``: (number, unit)
          - ``facts``: dicts of ``key``, ``name``, fields of bpm.regulation.fact and ``field``
            (name), ``where`` (domain), ``activity`` (external id), ``to`` (keys of stages)

        Names, instructions and cures are lazily translated texts (``_lt``).
        """
        return {}

    def _get_content(self):
        """:raise UserError: the addon that brings the content is not there any more."""
        self.ensure_one()
        content = self._get_contents().get(self.key)
        if not content or self.model not in self.env:
            raise UserError(
                self.env._(
                    "The content of “%s” is missing. Install or update the addon that brings it.",
                    self.name,
                )
            )
        return content

    # Buttons

    def action_use(self):
        """Show what would be made, ask for what is open, then make a draft of it."""
        return self._get_use_action("bpm.regulation.use")

    def action_open_regulations(self):
        """Regulations that were made of it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("bpm_engine.bpm_regulation_action")
        return action | {"domain": [("template_id", "=", self.id)], "context": {}}


class BpmRegulation(models.Model):
    _inherit = "bpm.regulation"

    template_id = fields.Many2one(
        "bpm.regulation.template",
        string="Made of",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
