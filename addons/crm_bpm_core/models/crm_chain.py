from odoo import fields, models


class CrmChainCategory(models.Model):
    """Category of a chain; it says whether we serve such chains (AT-04, AT-09)."""

    _name = "crm.chain.category"
    _description = "Category of Chains"
    _inherit = ["crm.directory.mixin"]

    is_served = fields.Boolean(
        string="Meets the Requirements",
        default=True,
        help="Chains of this category are offered a corporate sale.",
    )


class CrmPurchasingPrinciple(models.Model):
    """How a chain buys: by its head office, each outlet, a distributor (AT-04)."""

    _name = "crm.purchasing.principle"
    _description = "Purchasing Principle"
    _inherit = ["crm.directory.mixin"]


class ResPartner(models.Model):
    """What is known of a chain, and of a student's education."""

    _inherit = "res.partner"

    chain_category_id = fields.Many2one(
        "crm.chain.category", tracking=True, ondelete="restrict", index="btree_not_null"
    )
    purchasing_principle_id = fields.Many2one(
        "crm.purchasing.principle", tracking=True, ondelete="restrict"
    )
    outlet_count = fields.Integer(string="Outlets", help="How many outlets the chain has.")
    education_id = fields.Many2one("crm.education", tracking=True, ondelete="restrict")
