from odoo import api, fields, models

#: Types that come with the addon, and the categories that do.
USUAL = {
    "crm_contract_type_supply": "crm_cash_category_goods",
    "crm_contract_type_service": "crm_cash_category_services",
    "crm_contract_type_enrolment": "crm_cash_category_services",
    "crm_contract_type_framework": "crm_cash_category_goods",
    "crm_contract_type_purchase": "crm_cash_category_purchases",
    "crm_contract_type_subcontract": "crm_cash_category_subcontracts",
}


class CrmContractType(models.Model):
    """The usual cash category of a type's payments."""

    _inherit = "crm.contract.type"

    cash_category_id = fields.Many2one(
        "crm.cash.category",
        ondelete="restrict",
        domain="[('direction', '=', direction)]",
        help="Planned payments of such contracts get it; it can be changed on each of them.",
    )

    @api.model
    def _set_usual_cash_categories(self):
        """Give types that come with the addon their category, once; also to payments planned
        before there were categories."""
        if self.with_context(active_test=False).search_count([("cash_category_id", "!=", False)]):
            return
        for kind, category in USUAL.items():
            kind = self.env.ref(f"crm_payment_plan.{kind}", raise_if_not_found=False)
            category = self.env.ref(f"crm_payment_plan.{category}", raise_if_not_found=False)
            if kind and category and kind.direction == category.direction:
                kind.cash_category_id = kind.cash_category_id or category
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE crm_contract_payment p SET cash_category_id = t.cash_category_id
                 FROM crm_contract c JOIN crm_contract_type t ON t.id = c.type_id
                WHERE c.id = p.contract_id AND p.cash_category_id IS NULL"""
        )
        self.env["crm.contract.payment"].invalidate_model(["cash_category_id"])
