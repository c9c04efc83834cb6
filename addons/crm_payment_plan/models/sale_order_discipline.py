from odoo import models


class SaleOrder(models.Model):
    """The payer's class on the order, before goods leave on credit."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.payer.overdue.mixin"]
