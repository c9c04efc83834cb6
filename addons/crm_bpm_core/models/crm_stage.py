from odoo import fields, models


class CrmStage(models.Model):
    """Stages of leads apart from those of opportunities."""

    _inherit = "crm.stage"

    lead_type = fields.Selection(
        [("lead", "Leads"), ("opportunity", "Opportunities")],
        string="Used By",
        help="Empty: leads and opportunities. A lead that becomes an opportunity goes over to "
        "the first stage of opportunities.",
    )
