from odoo import api, models
from odoo.exceptions import AccessError


class CrmGuardedMixin(models.AbstractModel):
    """Fields that only the program writes, whatever a client, a file or an RPC call sends.

    What follows from other records (stored computes) would otherwise take any value that
    somebody with the right to change the record sends; nothing would tell it from a sum
    that accounting made.
    """

    _name = "crm.guarded.mixin"
    _description = "With Fields That Only the Program Writes"

    @api.model
    def _get_guarded_names(self):
        """Hook: fields nobody writes by hand; here all that are computed and stored."""
        return {
            name
            for name, field in self._fields.items()
            if field.store and field.readonly and (field.compute or field.related)
        }

    @api.model_create_multi
    def create(self, vals_list):
        guarded = self._get_guarded_names()
        if not self.env.su:
            for vals in vals_list:
                self._refuse_guarded(
                    name for name in guarded.intersection(vals) if self._is_given(name, vals[name])
                )
        # A default from the context is a value too.
        defaults = {f"default_{name}" for name in guarded}.intersection(self.env.context)
        if not defaults:
            return super().create(vals_list)
        kept = {key: value for key, value in self.env.context.items() if key not in defaults}
        clean = self.with_env(self.env(context=kept))
        return super(CrmGuardedMixin, clean).create(vals_list).with_env(self.env)

    def write(self, vals):
        if not self.env.su:
            self._refuse_guarded(
                name
                for name in self._get_guarded_names().intersection(vals)
                if self._is_changed(name, vals[name])
            )
        return super().write(vals)

    def _write_guarded(self, vals):
        """Write guarded fields on behalf of a person who may change these records."""
        self.check_access("write")
        self.sudo().write(vals)

    @api.model
    def _is_given(self, name, value):
        """Whether a new record would get more than the usual value; forms send defaults back."""
        default = self._fields[name].default
        return bool(value) and value != (default(self) if default else None)

    def _is_changed(self, name, value):
        field = self._fields[name]
        if field.type in ("one2many", "many2many"):
            return bool(value)
        return any(
            field.convert_to_cache(value, one, validate=False)
            != field.convert_to_cache(one[name], one, validate=False)
            for one in self
        )

    @api.model
    def _refuse_guarded(self, names):
        names = sorted(names)
        if names:
            labels = self.fields_get(names, ["string"])
            raise AccessError(
                self.env._(
                    "%(model)s: %(fields)s cannot be typed in. Figures follow from accounting, "
                    "statuses and signatures from their buttons.",
                    model=self._description,
                    fields=", ".join(labels.get(name, {}).get("string", name) for name in names),
                )
            )
