from odoo import fields, models


class CrmNeed(models.Model):
    """What customers come for; a stage regulation goes by it (LV-12)."""

    _name = "crm.need"
    _description = "Need"
    _inherit = ["crm.directory.mixin"]

    description = fields.Text(translate=True, help="When to choose it.")
    quotation_template_id = fields.Many2one(
        "sale.order.template",
        ondelete="set null",
        help="What the automatic quotation of a lead with this need offers.",
    )
    lead_ids = fields.One2many("crm.lead", "need_id")
    lead_count = fields.Integer(compute="_compute_lead_count", string="Leads")

    def _compute_lead_count(self):
        groups = self.env["crm.lead"]._read_group(
            [("need_id", "in", self.ids)], ["need_id"], ["__count"]
        )
        counts = dict(groups)
        for need in self:
            need.lead_count = counts.get(need, 0)
