from odoo import api, fields, models


class CrmNightlyRun(models.Model):
    """The stage of the sweep that learns the payers' delays and looks for cash gaps."""

    _inherit = "crm.nightly.run"

    @api.model
    def _get_stages(self):
        stages = super()._get_stages()
        before = "payer_discipline"
        place = stages.index(before) + 1 if before in stages else len(stages)
        return [*stages[:place], "cash_forecast", *stages[place:]]

    def _stage_cash_forecast(self, stage):
        """Delays of all payers, then the gap of the company, told once (issue 5, item 7)."""
        company = self.company_id
        count = self.env["crm.payer.delay"]._run(company, self.night)
        gap = self.env["crm.cash.gap"]._watch(company, self.night)
        stage.write({"total": count, "processed": count, "created": len(gap)})


class CrmNightlyRunStage(models.Model):
    """The name of that stage."""

    _inherit = "crm.nightly.run.stage"

    code = fields.Selection(
        selection_add=[("cash_forecast", "Cash forecast")],
        ondelete={"cash_forecast": "cascade"},
    )
