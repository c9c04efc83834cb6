from odoo import fields, models


class CrmNightlyRunStage(models.Model):
    """The name of the stage that rates payers."""

    _inherit = "crm.nightly.run.stage"

    code = fields.Selection(
        selection_add=[("payer_discipline", "Payer discipline")],
        ondelete={"payer_discipline": "cascade"},
    )
