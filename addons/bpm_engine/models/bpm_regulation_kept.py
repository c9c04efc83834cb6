from odoo import api, models, tools

#: Of these, besides their columns, the lists of their parts belong to a wording.
PART_LISTS = {
    "bpm.regulation.version": ("stage_ids",),
    "bpm.regulation.stage": ("step_ids", "fact_ids", "next_ids"),
    "bpm.regulation.step": ("field_ids",),
    "bpm.regulation.fact": ("to_stage_ids",),
}
#: What a wording says by other records.
WORDS = {
    "ir.model.fields": ("name", "model", "relation", "field_description"),
    "mail.activity.type": ("name", "icon", "category"),
}


class BpmRegulationVersion(models.Model):
    """The wording in force is read from the database once a process, not once a request.

    What is published does not change, so a process keeps it (in ``tools.ormcache``) and puts
    it into the cache of the ORM, where the code finds it like any other records. Whatever
    changes it after all (another version, a translation, another name) clears the cache.
    """

    _inherit = "bpm.regulation.version"

    def _remember(self):
        """Put the wordings of these versions, which are in force, into the cache."""
        for version in self:
            for model, ids, columns in version._get_kept(version.id):
                records = self.env[model].browse(ids)
                for name, values in columns:
                    records._fields[name]._insert_cache(records, values)

    @api.model
    @tools.ormcache("version_id", "self.env.lang")
    def _get_kept(self, version_id):
        """[(model, ids, [(field, values as the cache holds them)])] of a version."""
        version = self.sudo().browse(version_id)
        stages = version.stage_ids
        steps, facts = stages.step_ids, stages.fact_ids
        kept = [
            self._read_cached(part, self._get_columns(part) + PART_LISTS.get(part._name, ()))
            for part in (version, version.regulation_id, stages, steps, facts)
        ]
        types = steps.activity_type_id | facts.activity_type_id | self._get_usual_types()
        return kept + [
            self._read_cached(part, WORDS[part._name])
            for part in (facts.field_id | steps.field_ids, types.sudo())
        ]

    def _get_usual_types(self):
        """Types of activities that steps without one of their own get."""
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        approval = self.env.ref("bpm_engine.mail_activity_type_approval")
        return approval | todo if todo else approval

    def _get_columns(self, records):
        fields = records._fields.values()
        return tuple(f.name for f in fields if f.store and f.column_type and f.prefetch)

    def _read_cached(self, records, names):
        """(model, ids, [(field, values)]) of these records, as the cache holds them."""
        columns = []
        for name in names:
            records.mapped(name)
            cache = records._fields[name]._get_cache(records.env)
            columns.append((name, tuple(cache[id_] for id_ in records._ids)))
        return records._name, records._ids, columns


class BpmRegulation(models.Model):
    _inherit = "bpm.regulation"

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def _update_field_translations(self, *args, **kwargs):
        result = super()._update_field_translations(*args, **kwargs)
        self.env.registry.clear_cache()
        return result


class BpmRegulationPart(models.AbstractModel):
    _inherit = "bpm.regulation.part"

    def write(self, vals):
        result = super().write(vals)
        if self._has_published():
            self.env.registry.clear_cache()
        return result

    def _has_published(self):
        return any(version.state == "published" for version in self.sudo()._get_version())


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    def _get_stage_category(self):
        """What one click on a step of this type does: phonecall, meeting, upload_file, email,
        or default."""
        email = self.env.ref("mail.mail_activity_data_email", raise_if_not_found=False)
        if self and self == email:
            return "email"
        return self.category or "default"

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(WORDS[self._name]):
            self.env.registry.clear_cache()
        return result
