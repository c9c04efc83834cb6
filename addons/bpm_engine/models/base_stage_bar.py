from odoo import api, models


class Base(models.AbstractModel):
    """The bar comes with the record a form opens: no further request, no flicker."""

    _inherit = "base"

    @api.readonly
    def web_read(self, specification):
        """With ``bpm_stage_bar`` in the context also the bar of the one record, under that
        key (see bpm.stage.case.get_bar), False if no regulation applies."""
        if not self.env.context.get("bpm_stage_bar"):
            return super().web_read(specification)
        # Records inside this one are read by the same method.
        record = self.with_context(bpm_stage_bar=False)
        found = super(Base, record).web_read(specification)
        if len(record) == 1 and found:
            regulated = record._get_stage_rules() and record.id
            bar = regulated and record.env["bpm.stage.case"]._get_bar(record)
            found[0]["bpm_stage_bar"] = bar or False
        return found
