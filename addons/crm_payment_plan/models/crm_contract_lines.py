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

    def _get_specified_orders(self):
        """Sales orders whose lines are what the contract is about, in its currency."""
        # The printed contract is the same whoever prints it.
        orders = self.sudo().order_ids.with_context(lang=self.env.lang)
        return orders.filtered(
            lambda order: order.state != "cancel" and order.currency_id == self.currency_id
        )
