from odoo import api, fields, models


class CrmContract(models.Model):
    """What the contract is about in detail: the lines of its sales orders."""

    _inherit = "crm.contract"

    order_line_ids = fields.One2many(
        "sale.order.line",
        compute="_compute_order_line_ids",
        string="Lines",
        help="Lines of the sales orders that belong to this contract.",
    )

    @api.depends("order_ids.order_line", "order_ids.state")
    def _compute_order_line_ids(self):
        for contract in self:
            orders = contract.order_ids.filtered(lambda order: order.state != "cancel")
            contract.order_line_ids = orders.order_line
