from odoo import api, models


class CrmNightlyRun(models.Model):
    """The stage of the sweep that rates payers."""

    _inherit = "crm.nightly.run"

    @api.model
    def _get_stages(self):
        stages = super()._get_stages()
        place = stages.index("snapshot") if "snapshot" in stages else len(stages)
        return [*stages[:place], "payer_discipline", *stages[place:]]

    def _stage_payer_discipline(self, stage):
        """Figures and classes of all payers of the company (PF-17)."""
        Payer = self.env["crm.payer.discipline"]
        ended = Payer._end_overrides(self.company_id, self.night)
        count, changed = Payer._run(self.company_id, self.night)
        stage.write({"total": count, "processed": count, "created": changed + ended})
