from odoo import api, fields, models
from odoo.fields import Domain

from .bpm_sight_words import path_text

#: How people call the field of a record's stages, in the order in which it is proposed.
STAGE_FIELDS = (
    "stage_id",
    "stage",
    "state",
    "status",
    "x_stage_id",
    "x_stage",
    "x_studio_stage_id",
)


def _get_likeness(field):
    """Fields of other addons' own names come after the usual ones."""
    return STAGE_FIELDS.index(field.name) if field.name in STAGE_FIELDS else len(STAGE_FIELDS)


class BpmRegulation(models.Model):
    """Kinds of records and fields are chosen by their names, without technical words."""

    _inherit = "bpm.regulation"

    model_id = fields.Many2one(domain=lambda self: list(self._get_model_domain()))
    stage_field_id = fields.Many2one(
        compute="_compute_stage_field_id", store=True, readonly=False, precompute=True
    )

    choice_field_ids = fields.Many2many("ir.model.fields", compute="_compute_choice_field_ids")

    @api.depends("model_id")
    def _compute_choice_field_ids(self):
        """Fields offered for the stages: by their names; all that can be, if there is none so
        called, and in developer mode."""
        possible = Domain("ttype", "in", ("many2one", "selection")) & Domain("store", "=", True)
        all_of_them = self.env.user.has_group("base.group_no_one")
        for regulation in self:
            own = possible & Domain("model_id", "=", regulation.model_id.id)
            found = self.env["ir.model.fields"].search(own & self._get_stage_field_domain())
            if all_of_them or not found:
                found = self.env["ir.model.fields"].search(own)
            regulation.choice_field_ids = found

    @api.model
    def _get_model_domain(self):
        """Kinds of records that are offered: people talk about them, and they have stages.

        Any other model may be regulated as well, by data; hook.
        """
        offered = Domain("is_mail_thread", "=", True)
        offered &= Domain("transient", "=", False) & Domain("abstract", "=", False)
        # How Odoo and processes themselves are set up is no matter of stages.
        for technical in ("ir.%", "bpm.%"):
            offered &= ~Domain("model", "=like", technical)
        return offered & Domain("field_id", "any", self._get_stage_field_domain())

    @api.model
    def _get_stage_field_domain(self):
        """Fields that hold stages, by their names; hook."""
        named = Domain("name", "in", STAGE_FIELDS)
        named &= Domain("ttype", "in", ("many2one", "selection")) & Domain("store", "=", True)
        return named

    @api.depends("model_id")
    def _compute_stage_field_id(self):
        for regulation in self:
            if regulation.stage_field_id.model_id == regulation.model_id:
                continue
            domain = self._get_stage_field_domain()
            domain &= Domain("model_id", "=", regulation.model_id.id)
            found = self.env["ir.model.fields"].sudo().search(domain)
            regulation.stage_field_id = found.sorted(_get_likeness)[:1].sudo(False)


class BpmRegulationStep(models.Model):
    """A role is a way over fields of the record, and must lead to a person."""

    _inherit = "bpm.regulation.step"

    role_problem = fields.Char(
        compute="_compute_role_problem", help="Why the role does not lead to a person."
    )

    @api.depends("assign_kind", "assign_path", "stage_id.version_id.regulation_id.model")
    def _compute_role_problem(self):
        for step in self:
            model = step.stage_id.version_id.regulation_id.model
            given = step.assign_kind == "role" and step.assign_path and model
            step.role_problem = step._get_role_problem(model) if given else False

    def _get_role_problem(self, model):
        """Why the path does not end at a person (see ``_walk``), in a sentence; else False."""
        records = self.env[model]
        for name in self.assign_path.split("."):
            field = records._fields.get(name)
            if field is None:
                return self.env._("The field “%s” does not exist. Choose the role anew.", name)
            if not field.relational:
                return self.env._(
                    "“%s” is not a person. Choose a field that leads to one.",
                    path_text(self.env[model], self.assign_path),
                )
            records = self.env[field.comodel_name]
        person = records._fields.get("user_id")
        is_person = records._name in ("res.users", "res.partner") or (
            person is not None and person.comodel_name == "res.users"
        )
        if is_person:
            return False
        return self.env._(
            "“%(path)s” leads to “%(model)s”, not to a person. Go on from there to a user, a "
            "contact or an employee.",
            path=path_text(self.env[model], self.assign_path),
            model=self.env["ir.model"]._get(records._name).name,
        )

    def _get_problems(self, model):
        problems = super()._get_problems(model)
        if self.assign_kind == "role" and self.assign_path:
            problem = self._get_role_problem(model)
            problems += [f"{self.name}: {problem}"] if problem else []
        return problems

    def _describe_role(self):
        """The way to the person as people read it: Sales Team › Team Leader."""
        return path_text(self.env[self.model], self.assign_path or "")
