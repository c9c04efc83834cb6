from contextlib import contextmanager

from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..lib.own_context import INTERNAL


class Base(models.AbstractModel):
    """Stages that a regulation names are not deleted under it, and it calls them as people do."""

    _inherit = "base"

    def unlink(self):
        if self._name in self.env["bpm.regulation"]._get_stage_models():
            self._check_no_regulated_stage()
        return super().unlink()

    def _check_no_regulated_stage(self):
        """:raise UserError: one of these is a stage of a regulation in force."""
        if self.env.context.get(MODULE_UNINSTALL_FLAG):
            # The addon goes with its stages; owners of regulations are told by night.
            return
        for part in self._find_regulated_stages(("published",)):
            raise UserError(
                self.env._(
                    "“%(stage)s” is a stage of the regulation “%(regulation)s”, which is in force. "
                    "Publish a version of it without this stage, then delete the stage.",
                    stage=part.name,
                    regulation=part.version_id.regulation_id.name,
                )
            )

    def _find_regulated_stages(self, states):
        """Stages of regulations that mean these records, in versions of these states."""
        models_ = self.env["bpm.regulation"]._get_stage_models()[self._name]
        domain = Domain("value", "in", [str(id_) for id_ in self.ids])
        domain &= Domain("version_id.state", "in", states)
        domain &= Domain("version_id.regulation_id.model", "in", models_)
        domain &= Domain("version_id.regulation_id.active", "=", True)
        return self.env["bpm.regulation.stage"].sudo().search(domain)

    def write(self, vals):
        name = self._rec_name
        if name not in vals or self._name not in self.env["bpm.regulation"]._get_stage_models():
            return super().write(vals)
        with self._renaming_regulated_stages([self.env.lang]):
            return super().write(vals)

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        models_ = self.env["bpm.regulation"]._get_stage_models()
        if field_name != self._rec_name or self._name not in models_:
            return super()._update_field_translations(field_name, translations, *args, **kwargs)
        with self._renaming_regulated_stages(translations):
            return super()._update_field_translations(field_name, translations, *args, **kwargs)

    @contextmanager
    def _renaming_regulated_stages(self, langs):
        """Regulated stages follow what happens inside to the names of these records."""
        speaking = {lang: self.with_context(lang=lang) for lang in langs}
        before = {lang: stages._get_names_by_value() for lang, stages in speaking.items()}
        yield
        for lang, stages in speaking.items():
            names = stages._get_names_by_value()
            for part in stages._find_regulated_stages(("published", "draft")):
                # One that was given a name of its own keeps it.
                if part.name == before[lang][part.value] != names[part.value]:
                    part.with_context(bpm_regulation_edit=INTERNAL).name = names[part.value]

    def _get_names_by_value(self):
        return {str(stage.id): stage[self._rec_name] for stage in self}


class BpmRegulation(models.Model):
    _inherit = "bpm.regulation"

    @api.model
    @tools.ormcache()
    def _get_stage_models(self):
        """{model of stage records: models regulated by them}"""
        found = {}
        for model, rules in self._get_all_rules().items():
            field = self.env[model]._fields[rules.stage_field]
            if field.comodel_name:
                found.setdefault(field.comodel_name, []).append(model)
        return found
