from odoo import api, fields, models
from odoo.exceptions import UserError

from .bpm_regulation_part import get_paths, read_domain


class BpmRegulation(models.Model):
    """What a regulation in force names may go: a field with its addon, a stage with its team.

    Where it can be foreseen it is refused. Else nothing stops: a step whose condition cannot be
    asked is demanded of everybody, a fact that cannot be checked is refused in words, and the
    owner is told once.
    """

    _inherit = "bpm.regulation"

    told_problems = fields.Text(
        readonly=True, copy=False, prefetch=False, help="What the owner was told last."
    )

    @api.model
    def _get_named_fields(self):
        """{(model, field): name of a regulation in force that asks about it}"""
        named = {}
        for regulation in self.sudo().search([("state", "=", "published")]):
            for model, path in regulation._get_named_paths():
                for field in self._walk_fields(model, path):
                    named.setdefault((field.model_name, field.name), regulation.name)
        return named

    def _get_named_paths(self):
        """(model, path of fields) for all that the wording in force asks about."""
        yield self.model, self.stage_field
        texts = [(self.model, self.domain)]
        stages = self.published_version_id.stage_ids
        for step in stages.step_ids:
            texts.append((self.model, step.domain))
            yield self.model, step.assign_path or ""
            yield from ((self.model, field.name) for field in step.field_ids)
        for fact in stages.fact_ids:
            field = fact.field_id
            yield self.model, field.name or ""
            texts.append((field.relation if fact.kind == "related" else self.model, fact.domain))
        for model, text in texts:
            yield from ((model, path) for path in get_paths(read_domain(text)))

    def _walk_fields(self, model, path):
        for name in path.split("."):
            field = self.env[model]._fields.get(name) if model in self.env else None
            if field is None:
                return
            yield field
            model = field.comodel_name

    # ------------------------------------------------------------ the owner is told

    @api.model
    def _cron_tell_problems(self):
        """Owners are told once what of their regulations in force cannot be checked any more."""
        for regulation in self.sudo().search([("state", "=", "published")]):
            problems = "\n".join(regulation.published_version_id._get_problems())
            if problems != (regulation.told_problems or ""):
                regulation.told_problems = problems
                regulation._tell_problems(problems)

    def _tell_problems(self, problems):
        if not problems:
            return
        owner = self._get_active_owner()
        env = self.with_context(lang=owner.lang or self.env.lang).env
        self.message_notify(
            partner_ids=owner.partner_id.ids,
            author_id=env.ref("base.partner_root").id,
            subject=env._("“%s” needs you", self.with_env(env).name),
            body=env._(
                "This regulation is in force, and part of it cannot be checked any more. Make a "
                "new draft, correct it and publish it. %s",
                problems,
            ),
        )


class BpmStageCase(models.Model):
    _inherit = "bpm.stage.case"

    @api.model
    def _cron_take_in(self):
        self.env["bpm.regulation"]._cron_tell_problems()
        return super()._cron_take_in()


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_regulated(self):
        named = self.env["bpm.regulation"]._get_named_fields()
        for field in self:
            regulation = named.get((field.model, field.name))
            if regulation:
                raise UserError(
                    self.env._(
                        "The stage regulation “%(regulation)s” asks about the field “%(field)s”. "
                        "Publish a version of it without this field, then delete the field.",
                        regulation=regulation,
                        field=field.field_description,
                    )
                )
