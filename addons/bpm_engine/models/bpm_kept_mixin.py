from odoo import api, models


class BpmKeptMixin(models.AbstractModel):
    """Rows that are read once and kept in memory: every change makes the servers forget them."""

    _name = "bpm.kept.mixin"
    _description = "Rows Kept in Memory"

    @api.model_create_multi
    def create(self, vals_list):
        """Forget what is kept: the new rows are not in it."""
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        """Forget what is kept."""
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        """Forget what is kept."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _update_field_translations(self, *args, **kwargs):
        result = super()._update_field_translations(*args, **kwargs)
        self.env.registry.clear_cache()
        return result
