from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..lib.own_context import INTERNAL, is_internal

#: Only publishing and retiring set these.
GUARDED_FIELDS = {"state", "number", "published_by_id", "published_at", "regulation_id"}
WORDING_FIELDS = {"stage_ids", "change_note"}


class BpmRegulationVersion(models.Model):
    """One wording of a regulation: its stages with their steps and facts."""

    _name = "bpm.regulation.version"
    _description = "Version of a Stage Regulation"
    _inherit = ["mail.thread"]
    _order = "regulation_id, number desc, id desc"

    regulation_id = fields.Many2one("bpm.regulation", required=True, ondelete="cascade", index=True)
    number = fields.Integer(readonly=True, copy=False, aggregator=None)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "In force"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    model = fields.Char(related="regulation_id.model")
    company_id = fields.Many2one(related="regulation_id.company_id", store=True)
    change_note = fields.Char(copy=False, help="What this version changes and why, in one line.")
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    published_at = fields.Datetime(readonly=True, copy=False)
    retired_at = fields.Datetime(readonly=True, copy=False)
    stage_ids = fields.One2many("bpm.regulation.stage", "version_id", copy=True)

    _number_uniq = models.UniqueIndex(
        "(regulation_id, number)", "A regulation has one version of each number."
    )
    _one_draft = models.UniqueIndex(
        "(regulation_id) WHERE state = 'draft'", "A regulation has one draft at a time."
    )
    _one_published = models.UniqueIndex(
        "(regulation_id) WHERE state = 'published'", "A regulation has one version in force."
    )

    @api.depends("regulation_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(regulation)s, version %(number)s",
                regulation=version.regulation_id.name,
                number=version.number,
            )

    # ------------------------------------------------------------ never changes once published

    @api.model_create_multi
    def create(self, vals_list):
        last = self._get_last_numbers([vals.get("regulation_id") for vals in vals_list])
        prepared = []
        for vals in vals_list:
            vals = {name: value for name, value in vals.items() if name not in GUARDED_FIELDS} | {
                "regulation_id": vals.get("regulation_id")
            }
            last[vals["regulation_id"]] = vals["number"] = last.get(vals["regulation_id"], 0) + 1
            prepared.append(vals)
        return super().create(prepared)

    def _get_last_numbers(self, regulation_ids):
        groups = self.sudo()._read_group(
            [("regulation_id", "in", regulation_ids)], ["regulation_id"], ["number:max"]
        )
        return {regulation.id: number for regulation, number in groups}

    def write(self, vals):
        if not is_internal(self.env, "bpm_regulation_edit"):
            self._check_writable(vals)
        return super().write(vals)

    def _check_writable(self, vals):
        if GUARDED_FIELDS & vals.keys():
            raise UserError(
                self.env._("Versions are published and retired by their buttons, not by hand.")
            )
        if WORDING_FIELDS & vals.keys():
            for version in self:
                if version.state != "draft":
                    version.stage_ids._check_draft()
                    raise UserError(self.env._("%s is not a draft.", version.display_name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        for version in self:
            if version.state != "draft":
                raise UserError(
                    self.env._("%s was in force; history keeps it.", version.display_name)
                )

    def _get_stage(self, value):
        """The stage with this value of the stage field, empty if there is none."""
        return self.stage_ids.filtered(lambda stage: stage.value == value)

    # ------------------------------------------------------------ drafts

    def _copy_to_draft(self):
        """A draft with the same wording; links between its parts lead inside the draft."""
        self.ensure_one()
        draft = self.create({"regulation_id": self.regulation_id.id})
        for stage in self.stage_ids:
            stage.copy({"version_id": draft.id, "next_ids": False})
        self._relink(draft)
        return draft

    def _relink(self, draft):
        stages = dict(
            zip(self.stage_ids.sorted("value"), draft.stage_ids.sorted("value"), strict=True)
        )
        steps = {step.key: step for step in draft.stage_ids.step_ids}
        for old, new in stages.items():
            new.next_ids = [Command.set([stages[stage].id for stage in old.next_ids])]
            for step in old.step_ids.filtered("after_id"):
                steps[step.key].after_id = steps[step.after_id.key]
            facts = {fact.key: fact for fact in new.fact_ids}
            for fact in old.fact_ids:
                ids = [stages[stage].id for stage in fact.to_stage_ids]
                facts[fact.key].to_stage_ids = [Command.set(ids)]

    def load_stages(self):
        """Add the stages of the stage field that the draft does not have yet, in order."""
        for version in self:
            regulation = version.regulation_id
            known = set(version.stage_ids.mapped("value"))
            choices = regulation._get_stage_scope()._get_stage_choices(regulation.stage_field)
            version.stage_ids = [
                Command.create({**choice, "sequence": position * 10})
                for position, choice in enumerate(choices, 1)
                if choice["value"] not in known
            ]
        return True

    # ------------------------------------------------------------ publishing

    def action_publish(self):
        """Put the draft in force; records under the former version go over to it.

        Steps that are done or open stay, by their key; obsolete ones are withdrawn. Open
        records without a case get one, the first thousand at once, the rest by a job.

        :raise AccessError: no manager of processes. :raise UserError: something is not right.
        """
        self.ensure_one()
        self._check_manager()
        if self.state != "draft":
            raise UserError(self.env._("%s is not a draft.", self.display_name))
        self._check_wording()
        former = self.regulation_id.published_version_id
        former._set_state("retired", retired_at=fields.Datetime.now())
        former.flush_recordset()
        self._set_state(
            "published", published_by_id=self.env.uid, published_at=fields.Datetime.now()
        )
        self.regulation_id.sudo()._check_one_stage_field()
        self.regulation_id._clear_rules()
        self.env["bpm.stage.case"]._take_over(self)
        return True

    def action_retire(self):
        """Take it out of force: nothing is checked any more, open steps are withdrawn."""
        self.ensure_one()
        self._check_manager()
        if self.state != "published":
            raise UserError(self.env._("%s is not in force.", self.display_name))
        self._set_state("retired", retired_at=fields.Datetime.now())
        self.regulation_id._clear_rules()
        self.env["bpm.stage.case"]._settle(self.regulation_id)
        return True

    def _set_state(self, state, **values):
        self.sudo().with_context(bpm_regulation_edit=INTERNAL).write({"state": state, **values})

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("bpm_engine.group_manager"):
            raise AccessError(
                self.env._("Publishing and retiring is done by a manager of processes.")
            )

    def _check_wording(self):
        """All that can be wrong in a wording, in one error."""
        problems = self._get_problems()
        if problems:
            raise UserError("\n".join([self.env._("Not yet ready:"), *problems]))

    def _get_problems(self):
        """What keeps this draft from being published, in sentences; hook."""
        self.ensure_one()
        if not self.stage_ids:
            return [self.env._("There are no stages; load them from the field.")]
        regulation = self.regulation_id
        gone = self.stage_ids._get_gone(regulation.stage_field)
        problems = [
            self.env._("Stage “%s” does not exist any more; remove it.", stage.name)
            for stage in gone
        ]
        for part in (*self.stage_ids.step_ids, *self.stage_ids.fact_ids):
            problems += part._get_problems(regulation.model)
        return problems
